import json
from pathlib import Path

import numpy as np

from keras_gt.converters.torch_state import read_torch_state

_RENAMED = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}


class Checkpoint:
    """The named arrays of a checkpoint, which must all be used.

    Args:
        arrays: dictionary from a name to a NumPy array.
        source: str, where they come from, for messages.

    Raises:
        ValueError: by its methods, for a file that is not what its name says, and a tensor that is
            missing, of another shape or left over.
        FileNotFoundError: by `from_directory`, without a checkpoint in it.
        ImportError: by `from_directory`, for .safetensors without that package.

    Example:
        >>> import numpy as np
        >>> from keras_gt.converters import Checkpoint
        >>> checkpoint = Checkpoint({"bert.norm": np.ones(3), "cls.bias": np.ones(2)}, "example")
        >>> checkpoint.strip_prefix("bert.")
        >>> checkpoint.take("norm", (3,)).tolist()
        [1.0, 1.0, 1.0]
        >>> checkpoint.finish(heads=("cls.",))
        ['cls.bias']
    """

    def __init__(self, arrays, source):
        self.arrays = dict(arrays)
        self.source = source
        self._left = set(self.arrays)

    @classmethod
    def from_directory(cls, directory):
        """Reads model.safetensors, its shards, or pytorch_model.bin.

        Args:
            directory: path.

        Raises:
            FileNotFoundError: if none is there.
            ValueError: if a file is not what its name says. No file's code is ever run.
        """
        directory = Path(directory)
        index = directory / "model.safetensors.index.json"
        if (directory / "model.safetensors").is_file():
            arrays = _read_safetensors(directory / "model.safetensors")
        elif index.is_file():
            arrays = {}
            shards = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
            for name in sorted({Path(shard).name for shard in shards}):
                arrays |= _read_safetensors(directory / name)
        elif (directory / "pytorch_model.bin").is_file():
            path = directory / "pytorch_model.bin"
            arrays = read_torch_state(path.read_bytes(), str(path))
        else:
            raise FileNotFoundError(
                "directory must hold model.safetensors, its shards with their index, or "
                f"pytorch_model.bin. Name another. Received: directory={directory}"
            )
        return cls({_current_name(name): array for name, array in arrays.items()}, str(directory))

    def __contains__(self, name):
        return name in self.arrays

    def strip_prefix(self, prefix):
        """Shortens the names that begin with the prefix."""
        self.arrays = {name.removeprefix(prefix): array for name, array in self.arrays.items()}
        self._left = set(self.arrays)

    def take(self, name, shape):
        """The array of a name as float32, which counts as used.

        Args:
            name: str.
            shape: tuple, the shape that it must have.

        Raises:
            ValueError: if it is missing or has another shape.
        """
        if name not in self.arrays:
            raise ValueError(
                f"{self.source} must hold the tensor {name}. Use a whole checkpoint of the "
                f"architecture that config.json names. Received: {_some(sorted(self.arrays))}"
            )
        array = np.asarray(self.arrays[name]).astype(np.float32)
        if array.shape != tuple(shape):
            raise ValueError(
                f"{name} of {self.source} must have the shape {tuple(shape)} by its config.json. "
                f"Use the config.json of this checkpoint. Received: {array.shape}"
            )
        self._left.discard(name)
        return array

    def reshape(self, name, shape):
        """Gives an array another shape of as many entries, where it is there."""
        array = self.arrays.get(name)
        if array is not None and array.size == np.prod(shape):
            self.arrays[name] = array.reshape(shape)

    def skip(self, name):
        """Counts a tensor as used that holds nothing learned, where it is there."""
        self._left.discard(name)

    def finish(self, heads=()):
        """Checks that every tensor was used.

        Args:
            heads: tuple of str, how the names of tensors of output layers begin.

        Returns:
            The sorted names of the output layers' tensors, which were left out.

        Raises:
            ValueError: naming the others.
        """
        left_out = sorted(name for name in self._left if name.startswith(tuple(heads)))
        if unused := sorted(self._left - set(left_out)):
            raise ValueError(
                f"{self.source} must hold no tensors but those of its architecture. It has parts "
                f"that would be lost. Received: {_some(unused)}"
            )
        return left_out


def _read_safetensors(path):
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise ImportError(
            "Reading .safetensors needs the package safetensors. Install keras_gt[text]."
        ) from error
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}
    except SafetensorError as error:
        raise ValueError(
            f"{path} must be a .safetensors file. Fetch it again. Received: {error}"
        ) from None


def _current_name(name):
    for old, new in _RENAMED.items():
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name


def _some(names, most=10):
    """The first names of a list, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
