import os

import numpy as np
import pytest

from keras_gt.datasets import RefusedPickleError
from keras_gt.datasets.torch_pickle import load_torch_pickle
from tests.datasets.legacy_torch import (
    list_of_dicts,
    named,
    pickle_of,
    plain,
    storage_stream,
    tensor,
)


def test_tensors_become_arrays():
    types = np.array([3, 0, 7], "i1")
    bonds = np.array([[0, 1], [1, 0]], "i1")
    target = np.array([0.25], "f4")
    entry = {"types": tensor(types), "bonds": tensor(bonds), "target": tensor(target)}
    (loaded,) = load_torch_pickle(pickle_of(list_of_dicts([entry])), "file")
    for name, expected in (("types", types), ("bonds", bonds), ("target", target)):
        np.testing.assert_array_equal(loaded[name], expected)
        assert loaded[name].dtype == expected.dtype


def test_a_hostile_name_in_the_pickle_is_refused(monkeypatch):
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("the pickle ran a command"))
    hostile = pickle_of(named("os", "system") + b"(" + plain("exit 1") + b"tR")
    with pytest.raises(RefusedPickleError, match="Received: os.system"):
        load_torch_pickle(hostile, "file")


@pytest.mark.parametrize(
    "module, name", [("builtins", "eval"), ("torch", "DoubleStorage"), ("os", "system")]
)
def test_a_hostile_name_inside_a_storage_is_refused(module, name):
    values = np.array([1.0], "f4")
    stream = storage_stream(values, storage=name, module=module)
    with pytest.raises(RefusedPickleError, match=f"Received: {module}.{name}"):
        load_torch_pickle(pickle_of(tensor(values, stream)), "file")


def test_a_hostile_head_of_a_storage_is_refused():
    values = np.array([1.0], "f4")
    stream = pickle_of(named("builtins", "eval") + b"(" + plain("1") + b"tR")
    with pytest.raises(RefusedPickleError, match="Received: builtins.eval"):
        load_torch_pickle(pickle_of(tensor(values, stream)), "file")


def test_damaged_storages_are_refused():
    values = np.array([1.0, 2.0], "f4")
    for stream in (storage_stream(values, count=3), storage_stream(values)[:-4]):
        with pytest.raises(ValueError, match="values in a storage|whole pickle"):
            load_torch_pickle(pickle_of(tensor(values, stream)), "file")
    with pytest.raises(ValueError, match="must hold torch storages in the legacy format"):
        load_torch_pickle(pickle_of(tensor(values, pickle_of(plain(7)))), "file")


def test_only_contiguous_tensors_are_read():
    values = np.arange(6, dtype="f4").reshape(2, 3)
    with pytest.raises(ValueError, match="contiguous tensors"):
        load_torch_pickle(pickle_of(tensor(values, stride=(1, 2))), "file")
