"""The model of a preset, whatever its class."""


def load_model(files):
    """The task of a preset, or its backbone if it has no task."""
    import keras

    import keras_gt.models  # noqa: F401  (registers the classes)
    from keras_gt.presets import load_preset

    return load_preset(keras.Model, files)
