"""Exports, through the active backend's own writer."""

from keras_gt.ops._backend import exporter


def export_formats():
    """The formats that the active backend writes, the usual one first: tuple of str."""
    return exporter().FORMATS


def export_model(model, filepath, format, signature, examples, keras_export):
    """Writes a model whose inputs have open sizes.

    Args:
        model: `keras.Model` that takes a dictionary of inputs.
        filepath: str.
        format: one of `export_formats()`.
        signature: dictionary from each input's name to (axes, dtype), an axis being an int or a
            name that is shared by all axes of the same open size.
        examples: dictionary of NumPy arrays that fit the signature.
        keras_export: the model's `keras.Model.export`.
    """
    exporter().export(model, filepath, format, signature, examples, keras_export)
