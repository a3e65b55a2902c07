"""Hand-made pickles of torch tensors, byte by byte, without torch."""

import pickle

import numpy as np

STORAGES = {"i1": "CharStorage", "f4": "FloatStorage"}


def plain(value):
    """The opcodes of a plain value, without the pickle's head and end."""
    return pickle.dumps(value, protocol=2)[2:-1]


def named(module, name):
    """The opcode that looks up a class or function."""
    return f"c{module}\n{name}\n".encode()


def raw_bytes(content):
    """The opcode of a bytes object."""
    return b"B" + len(content).to_bytes(4, "little") + content


def storage_stream(values, storage=None, count=None, module="torch"):
    """One storage in torch's legacy file format."""
    values = np.asarray(values)
    storage = storage or STORAGES[values.dtype.str[1:]]
    count = values.size if count is None else count
    head = [0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True}]
    key = (
        b"\x80\x02("
        + plain("storage")
        + named(module, storage)
        + plain("1")
        + plain("cpu")
        + plain(count)
        + b"NtQ."
    )
    parts = [*(pickle.dumps(value, protocol=2) for value in head), key, pickle.dumps(["1"], 2)]
    return b"".join(parts) + values.size.to_bytes(8, "little") + values.tobytes()


def tensor(values, stream=None, stride=None):
    """The opcodes that rebuild a contiguous tensor."""
    values = np.asarray(values)
    stride = stride or tuple(step // values.itemsize for step in values.strides)
    storage = named("torch.storage", "_load_from_bytes")
    storage += raw_bytes(stream or storage_stream(values)) + b"\x85R"
    hooks = named("collections", "OrderedDict") + b")R"
    arguments = storage + plain(0) + plain(values.shape) + plain(stride) + b"\x89" + hooks
    return named("torch._utils", "_rebuild_tensor_v2") + b"(" + arguments + b"tR"


def pickle_of(opcodes):
    """A whole pickle of the opcodes of one value."""
    return b"\x80\x03" + opcodes + b"."


def list_of_dicts(dicts):
    """The opcodes of a list of dicts whose values are opcodes."""
    items = [
        b"}(" + b"".join(plain(key) + value for key, value in entry.items()) + b"u"
        for entry in dicts
    ]
    return b"](" + b"".join(items) + b"e"
