"""JAX: SavedModel, with open sizes that inputs share: Keras alone gives each its own."""

import keras

FORMATS = ("tf_saved_model",)


def export(model, filepath, format, signature, examples, keras_export):
    """See `keras_gt.ops.exporting.export_model`."""
    specs, shapes = {}, {}
    for name, (axes, dtype) in signature.items():
        open_axes = [axis if isinstance(axis, int) else None for axis in axes]
        specs[name] = keras.InputSpec(shape=open_axes, dtype=dtype, name=name)
        shapes[name] = f"({', '.join(str(axis) for axis in axes)})"
    keras_export(
        filepath,
        format=format,
        verbose=False,
        input_signature=[specs],
        jax2tf_kwargs={"native_serialization": True, "polymorphic_shapes": [shapes]},
    )
