"""A look at a weights file before Keras opens it."""

import h5py

_NUMBER_KINDS = "fiubV"  # V: bfloat16, which HDF5 stores as two opaque bytes


def check_weights_file(path):
    """Raises ValueError unless an HDF5 file holds plain arrays and nothing else.

    Links to other files or other places, arrays kept in other files, virtual arrays, compressed
    arrays (a few bytes may unpack to gigabytes), declared but absent data and Python objects
    are refused.

    Args:
        path: path of a `.weights.h5` file.
    """
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise ValueError(
            f"{path} must be an HDF5 file. Fetch the preset again. Received: {error}"
        ) from None
    with file:
        groups, seen = [file], set()
        while groups:
            group = groups.pop()
            for name in group:
                place = f"{path}: {group.name.rstrip('/')}/{name}"
                kind = type(group.get(name, getlink=True))
                if kind is not h5py.HardLink:
                    raise _refusal("links to other files or places", place, kind.__name__)
                child = group[name]
                if isinstance(child, h5py.Dataset):
                    _check_array(child, place)
                elif not isinstance(child, h5py.Group):
                    raise _refusal("anything but groups and arrays", place, type(child).__name__)
                elif (address := h5py.h5o.get_info(child.id).addr) not in seen:
                    seen.add(address)
                    groups.append(child)


def _check_array(array, place):
    if array.dtype.kind not in _NUMBER_KINDS:
        raise _refusal("anything but numbers", place, f"dtype {array.dtype}")
    if array.is_virtual or array.external:
        raise _refusal("arrays kept in other files", place, "an external array")
    if array.id.get_create_plist().get_nfilters():
        raise _refusal("compressed arrays", place, array.compression or "a filter")
    if array.id.get_storage_size() < array.nbytes:
        raise _refusal(
            "arrays without their data",
            place,
            f"{array.nbytes} bytes declared, {array.id.get_storage_size()} stored",
        )


def _refusal(what, place, received):
    return ValueError(
        f"A weights file may not hold {what}. Refuse this preset. Received: {received} at {place}"
    )
