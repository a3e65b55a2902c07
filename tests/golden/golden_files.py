"""Golden files: a layer's weights, inputs and outputs, written once and read on every backend."""

import pathlib

import keras
import numpy as np

from tests.layers.examples import EXAMPLES, call_arguments
from tests.layers.functional import symbolic
from tests.references.layer_arrays import named_variables, randomise

FOLDER = pathlib.Path(__file__).parent


def golden_path(name):
    return FOLDER / f"{name}.npz"


def named_weights(layer):
    """The layer's float variables by role."""
    variables = named_variables(layer).items()
    return {name: value for name, value in variables if "float" in str(value.dtype)}


def fresh_layer(name, arguments):
    """The example's layer, built for the arguments, with random weights throughout."""
    keras.utils.set_random_seed(13)
    layer = EXAMPLES[name].make()
    layer(**symbolic(arguments))  # builds it
    randomise(layer)
    return layer


def flatten(arguments):
    flat = {}
    for name, value in arguments.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        flat.update({f"argument/{name}/{key}": entry for key, entry in inner})
    return flat


def unflatten(arrays):
    """The call arguments in a golden file."""
    arguments = {}
    for path, value in arrays.items():
        kind, name, key = (path.split("/", 2) + ["", ""])[:3]
        if kind == "argument" and key:
            arguments.setdefault(name, {})[key] = value
        elif kind == "argument":
            arguments[name] = value
    return arguments


def outputs_of(outputs):
    outputs = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
    return [keras.ops.convert_to_numpy(output) for output in outputs]


def write_golden(name):
    """Writes the file of one example with the active backend."""
    arguments = call_arguments(EXAMPLES[name])
    layer = fresh_layer(name, arguments)
    weights = {
        f"weight/{key}": keras.ops.convert_to_numpy(value)
        for key, value in named_weights(layer).items()
    }
    outputs = {
        f"output/{index}": value for index, value in enumerate(outputs_of(layer(**arguments)))
    }
    np.savez_compressed(golden_path(name), **weights, **flatten(arguments), **outputs)
