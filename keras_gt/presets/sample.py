"""The stored input and output of a preset, by which a loaded model is checked."""

import zipfile

import numpy as np

TOLERANCE = 1e-4
_MAX_BYTES = 256 * 2**20


def compute_outputs(model, inputs):
    """The model's outputs in inference, as a dict of name -> float32 or integer array."""
    outputs = model.predict_on_batch(inputs)
    if not isinstance(outputs, dict):
        parts = outputs if isinstance(outputs, list | tuple) else [outputs]
        outputs = {str(index): part for index, part in enumerate(parts)}
    arrays = {name: np.asarray(value) for name, value in outputs.items()}
    return {  # bfloat16 (kind V) and float16 have no place in a file for every backend
        name: array.astype("float32") if array.dtype.kind == "V" or array.itemsize == 2 else array
        for name, array in arrays.items()
    }


def write_sample(path, model, inputs):
    """Stores inputs and what the model makes of them.

    Args:
        path: path of the sample.npz to write.
        model: a keras.Model.
        inputs: dict of name -> NumPy array; entries of None are left out.

    Raises:
        ValueError: if an output is not finite.
    """
    inputs = {name: np.asarray(value) for name, value in inputs.items() if value is not None}
    outputs = compute_outputs(model, inputs)
    for name, value in outputs.items():
        if not np.isfinite(value).all():
            raise ValueError(
                "A preset's sample output must be finite. Give another sample, or train a model "
                f"that gives numbers. Received: output {name} with NaN or infinity"
            )
    arrays = {f"inputs/{name}": value for name, value in inputs.items()}
    arrays.update({f"outputs/{name}": value for name, value in outputs.items()})
    np.savez_compressed(path, **arrays)


def read_sample(path):
    """The (inputs, outputs) dicts of a sample.npz; never unpickles."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _MAX_BYTES:
            raise ValueError(f"it unpacks to {size} bytes, more than {_MAX_BYTES}")
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} must be a .npz file of plain arrays. Refuse this preset. Received: {error}"
        ) from None
    return tuple(
        {name.removeprefix(part): value for name, value in arrays.items() if name.startswith(part)}
        for part in ("inputs/", "outputs/")
    )


def check_sample(model, path):
    """Runs the model on the stored inputs and compares with the stored outputs.

    Args:
        model: a keras.Model, loaded from the preset.
        path: path of its sample.npz.

    Returns:
        The largest difference, relative to the largest stored output: a float, `inf` where
        outputs are missing, have another shape, or are not finite. Up to `TOLERANCE` is equal.
    """
    inputs, expected = read_sample(path)
    actual = compute_outputs(model, inputs)
    worst = 0.0 if expected and set(expected) == set(actual) else float("inf")
    for name in set(expected) & set(actual):
        if expected[name].shape != actual[name].shape or not np.isfinite(actual[name]).all():
            return float("inf")
        if expected[name].size:
            scale = max(float(np.abs(expected[name]).max()), 1e-12)
            difference = np.abs(actual[name].astype("float64") - expected[name]).max()
            worst = max(worst, float(difference) / scale)
    return worst
