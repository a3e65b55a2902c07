"""A layer under the active backend's compiler, where eager calls are slow (JAX) or the same."""

import functools

import keras


def compiled(layer, owner=None, **fixed):
    """The layer as a function that JAX compiles once for each shape; elsewhere op by op.

    Variables are arguments of the program, so that equal layers share it; seeds, statistics and
    sums that a call moves are moved.

    Args:
        layer: layer, model, metric, method of one of them, or function of tensors.
        owner: the layer, model or metric whose variables a function uses.
        **fixed: arguments that are no tensors, such as `return_attention_scores=True`.
    """
    function = functools.partial(layer, **fixed)
    if keras.backend.backend() != "jax":
        return function
    import jax

    owner = owner or getattr(layer, "__self__", layer)

    @jax.jit
    def program(values, arguments, named):
        with keras.StatelessScope(zip(_variables(owner), values, strict=True)) as scope:
            result = function(*arguments, **named)
        return result, [scope.get_current_value(variable) for variable in _variables(owner)]

    def call(*arguments, **named):
        if not getattr(owner, "built", True):
            owner(*jax.tree.map(_symbol, arguments), **jax.tree.map(_symbol, named))
        values = [variable.value for variable in _variables(owner)]
        result, moved = program(values, arguments, named)
        for variable, value in zip(_variables(owner), moved, strict=True):
            variable.assign(value)
        return result

    return call


def _variables(owner):
    return getattr(owner, "variables", ())


def _symbol(array):
    return keras.KerasTensor(array.shape, str(array.dtype))


def for_one_step(model):
    """The model before it trains for a step, for which TensorFlow does not trace it."""
    model.run_eagerly = keras.backend.backend() == "tensorflow"
    return model


def run(model, inputs):
    """What the model gives: JAX compiles it whole, TensorFlow does not trace it for one result."""
    call = model.predict_on_batch if keras.backend.backend() == "jax" else model
    return call(inputs)
