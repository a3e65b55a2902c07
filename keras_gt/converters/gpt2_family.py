"""GPT-2 as Hugging Face has it: its config and its tensors' names."""

import numpy as np

from keras_gt.converters import assigning
from keras_gt.converters.config_checks import activation_of, check_values
from keras_gt.models import GPT2


def make_gpt2(config, dtype=None):
    """The backbone that a config.json of GPT-2 describes.

    Args:
        config: parsed config.json.
        dtype: dtype policy.

    Returns:
        `keras_gt.models.GPT2` with fresh weights.

    Raises:
        ValueError: for a setting that the backbone has not.
    """
    check_values(
        config,
        {
            "scale_attn_weights": (True, None),
            "scale_attn_by_inverse_layer_idx": (False, None),
            "add_cross_attention": (False, None),
            "tie_word_embeddings": (True, None),
        },
    )
    return GPT2(
        config["vocab_size"],
        hidden_dim=config["n_embd"],
        num_layers=config["n_layer"],
        num_heads=config["n_head"],
        intermediate_dim=config.get("n_inner"),
        num_positions=config["n_positions"],
        activation=activation_of(config, "activation_function", "gelu_new"),
        epsilon=config.get("layer_norm_epsilon", 1e-5),
        dropout=config.get("resid_pdrop", 0.1),
        attention_dropout=config.get("attn_pdrop", 0.1),
        dtype=dtype,
    )


def load_gpt2(backbone, checkpoint):
    """Fills the backbone with a checkpoint's tensors.

    Args:
        backbone: what `make_gpt2` returned.
        checkpoint: `Checkpoint`.

    Returns:
        The names of the output layers' tensors, which were left out.
    """
    checkpoint.strip_prefix("transformer.")
    embedding = backbone.get_layer("embedding")
    assigning.table(checkpoint, embedding.token, "wte")
    assigning.table(checkpoint, embedding.position, "wpe")
    if "lm_head.weight" in checkpoint:
        output = checkpoint.take("lm_head.weight", embedding.token.table.shape)
        if not np.array_equal(output, checkpoint.take("wte.weight", output.shape)):
            raise ValueError(
                "lm_head.weight must equal wte.weight, to which it is tied. An output layer of its "
                f"own is not supported. Received: another in {checkpoint.source}"
            )
    for index in range(backbone.num_layers):
        _load_block(checkpoint, backbone.get_layer(f"block_{index}"), f"h.{index}.")
    assigning.norm(checkpoint, backbone.get_layer("final_norm"), "ln_f")
    return checkpoint.finish(("score.", "multiple_choice_head."))


def _load_block(checkpoint, block, inside):
    """Kernels are (inputs, units) here; query, key and value lie side by side in one."""
    attention, width = block.aggregation, block.aggregation.output_dim
    kernels = checkpoint.take(f"{inside}attn.c_attn.weight", (width, 3 * width))
    biases = checkpoint.take(f"{inside}attn.c_attn.bias", (3 * width,))
    layers = (attention.query, attention.key, attention.value)
    parts = zip(layers, np.split(kernels, 3, axis=1), np.split(biases, 3), strict=True)
    for layer, kernel, bias in parts:
        layer.kernel.assign(kernel)
        layer.bias.assign(bias)
    for layer, name in (
        (attention.projection, "attn.c_proj"),
        (block.feed_forward.expand, "mlp.c_fc"),
        (block.feed_forward.contract, "mlp.c_proj"),
    ):
        assigning.dense(checkpoint, layer, inside + name, transposed=False)
    assigning.norm(checkpoint, block.aggregation_norm, f"{inside}ln_1")
    assigning.norm(checkpoint, block.feed_forward_norm, f"{inside}ln_2")
    for name in ("bias", "masked_bias"):  # buffers of the causal mask
        checkpoint.skip(f"{inside}attn.{name}")
