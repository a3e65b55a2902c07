import builtins
import collections
import io
import os
import pickle

import numpy as np
import pytest
from scipy import sparse

from keras_gt.datasets import RefusedPickleError
from keras_gt.datasets._pickled_array import PickledArray
from keras_gt.datasets._pickled_matrix import PickledMatrix
from keras_gt.datasets.unpickler import (
    CONTAINER_CLASSES,
    NUMPY_CLASSES,
    SPARSE_CLASSES,
    load_pickle,
)

EVERYTHING = NUMPY_CLASSES | CONTAINER_CLASSES | SPARSE_CLASSES
# What Python 2 wrote for np.array([1, 255], "int32"): raw bytes as a latin-1 string.
PYTHON_2_ARRAY = (
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
    b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02i4K\x00K\x01\x87R"
    b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
    b"U\x08\x01\x00\x00\x00\xff\x00\x00\x00tb."
)


def load(content, allowed=EVERYTHING):
    return load_pickle(content, allowed, "file.pickle")


class CallsSystem:
    def __reduce__(self):
        return os.system, ("exit 1",)


class CallsEval:
    def __reduce__(self):
        return builtins.eval, ("1 + 1",)


class HasState:
    def __init__(self):
        self.value = 1


def test_arrays_come_back():
    for array in (
        np.arange(6, dtype="int16").reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(["a", "bcd"]),
        np.array([1.5, 2.5], dtype=">f4"),
        np.array([[1, "text"], [None, 2.0]], dtype=object),
        np.zeros((0, 3), bool),
    ):
        loaded = load(pickle.dumps(array, protocol=4)).to_numpy()
        np.testing.assert_array_equal(loaded, array)
        assert loaded.dtype == array.dtype


def test_an_array_written_by_python_2_comes_back():
    array = load(PYTHON_2_ARRAY).to_numpy()
    assert array.dtype == np.dtype("<i4")
    np.testing.assert_array_equal(array, [1, 255])


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.coo_matrix])
def test_sparse_matrices_come_back(kind):
    dense = np.array([[0, 2, 0], [1, 0, 3]], dtype="float32")
    matrix = load(pickle.dumps(kind(dense), protocol=4))
    rows, columns, values = matrix.to_coordinates()
    assert isinstance(matrix, PickledMatrix) and matrix.shape == (2, 3)
    np.testing.assert_array_equal(sparse.coo_matrix((values, (rows, columns))).toarray(), dense)


def test_containers_become_plain_dicts():
    neighbours = collections.defaultdict(list, {0: [1], 1: [0]})
    loaded = load(pickle.dumps([neighbours, collections.OrderedDict(a=1)], protocol=2))
    assert loaded == [{0: [1], 1: [0]}, {"a": 1}]
    assert all(type(value) is dict for value in loaded)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("hostile", [CallsSystem(), CallsEval(), HasState()])
def test_hostile_pickles_are_refused_before_they_run(hostile, protocol, monkeypatch):
    content = pickle.dumps({"deep": [hostile]}, protocol=protocol)
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("the pickle ran a command"))
    with pytest.raises(
        RefusedPickleError, match=r"file.pickle must name no class but .* Received: "
    ):
        load(content)


@pytest.mark.parametrize(
    "content",
    [
        b"cos\nsystem\n(S'exit 1'\ntR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"(S'exit 1'\nios\nsystem\n.",
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x01a\x85R.",
        b"\x80\x04\x8c\x05numpy\x8c\x0bload.__code\x93.",
        b"cnumpy.testing._private.utils\nruncode\n.",
        b"ckeras_gt.datasets.unpickler\nload_pickle\n.",
    ],
    ids=["os", "eval", "eval-2", "inst", "posix", "dotted", "numpy", "ours"],
)
def test_names_off_the_list_are_refused(content):
    with pytest.raises(RefusedPickleError, match="must name no class but"):
        load(content)


def test_a_hostile_pickle_inside_an_array_is_refused():
    content = pickle.dumps(np.array([CallsSystem()], dtype=object), protocol=4)
    with pytest.raises(RefusedPickleError, match=r"posix.system|os.system|nt.system"):
        load(content)


def test_a_class_that_the_file_does_not_need_is_refused():
    content = pickle.dumps(sparse.csr_matrix((2, 2)), protocol=4)
    with pytest.raises(RefusedPickleError, match="csr_matrix"):
        load(content, NUMPY_CLASSES)


def test_attributes_set_on_a_stand_in_do_not_last():
    # BUILD on what a name stands for, instead of on an object made from it.
    build = b"N}U\x04codeK\x01s\x86b."
    with pytest.raises(ValueError, match="must be a whole pickle"):
        load(b"\x80\x02cscipy.sparse.csr\ncsr_matrix\n" + build)
    load(b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n" + build)
    assert load(PYTHON_2_ARRAY).to_numpy().tolist() == [1, 255]


def test_records_and_odd_types_are_refused():
    records = pickle.dumps(np.zeros(2, dtype=[("a", "i4")]), protocol=4)
    with pytest.raises(RefusedPickleError, match="plain values, not records"):
        load(records)
    with pytest.raises(RefusedPickleError, match="numbers or text"):
        load(pickle.dumps(np.zeros(2, "M8[s]"), protocol=4)).to_numpy()
    with pytest.raises(RefusedPickleError, match="no content"):
        PickledArray().to_numpy()


def test_a_matrix_with_bad_indices_is_refused():
    matrix = sparse.csr_matrix(np.eye(3))
    matrix.indices[0] = 7
    with pytest.raises(ValueError, match=r"must lie in \[0, 3\)"):
        load(pickle.dumps(matrix, protocol=4)).to_coordinates()
    matrix = sparse.csr_matrix(np.eye(3))
    matrix.indptr = matrix.indptr[:2]
    with pytest.raises(ValueError, match="indptr of a pickled matrix must rise"):
        load(pickle.dumps(matrix, protocol=4)).to_coordinates()
    matrix = sparse.csr_matrix(np.eye(3))
    matrix.data = matrix.data[:2]
    with pytest.raises(ValueError, match="one row, column and value an entry"):
        load(pickle.dumps(matrix, protocol=4)).to_coordinates()


@pytest.mark.parametrize(
    "content", [b"", b"not a pickle", PYTHON_2_ARRAY[:-9], b"\x80\x04.", b"\x80\x02U\x01aQ."]
)
def test_broken_pickles_say_so(content):
    with pytest.raises(ValueError, match="file.pickle must be a whole pickle"):
        load(content)


def test_an_open_file_is_read_from_where_it_stands():
    stream = io.BytesIO(b"head" + pickle.dumps(7) + b"tail")
    stream.seek(4)
    assert load(stream) == 7
    assert stream.read() == b"tail"
