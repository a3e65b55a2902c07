"""What stands around the call of a layer."""

from keras_gt.ops._backend import native


def taken_as_given(layer, arguments):
    """Whether Keras would hand the arguments to the layer's `call` as they are.

    True on PyTorch alone, where each step runs as it is written: for tensors that are float32,
    integers or bool and carry no Keras mask, and a float32 layer that nobody watches by a hook.

    Args:
        layer: `keras.layers.Layer`.
        arguments: iterable of what it is called with; dictionaries are looked into.

    Returns:
        bool.
    """
    return native("taken_as_given")(layer, arguments)
