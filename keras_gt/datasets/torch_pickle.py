"""Reads torch tensors inside legacy pickles, without torch."""

import functools
import io
import math

import numpy as np

from keras_gt.datasets.unpickler import load_pickle

_REBUILD = "torch._utils._rebuild_tensor_v2"
_LOAD = "torch.storage._load_from_bytes"
_MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
_TYPE_CODES = {"torch.CharStorage": "i1", "torch.FloatStorage": "<f4"}
_FILE_CLASSES = frozenset({_REBUILD, _LOAD, "collections.OrderedDict"})
_STORAGE_CLASSES = frozenset(_TYPE_CODES)


class _TensorReader:
    """Bound methods take the place of torch's functions: a pickle cannot set attributes on them."""

    def __init__(self, source):
        self.source = source

    def read_storage(self, content):
        """Returns the 1-D array that one legacy torch file holds."""
        stream = io.BytesIO(content)
        read = functools.partial(load_pickle, stream, frozenset(), self.source)
        if read() != _MAGIC_NUMBER:
            raise ValueError(f"{self.source} must hold torch storages in the legacy format.")
        read()  # protocol version
        system = read()
        if not system.get("little_endian"):
            raise ValueError(f"{self.source} must be little-endian. Received: {system}")
        # ("storage", type, key, device, number of values, view)
        kind, type_code, _, _, count, _ = load_pickle(
            stream, _STORAGE_CLASSES, self.source, _TYPE_CODES, persistent_load=lambda key: key
        )
        read()  # the list of storage keys
        stored = int.from_bytes(stream.read(8), "little")
        values = np.frombuffer(stream.read(), type_code)
        if kind != "storage" or not len(values) == stored == count:
            raise ValueError(
                f"{self.source} must hold {count} values in a storage. Fetch it again. "
                f"Received: {len(values)} values"
            )
        return values

    def rebuild(self, storage, offset, size, stride, *unused):
        """Returns the array of one contiguous tensor."""
        count = math.prod(size)
        contiguous = tuple(math.prod(size[axis + 1 :]) for axis in range(len(size)))
        if stride != contiguous or not 0 <= offset <= offset + count <= len(storage):
            raise ValueError(f"{self.source} must hold contiguous tensors.")
        return storage[offset : offset + count].reshape(size)


def load_torch_pickle(content, source):
    """Unpickles an object whose leaves may be torch tensors, which become NumPy arrays.

    Args:
        content: bytes of a pickle in which tensors were written one legacy torch stream each.
        source: str, the file's name, for messages.

    Returns:
        The object.

    Raises:
        ValueError: the pickle, or a stream inside it, names anything but tensors of int8 and
            float32, or is damaged.
    """
    reader = _TensorReader(source)
    stand_ins = {_REBUILD: reader.rebuild, _LOAD: reader.read_storage}
    return load_pickle(content, _FILE_CLASSES, source, stand_ins)
