"""Reads legacy pickles of arrays without ever creating an object that the file chooses.

Every class a pickle names is looked up in a list of the few that the files of `keras_gt.datasets`
hold, and is replaced by a stand-in that only stores values: NumPy, SciPy and torch objects are
rebuilt by our own code from plain numbers. Anything else is refused before it can run.
"""

import io
import pickle

from keras_gt.datasets._pickled_array import PickledArray
from keras_gt.datasets._pickled_dtype import PickledDtype
from keras_gt.datasets._pickled_matrix import PickledMatrix
from keras_gt.datasets.refused_pickle_error import RefusedPickleError

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


class _AllowListUnpickler(pickle.Unpickler):
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
            raise RefusedPickleError(
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
        RefusedPickleError: the pickle names something else.
        ValueError: it is not a whole pickle.
    """
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    unpickler = _AllowListUnpickler(stream, allowed, source, stand_ins)
    if persistent_load is not None:
        unpickler.persistent_load = persistent_load
    try:
        return unpickler.load()
    except RefusedPickleError:
        raise
    except _BROKEN as error:
        raise ValueError(
            f"{source} must be a whole pickle of arrays. Delete it and fetch it again. "
            f"Received: {type(error).__name__}: {error}"
        ) from error
