from keras_gt.ops._backend import native


def one_program(function):
    """The function of tensors, compiled whole on JAX, where each operation is a program otherwise.

    On other backends it is the function itself. For what Keras calls outside its compiled steps,
    as a metric's `result`.

    Args:
        function: function of tensors alone, without side effects.

    Returns:
        A function of the same tensors.
    """
    return native("one_program")(function)
