"""BERT, RoBERTa and ALBERT as Hugging Face has them: their configs and their tensors' names."""

from keras_gt.converters import assigning
from keras_gt.converters.config_checks import activation_of, check_values
from keras_gt.models import BERT

PREFIXES = {"bert": "bert.", "roberta": "roberta.", "albert": "albert."}
# Tensors of output layers begin so; the rest of a checkpoint must be used.
HEADS = ("pooler.", "cls.", "lm_head.", "classifier.", "qa_outputs.", "predictions.", "sop_")


def make_bert(config, dtype=None):
    """The backbone that a config.json of the BERT family describes.

    Args:
        config: parsed config.json, `model_type` one of `PREFIXES`.
        dtype: dtype policy.

    Returns:
        `keras_gt.models.BERT` with fresh weights.

    Raises:
        ValueError: for a setting that the backbone has not.
    """
    check_values(
        config,
        {
            "position_embedding_type": ("absolute", None),
            "is_decoder": (False, None),
            "add_cross_attention": (False, None),
            "num_hidden_groups": (1, None),
            "inner_group_num": (1, None),
            "pruned_heads": ({}, None),
        },
    )
    kind = config["model_type"]
    padding = config.get("pad_token_id", 1)
    return BERT(
        config["vocab_size"],
        hidden_dim=config["hidden_size"],
        num_layers=config["num_hidden_layers"],
        num_heads=config["num_attention_heads"],
        intermediate_dim=config["intermediate_size"],
        num_positions=config["max_position_embeddings"],
        num_segments=config.get("type_vocab_size", 2),
        position_offset=padding + 1 if kind == "roberta" else 0,
        embedding_dim=config["embedding_size"] if kind == "albert" else None,
        share_layers=kind == "albert",
        activation=activation_of(config, "hidden_act", "gelu_new" if kind == "albert" else "gelu"),
        epsilon=config.get("layer_norm_eps", 1e-12),
        dropout=config.get("hidden_dropout_prob", 0.1),
        attention_dropout=config.get("attention_probs_dropout_prob", 0.1),
        dtype=dtype,
    )


def load_bert(backbone, checkpoint, kind):
    """Fills the backbone with a checkpoint's tensors.

    Args:
        backbone: what `make_bert` returned.
        checkpoint: `Checkpoint`.
        kind: str, the config's `model_type`.

    Returns:
        The names of the output layers' tensors, which were left out.
    """
    checkpoint.strip_prefix(PREFIXES[kind])
    embedding = backbone.get_layer("embedding")
    assigning.table(checkpoint, embedding.token, "embeddings.word_embeddings")
    assigning.table(checkpoint, embedding.position, "embeddings.position_embeddings")
    if embedding.segment is not None:
        assigning.table(checkpoint, embedding.segment, "embeddings.token_type_embeddings")
    for name in ("position_ids", "token_type_ids"):  # buffers of 0, 1, 2, ... and of zeros
        checkpoint.skip(f"embeddings.{name}")
    assigning.norm(checkpoint, backbone.get_layer("embedding_norm"), "embeddings.LayerNorm")
    if backbone.embedding_dim is not None:
        layer = backbone.get_layer("embedding_projection")
        assigning.dense(checkpoint, layer, "encoder.embedding_hidden_mapping_in")
    if backbone.share_layers:
        inside = "encoder.albert_layer_groups.0.albert_layers.0."
        _load_block(checkpoint, backbone.get_layer("block"), inside, _ALBERT_NAMES)
    else:
        for index in range(backbone.num_layers):
            block = backbone.get_layer(f"block_{index}")
            _load_block(checkpoint, block, f"encoder.layer.{index}.", _BERT_NAMES)
    return checkpoint.finish(HEADS)


_BERT_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "projection": "attention.output.dense",
    "aggregation_norm": "attention.output.LayerNorm",
    "expand": "intermediate.dense",
    "contract": "output.dense",
    "feed_forward_norm": "output.LayerNorm",
}
_ALBERT_NAMES = {
    "query": "attention.query",
    "key": "attention.key",
    "value": "attention.value",
    "projection": "attention.dense",
    "aggregation_norm": "attention.LayerNorm",
    "expand": "ffn",
    "contract": "ffn_output",
    "feed_forward_norm": "full_layer_layer_norm",
}


def _load_block(checkpoint, block, inside, names):
    for part in (block.aggregation, block.feed_forward):
        for role in ("query", "key", "value", "projection", "expand", "contract"):
            if (layer := getattr(part, role, None)) is not None:
                assigning.dense(checkpoint, layer, inside + names[role])
    for role in ("aggregation_norm", "feed_forward_norm"):
        assigning.norm(checkpoint, getattr(block, role), inside + names[role])
