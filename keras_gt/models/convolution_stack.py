"""The wiring that the classic architectures share: convolution, residual, norm, activation."""

import keras

from keras_gt.layers import Dropout
from keras_gt.layers.feed_forward import activation_function, normalization_layer
from keras_gt.layers.graph_layer import check_choice


def normalized(nodes, node_mask, normalization, dtype, name):
    """The nodes after a norm over the real nodes; unchanged where normalization is None."""
    if normalization is None:
        return nodes
    norm = normalization_layer(normalization, 1e-5, 0.9, dtype, name)
    return norm(nodes, mask=node_mask) if normalization == "batch" else norm(nodes)


def activated(nodes, activation, dtype, name):
    """The nodes after the named activation."""
    return keras.layers.Activation(activation_function(activation), dtype=dtype, name=name)(nodes)


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
            hidden = keras.layers.Add(dtype=dtype, name=f"add_{index}")([hidden, shortcut])
        if activate_last or index + 1 < len(convolutions):
            hidden = normalized(hidden, node_mask, normalization, dtype, f"norm_{index}")
            hidden = activated(hidden, activation, dtype, f"activation_{index}")
            hidden = Dropout(dropout, dtype=dtype, name=f"dropout_{index}")(hidden)
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
    return keras.layers.Add(dtype=dtype, name="jumping_knowledge")(results)
