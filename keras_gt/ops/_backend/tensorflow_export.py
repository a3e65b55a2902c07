"""TensorFlow: SavedModel and ONNX as Keras writes them, on the generic path."""

import contextlib

import keras

from keras_gt.ops._backend import tensorflow

FORMATS = ("tf_saved_model", "onnx")


@contextlib.contextmanager
def _without_reshape_optimizer():
    """tf2onnx merges a Dense layer's reshape with the next one and then reads a lost shape."""
    from tf2onnx import optimizer

    passes = optimizer._optimizers
    kept = dict(passes)
    passes.pop("reshape_optimizer", None)
    try:
        yield
    finally:
        passes.clear()
        passes.update(kept)


def export(model, filepath, format, signature, examples, keras_export):
    """See `keras_gt.ops.exporting.export_model`."""
    specs = {
        name: keras.InputSpec(
            shape=[axis if isinstance(axis, int) else None for axis in axes], dtype=dtype, name=name
        )
        for name, (axes, dtype) in signature.items()
    }
    passes = _without_reshape_optimizer() if format == "onnx" else contextlib.nullcontext()
    with tensorflow.generic_path(), passes:
        keras_export(filepath, format=format, verbose=False, input_signature=[specs])
