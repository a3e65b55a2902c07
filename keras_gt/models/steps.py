"""The steps of a functional model, ready to be run again and again.

Keras takes the arguments of each step apart and puts them together in every call, dictionaries of
edges among them. In a compiled program that is done once; on PyTorch it is done in every step of
training, and with small batches takes a tenth of it.
"""

import keras

from keras_gt.layers.direct_call import is_direct
from keras_gt.layers.graph_layer import is_plain, project


def prepared_steps(model):
    """A function that runs a functional model's steps in order, as Keras does.

    Args:
        model: functional `keras.Model`; its graph does not change any more.

    Returns:
        Function (inputs, operation_fn) -> outputs: of a list of the model's inputs in order,
        tensors or None, and a function from the operation of a step to what is called in its place.
    """
    known = {id(x) for x in model.inputs}
    steps = []
    for _, nodes in sorted(model._nodes_by_depth.items(), reverse=True):
        for node in nodes:
            if node.is_input or not known.issuperset(id(x) for x in node.input_tensors):
                continue
            outputs = [id(x) for x in node.outputs]
            known.update(outputs)
            given = node.arguments
            steps.append((node.operation, _maker(given.args), _maker(given.kwargs), outputs))
    keys = [id(x) for x in model.inputs]
    result_of = _maker(model._outputs_struct)

    def run(inputs, operation_fn):
        tensors = dict(zip(keys, inputs, strict=True))
        concrete = not any(isinstance(x, keras.KerasTensor) for x in inputs)
        for operation, args, kwargs, outputs in steps:
            given, named = args(tensors), kwargs(tensors)
            if concrete and _computes_only(operation):
                result = operation.call(*given, **named)
            elif concrete and not named and is_plain(operation) and is_direct(operation, given):
                result = project(operation, *given)
            else:
                result = operation_fn(operation)(*given, **named)
            if isinstance(result, list | tuple | dict):
                tensors.update(zip(outputs, keras.tree.flatten(result), strict=True))
            else:
                tensors[outputs[0]] = result
        return result_of(tensors)

    return run


def _computes_only(operation):
    """Whether a call looks for symbols and does nothing else before it computes."""
    return not isinstance(operation, keras.layers.Layer) and operation._remat_mode is None


def _maker(value):
    """A function from the tensors by their symbols' ids to the value with tensors for symbols."""
    if isinstance(value, keras.KerasTensor):
        key = id(value)
        return lambda tensors: tensors[key]
    if not any(isinstance(x, keras.KerasTensor) for x in keras.tree.flatten(value)):
        return lambda tensors: value
    if type(value) is dict:
        named = [(key, _maker(part)) for key, part in value.items()]
        return lambda tensors: {key: make(tensors) for key, make in named}
    if type(value) in (list, tuple):
        kind, makers = type(value), [_maker(part) for part in value]
        return lambda tensors: kind([make(tensors) for make in makers])

    def filled(tensors):
        return keras.tree.map_structure(
            lambda x: tensors[id(x)] if isinstance(x, keras.KerasTensor) else x, value
        )

    return filled
