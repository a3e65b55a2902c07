"""A backbone of KerasHub as a model."""

import numpy as np

from keras_gt.converters import assigning
from keras_gt.converters.checkpoint import Checkpoint
from keras_gt.models import BERT, GPT2

# What KerasHub's classes hold in their code rather than in their configs.
_BERT_FAMILY = {
    "BertBackbone": {"activation": "gelu_tanh", "epsilon": 1e-12},
    "RobertaBackbone": {"activation": "gelu", "epsilon": 1e-5},
    "AlbertBackbone": {"activation": "gelu_tanh", "epsilon": 1e-12, "share_layers": True},
}
# The names of torch checkpoints, by KerasHub's; both end in a role of their own.
_ROLES = {
    "self_attention_layer/query": "query",
    "self_attention_layer/key": "key",
    "self_attention_layer/value": "value",
    "self_attention_layer/attention_output": "projection",
    "self_attention_layer_norm": "aggregation_norm",
    "feedforward_intermediate_dense": "expand",
    "feedforward_output_dense": "contract",
    "feedforward_layer_norm": "feed_forward_norm",
}


def from_keras_hub(backbone):
    """The model of a KerasHub backbone, with its weights: the same numbers for the same tokens.

    Only the object's config and the names and values of its weights are read, so that KerasHub
    need not be installed to load what was converted.

    Args:
        backbone: `keras_hub.models.BertBackbone`, `RobertaBackbone`, `AlbertBackbone` or
            `GPT2Backbone`, built.

    Returns:
        `keras_gt.models.BERT` or `GPT2`. BERT's pooler is left out.

    Raises:
        ValueError: for another class or a variant that is not supported, and for weights that are
            missing, left over or of another shape.

    Example:
        >>> from keras_gt.converters import from_keras_hub
        >>> from keras_hub.models import BertBackbone  # doctest: +SKIP
        >>> theirs = BertBackbone.from_preset("bert_tiny_en_uncased")  # doctest: +SKIP
        >>> from_keras_hub(theirs).output_width  # doctest: +SKIP
        128
    """
    kind = type(backbone).__name__
    if kind not in (*_BERT_FAMILY, "GPT2Backbone"):
        raise ValueError(
            f"backbone must be one of {[*_BERT_FAMILY, 'GPT2Backbone']} of KerasHub. Other classes "
            f"are not supported. Received: {kind}"
        )
    config = backbone.get_config()
    arrays = {weight.path.removeprefix(f"{backbone.name}/"): weight for weight in backbone.weights}
    checkpoint = Checkpoint(
        {_torch_like(path): np.asarray(weight.numpy()) for path, weight in arrays.items()}, kind
    )
    if kind == "GPT2Backbone":
        model = GPT2(num_positions=config["max_sequence_length"], **_sizes(config))
    else:
        if config.get("num_groups", 1) != 1 or config.get("num_inner_repetitions", 1) != 1:
            raise ValueError(
                "num_groups and num_inner_repetitions must be 1. Other ALBERTs are not supported. "
                f"Received: {config['num_groups']}, {config['num_inner_repetitions']}"
            )
        model = BERT(
            num_positions=config["max_sequence_length"],
            num_segments=config.get("num_segments", 0),
            embedding_dim=config.get("embedding_dim"),
            **_sizes(config),
            **_BERT_FAMILY[kind],
        )
    _load(model, checkpoint)
    checkpoint.finish(heads=("pooled_dense.",))
    return model


def _sizes(config):
    names = ("vocabulary_size", "hidden_dim", "num_layers", "num_heads", "intermediate_dim")
    rates = {"dropout": config["dropout"], "attention_dropout": config["dropout"]}
    return {**{name: config[name] for name in names}, **rates}


def _torch_like(path):
    """layer/kernel as layer.weight, the names that `assigning` reads."""
    layer, _, weight = path.rpartition("/")
    endings = {"kernel": "weight", "embeddings": "weight", "gamma": "weight", "beta": "bias"}
    layer = layer.removeprefix("embeddings/").replace("/self_attention/", "/self_attention_layer/")
    return f"{layer}.{endings.get(weight, weight)}"


def _load(model, checkpoint):
    embedding = model.get_layer("embedding")
    for name in ("token", "position", "segment"):
        if getattr(embedding, name, None) is not None:
            assigning.table(checkpoint, getattr(embedding, name), f"{name}_embedding")
    names = {layer.name for layer in model.layers}
    if "embedding_norm" in names:
        norm = model.get_layer("embedding_norm")
        assigning.norm(checkpoint, norm, "embeddings_layer_norm")
    if "embedding_projection" in names:
        layer = model.get_layer("embedding_projection")
        assigning.dense(checkpoint, layer, "embedding_projection", transposed=False)
    if "final_norm" in names:
        assigning.norm(checkpoint, model.get_layer("final_norm"), "layer_norm")
    if getattr(model, "share_layers", False):
        _load_block(model.get_layer("block"), checkpoint, "group_0_inner_layer_0")
        return
    for index in range(model.num_layers):
        _load_block(model.get_layer(f"block_{index}"), checkpoint, f"transformer_layer_{index}")


def _load_block(block, checkpoint, inside):
    """Kernels are (inputs, H, K) and (H, K, outputs) there, matrices here."""
    parts = (block.aggregation, block.feed_forward, block)
    for name, role in _ROLES.items():
        layer = next(getattr(part, role) for part in parts if hasattr(part, role))
        name = f"{inside}/{name}"
        if role.endswith("norm"):
            assigning.norm(checkpoint, layer, name)
            continue
        for ending, shape in (("weight", layer.kernel.shape), ("bias", layer.bias.shape)):
            checkpoint.reshape(f"{name}.{ending}", shape)
        assigning.dense(checkpoint, layer, name, transposed=False)
