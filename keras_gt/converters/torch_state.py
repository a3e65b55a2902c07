"""Reads a torch state dict without torch, and without ever creating an object the file chooses."""

import functools
import io
import math
import zipfile

import numpy as np

from keras_gt.datasets.unpickler import load_pickle

_REBUILD = "torch._utils._rebuild_tensor_v2"
_MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
_TYPES = {
    "torch.HalfStorage": "<f2",
    "torch.FloatStorage": "<f4",
    "torch.DoubleStorage": "<f8",
    "torch.LongStorage": "<i8",
    "torch.IntStorage": "<i4",
    "torch.BoolStorage": "?",
    "torch.ByteStorage": "u1",
}
_DICTIONARY = "collections.OrderedDict"
_CLASSES = frozenset({_REBUILD, _DICTIONARY, *_TYPES})


class _State(dict):
    """An ordered dictionary of the pickle, which may carry attributes."""


class _Storages:
    """The storages of one file: asked for by the pickle first, filled in once it is read."""

    def __init__(self, source):
        self.source = source
        self.types = {}
        self.values = {}

    def ask(self, key):
        """What stands for ("storage", type, key, device, number of values, ...) in the pickle."""
        known = isinstance(key, tuple) and len(key) >= 5 and key[0] == "storage"
        if not known or key[1] not in _TYPES.values():
            raise ValueError(f"{self.source} must hold torch storages. Received: {key!r:.100}")
        _, code, name, _, count = key[:5]
        self.types[str(name)] = (code, int(count))
        return str(name)

    def rebuild(self, storage, offset, size, stride, *unused):
        """A description of a tensor, for `tensor` once the storages are there."""
        return ("tensor", storage, int(offset), tuple(size), tuple(stride))

    def fill(self, name, content):
        """Takes the bytes of a storage."""
        code, count = self.types[name]
        if len(content) != count * np.dtype(code).itemsize:
            raise ValueError(
                f"{self.source} must hold {count} values of type {code} in storage {name}. Fetch "
                f"it again. Received: {len(content)} bytes"
            )
        self.values[name] = np.frombuffer(content, code)

    def tensor(self, described):
        """The array of a described tensor."""
        _, storage, offset, size, stride = described
        values = self.values[storage]
        steps = [length - 1 for length in size]
        last = offset + sum(step * jump for step, jump in zip(steps, stride, strict=True))
        whole = len(size) == len(stride) and min((0, offset, *stride)) >= 0
        if not whole or (math.prod(size) and not last < len(values)):
            raise ValueError(f"{self.source} must hold tensors inside their storages.")
        strides = [jump * values.itemsize for jump in stride]
        return np.lib.stride_tricks.as_strided(values[offset:], size, strides, writeable=False)


def read_torch_state(content, source):
    """The arrays of a state dict that `torch.save` wrote, in its legacy or its zip format.

    Args:
        content: bytes of the file.
        source: str, its name, for messages.

    Returns:
        Dictionary from a name to a NumPy array.

    Raises:
        ValueError: if the file names anything but tensors of numbers, or is damaged.
    """
    storages = _Storages(source)
    read = _read_zip if content.startswith(b"PK") else _read_legacy
    state = read(content, storages)
    if not isinstance(state, dict):
        raise ValueError(
            f"{source} must hold a state dict. Save model.state_dict(). "
            f"Received: {type(state).__name__}"
        )
    return {
        name: storages.tensor(value)
        for name, value in dict.items(state)
        if isinstance(value, tuple) and value[:1] == ("tensor",)
    }


def _load_state(stream, storages):
    stand_ins = {**_TYPES, _REBUILD: storages.rebuild, _DICTIONARY: lambda *unused: _State()}
    return load_pickle(stream, _CLASSES, storages.source, stand_ins, persistent_load=storages.ask)


def _read_legacy(content, storages):
    """Pickles one after the other: number, protocol, system, state, keys; then the storages."""
    stream = io.BytesIO(content)
    read = functools.partial(load_pickle, stream, frozenset(), storages.source)
    if read() != _MAGIC_NUMBER:
        raise ValueError(f"{storages.source} must be a file that torch.save wrote.")
    read()  # protocol version
    if not read().get("little_endian"):
        raise ValueError(f"{storages.source} must be little-endian.")
    state = _load_state(stream, storages)
    for name in read():
        if name not in storages.types:
            raise ValueError(f"{storages.source} must hold no storage but its tensors': {name}")
        code, count = storages.types[name]
        stream.read(8)  # the number of values again
        storages.fill(name, stream.read(count * np.dtype(code).itemsize))
    return state


def _read_zip(content, storages):
    """An archive of data.pkl and one file a storage."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
            folder = pickled.removesuffix("data.pkl")
            order = f"{folder}byteorder"
            if order in archive.namelist() and archive.read(order) != b"little":
                raise ValueError(f"{storages.source} must be little-endian.")
            state = _load_state(archive.read(pickled), storages)
            for name in storages.types:
                storages.fill(name, archive.read(f"{folder}data/{name}"))
    except (KeyError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{storages.source} must be a file that torch.save wrote. Received: {error}"
        ) from None
    return state
