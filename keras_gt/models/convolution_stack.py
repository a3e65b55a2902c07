"""The wiring that the classic architectures share: convolution, residual, norm, activation."""

import keras

from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.wiring import activated, dropped, normalized


def convolution_stack(
    nodes,
    convolutions,
    apply,
    node_mask,
    *,
    activation,
    dropout,
    normalization,
    residual,
    activate_last,
    dtype,
    first_shortcut=None,
):
    """Applies each convolution with residual, norm, activation and dropout.

        h' = dropout(activation(norm(conv(h) + R h)))

    Args:
        nodes: (B, N, F) KerasTensor.
        convolutions: list of layers.
        apply: function (layer, nodes) -> nodes that calls the layer with its edges.
        node_mask: (B, N) KerasTensor.
        activation: name of the activation.
        dropout: float, after each activation.
        normalization: None, "batch" or "layer".
        residual: bool; R is a linear projection.
        activate_last: bool; False leaves the last convolution as it is.
        dtype: dtype policy.
        first_shortcut: function units -> (B, N, units) KerasTensor, the first R h where the first
            convolution does not get h itself but a projection; None to project what it gets.

    Returns:
        list of the (B, N, D) KerasTensors after each convolution.
    """
    if normalization is not None:
        check_choice("normalization", normalization, ("batch", "layer"))
    results = []
    for index, convolution in enumerate(convolutions):
        hidden = apply(convolution, nodes)
        if residual:
            units = hidden.shape[-1]
            if index == 0 and first_shortcut is not None:
                shortcut = first_shortcut(units)
            else:
                project = keras.layers.Dense(units, dtype=dtype, name=f"residual_{index}")
                shortcut = project(nodes)
            hidden = hidden + shortcut
        if activate_last or index + 1 < len(convolutions):
            hidden = normalized(hidden, node_mask, normalization, dtype, f"norm_{index}")
            hidden = activated(hidden, activation)
            hidden = dropped(hidden, dropout, dtype, f"dropout_{index}")
        nodes = hidden
        results.append(nodes)
    return results


def combine_layers(results, mode, dtype):
    """The last result, the sum of all, or all of them side by side."""
    check_choice("jumping_knowledge", mode, ("last", "sum", "concat"))
    if mode == "last" or len(results) == 1:
        return results[-1]
    if mode == "concat":
        return keras.layers.Concatenate(dtype=dtype, name="jumping_knowledge")(results)
    widths = [result.shape[-1] for result in results]
    if len(set(widths)) > 1:
        raise ValueError(
            "jumping_knowledge must not be 'sum' where the layers differ in width. Leave "
            f"output_dim out, or use 'concat'. Received: widths {widths}"
        )
    return sum(results[1:], results[0])
