"""Reads legacy pickles of arrays without ever creating an object that the file chooses.

Every class a pickle names is looked up in a list of the few that the files of `keras_gt.datasets`
hold, and is replaced by a stand-in that only stores values: NumPy, SciPy and torch objects are
rebuilt by our own code from plain numbers. Anything else is refused before it can run.
"""

import io
import pickle

import numpy as np

NUMPY_CLASSES = frozenset({"numpy.ndarray", "numpy.dtype", "numpy.multiarray._reconstruct"})
CONTAINER_CLASSES = frozenset(
    {"collections.OrderedDict", "collections.defaultdict", "builtins.list", "builtins.dict"}
)
SPARSE_CLASSES = frozenset({"scipy.sparse.csr_matrix", "scipy.sparse.coo_matrix"})

# Names that the same classes had under older Python, NumPy and SciPy versions.
_CURRENT_NAMES = {
    "__builtin__.list": "builtins.list",
    "__builtin__.dict": "builtins.dict",
    "numpy.core.multiarray._reconstruct": "numpy.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct": "numpy.multiarray._reconstruct",
    "scipy.sparse.csr.csr_matrix": "scipy.sparse.csr_matrix",
    "scipy.sparse._csr.csr_matrix": "scipy.sparse.csr_matrix",
    "scipy.sparse.coo.coo_matrix": "scipy.sparse.coo_matrix",
    "scipy.sparse._coo.coo_matrix": "scipy.sparse.coo_matrix",
}
_ARRAY_KINDS = "biufSUO"
# What the standard unpickler raises on bytes that are no pickle, or not a whole one.
_BROKEN = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    ImportError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    RecursionError,
    TypeError,
    UnicodeDecodeError,
    ValueError,
)


class RefusedPickle(ValueError):
    """A pickle names a class or function that is not on the list of what its format needs."""


class PickledDtype:
    """Stand-in for `numpy.dtype`: keeps the type code and the byte order."""

    def __init__(self, code="", align=False, copy=False):
        self.code = code
        self.byte_order = "="

    def __setstate__(self, state):
        _, self.byte_order, sub_array, names, fields = state[:5]
        if sub_array is not None or names is not None or fields is not None:
            raise RefusedPickle("An array of the pickle must hold plain values, not records.")

    def to_numpy(self):
        if not isinstance(self.code, str) or self.code.lstrip("<>=|")[:1] not in _ARRAY_KINDS:
            raise RefusedPickle(f"Arrays must hold numbers or text. Received: dtype={self.code!r}")
        dtype = np.dtype(self.code)
        return dtype.newbyteorder(self.byte_order) if self.byte_order in "<>" else dtype


class PickledArray:
    """Stand-in for `numpy.ndarray`: keeps shape, type and bytes until `to_numpy` is called."""

    def __init__(self):
        self.state = None

    def __setstate__(self, state):
        self.state = state

    def to_numpy(self):
        if self.state is None:
            raise RefusedPickle("An array of the pickle has no content.")
        _, shape, dtype, is_fortran, values = self.state
        dtype = dtype.to_numpy()
        if dtype.hasobject:
            array = np.empty(len(values), dtype=object)
            array[:] = values
        else:
            values = values.encode("latin1") if isinstance(values, str) else values
            array = np.frombuffer(values, dtype=dtype)
        return array.reshape(shape, order="F" if is_fortran else "C")


class PickledMatrix:
    """Stand-in for a SciPy sparse matrix: keeps its arrays; SciPy itself is not needed."""

    def __init__(self):
        self.attributes = {}

    def __setstate__(self, state):
        self.attributes = state

    @property
    def shape(self):
        rows, columns = self.attributes["_shape"]
        return int(rows), int(columns)

    def to_coordinates(self):
        """Returns `(rows, columns, values)` of the stored entries, in the stored order."""
        num_rows, num_columns = self.shape
        arrays = {
            name: value.to_numpy()
            for name, value in self.attributes.items()
            if isinstance(value, PickledArray)
        }
        if "indptr" in arrays:
            counts = np.diff(arrays["indptr"])
            if len(counts) != num_rows or (counts < 0).any():
                raise ValueError("indptr of a pickled matrix must rise and have one entry a row.")
            rows, columns = np.repeat(np.arange(num_rows), counts), arrays["indices"]
        elif "coords" in self.attributes:  # what newer SciPy calls (row, col)
            rows, columns = (index.to_numpy() for index in self.attributes["coords"])
        else:
            rows, columns = arrays["row"], arrays["col"]
        values = arrays["data"]
        if not len(rows) == len(columns) == len(values):
            raise ValueError("A pickled matrix must have one row, column and value an entry.")
        for index, size in ((rows, num_rows), (columns, num_columns)):
            if len(index) and not 0 <= index.min() <= index.max() < size:
                raise ValueError(f"Indices of a pickled matrix must lie in [0, {size}).")
        return rows.astype(np.int64), columns.astype(np.int64), values


class AllowListUnpickler(pickle.Unpickler):
    """Unpickles `stream`, refusing every class that is not in `allowed`.

    Args:
        stream: a binary file.
        allowed: set of names such as `"numpy.ndarray"`, in their current spelling.
        source: str, the file's name, for messages.
        stand_ins: dict from an allowed name to what takes its place, for formats of their own.
    """

    def __init__(self, stream, allowed, source, stand_ins=None):
        super().__init__(stream, encoding="latin1")
        self._allowed = allowed
        self._source = source
        self._stand_ins = stand_ins or {}

    def find_class(self, module, name):
        full_name = f"{module}.{name}"
        full_name = _CURRENT_NAMES.get(full_name, full_name)
        if full_name not in self._allowed:
            raise RefusedPickle(
                f"{self._source} must name no class but {sorted(self._allowed)}. It was not "
                f"loaded: it is not the published file. Received: {module}.{name}"
            )
        if full_name in self._stand_ins:
            return self._stand_ins[full_name]
        # New objects each time, so that a pickle which sets attributes on them changes nothing.
        if full_name == "numpy.dtype":
            return type("dtype", (PickledDtype,), {})
        if full_name in SPARSE_CLASSES:
            return type("matrix", (PickledMatrix,), {})
        if full_name == "numpy.multiarray._reconstruct":
            return lambda *unused: PickledArray()
        if full_name == "numpy.ndarray":
            return None  # only ever an argument of _reconstruct, which needs none
        return lambda *unused: {}


def load_pickle(content, allowed, source, stand_ins=None, persistent_load=None):
    """Unpickles `content` with an allow-list.

    Args:
        content: bytes, or a binary file that is read from where it stands.
        allowed: set of the class names that the file may use.
        source: str, the file's name, for messages.
        stand_ins: dict from an allowed name to what takes its place.
        persistent_load: function of a persistent id, for formats that use them.

    Returns:
        The object: numbers, text, lists, tuples, dicts, `PickledArray`s and `PickledMatrix`es.

    Raises:
        RefusedPickle: the pickle names something else.
        ValueError: it is not a whole pickle.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    unpickler = AllowListUnpickler(stream, allowed, source, stand_ins)
    if persistent_load is not None:
        unpickler.persistent_load = persistent_load
    try:
        return unpickler.load()
    except RefusedPickle:
        raise
    except _BROKEN as error:
        raise ValueError(
            f"{source} must be a whole pickle of arrays. Delete it and fetch it again. "
            f"Received: {type(error).__name__}: {error}"
        ) from error
