"""A layer inside a functional model with named inputs, as backbones use it."""

import keras

from tests.layers.examples import call_arguments


def functional_model(layer, example):
    """(model, arrays): the layer called on symbolic inputs, and the arrays the model eats."""
    call, inputs, arrays = {}, {}, {}
    for name, value in call_arguments(example).items():
        if isinstance(value, dict):
            call[name] = {}
            for key, entry in value.items():
                call[name][key] = _add(f"{name}_{key}", entry, inputs, arrays)
        else:
            call[name] = _add(name, value, inputs, arrays)
    return keras.Model(inputs, layer(**call)), arrays


def _add(name, value, inputs, arrays):
    arrays[name] = value
    shape = (None, *value.shape[2:])  # any number of nodes, edges or graphs
    inputs[name] = keras.Input(shape, dtype=str(value.dtype), name=name)
    return inputs[name]


def symbolic(value):
    """Call arguments as symbolic tensors: a call with them builds a layer and computes nothing."""
    if isinstance(value, dict):
        return {name: symbolic(entry) for name, entry in value.items()}
    return keras.KerasTensor(value.shape, dtype=str(value.dtype))


def results(outputs):
    """The outputs as a list of float64 arrays."""
    outputs = outputs if isinstance(outputs, (tuple, list)) else [outputs]
    return [keras.ops.convert_to_numpy(output).astype("float64") for output in outputs]
