"""Arrays that took long to make, kept in the cache under a hash of what they were made from."""

import hashlib
import os
import zipfile
import zlib

import numpy as np

from keras_gt.datasets.fetch import cache_directory, temporary_file


def cached_arrays(name, made_from, make):
    """Returns what `make` returns, from the cache where it has been made before.

    Args:
        name: str, begins the file name.
        made_from: tuple of everything the arrays depend on: hashes, seeds, versions.
        make: function of no arguments that returns a dict of arrays.

    Returns:
        dict of arrays. A damaged cache file is made again; a cache that cannot be written is left
        alone.
    """
    key = hashlib.sha256(repr(made_from).encode()).hexdigest()[:16]
    path = cache_directory() / "parsed" / f"{name}-{key}.npz"
    if path.is_file():
        try:
            # NumPy closes a damaged archive only if it did not open the file itself.
            with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return dict(arrays)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error):
            path.unlink(missing_ok=True)
    arrays = make()
    try:
        with temporary_file(path) as temporary:
            with open(temporary, "wb") as stream:
                np.savez_compressed(stream, **arrays)
            os.replace(temporary, path)
    except PermissionError:
        return arrays  # a read-only cache costs time, not the result
    return arrays
