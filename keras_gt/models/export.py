"""Writing a model for other programs: SavedModel, ONNX and PyTorch's .pt2, sizes left open."""

import keras
import numpy as np

from keras_gt.ops.exporting import export_formats, export_model

PLAN_INPUTS = ("receiver_offsets", "sender_offsets", "sender_order")
_SUFFIX = {"onnx": ".onnx", "torch": ".pt2"}
_SECOND_AXIS = {
    "senders": "e",
    "receivers": "e",
    "edge_mask": "e",
    "edge_features": "e",
    "edge_weights": "e",
    "graph_mask": "g",
    "pairs": "p",
    "pair_mask": "p",
}
# Every open axis has a size of its own, at least 2: an exporter keeps a size of 1 as a constant.
_SIZES = {"batch": 2, "n": 5, "e": 7, "g": 3, "p": 4, "w": 6}


def input_signature(model, sample=None):
    """What the exported model takes: {name: (axes, dtype)}.

    An axis is an int or, where its size is open, a letter that all inputs share: "batch", n nodes,
    e edges, g graphs, p pairs, w words.

    Args:
        model: backbone or task.
        sample: dictionary of inputs, whose keys choose among the optional ones; None for all but
            a dense adjacency.
    """
    backbone = getattr(model, "backbone", model)
    pairs_of_nodes = getattr(backbone, "pair_encodings", None) or ()
    signature = {}
    for tensor in model.inputs:
        if tensor.name in PLAN_INPUTS or (tensor.name == "adjacency" and sample is None):
            continue  # edge lists or an adjacency, not both
        if sample is not None and sample.get(tensor.name) is None:
            continue
        letters = ("batch", _SECOND_AXIS.get(tensor.name, "n"), "w", "w")
        if tensor.name in pairs_of_nodes or tensor.name == "adjacency":
            letters = ("batch", "n", "n", "w")
        if tensor.name == "graph_mask" and backbone.has_graph_tokens:
            letters = ("batch", 1)
        pairs = zip(tensor.shape, letters, strict=False)
        axes = [letter if size is None else size for size, letter in pairs]
        signature[tensor.name] = (tuple(axes), tensor.dtype)
    return signature


def example_inputs(signature):
    """NumPy arrays of the signature: all zeros, masks true."""
    arrays = {}
    for name, (axes, dtype) in signature.items():
        shape = [_SIZES.get(axis, axis) for axis in axes]
        arrays[name] = np.full(shape, dtype == "bool", dtype)
    return arrays


def export(model, filepath, format, sample, keras_export):
    """Writes the model; see `InputsByName.export`."""
    formats = export_formats()
    format = formats[0] if format is None else format
    if format not in formats:
        raise ValueError(
            f"format must be one of {list(formats)} on this backend. Choose one of them, or load "
            f"the model on another backend. Received: format={format!r}"
        )
    if format != "tf_saved_model" and not str(filepath).endswith(suffix := _SUFFIX[format]):
        raise ValueError(
            f"filepath must end with {suffix} for this format. Received: filepath={str(filepath)!r}"
        )
    if sample is not None:
        sample = model._by_name(sample)
    signature = input_signature(model, sample)
    examples = example_inputs(signature)
    # Keras exports no model that was never called; symbols call it without computing anything.
    model({name: keras.KerasTensor(array.shape, array.dtype) for name, array in examples.items()})
    export_model(model, str(filepath), format, signature, examples, keras_export)
