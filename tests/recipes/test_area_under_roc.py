import numpy as np
import pytest

from keras_gt.metrics import RocAuc
from keras_gt.recipes.area_under_roc import area_under_roc
from tests.layers.compiled import compiled


def test_it_is_that_of_the_metric():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 60)
    scores = (rng.integers(0, 7, 60) + labels).astype("float32")  # many ties
    expected = float(compiled(RocAuc(capacity=60))(labels, scores))
    assert area_under_roc(labels, scores) == pytest.approx(expected, abs=1e-6)
    assert area_under_roc(labels, labels) == 1.0


def test_no_number_where_there_is_none():
    assert np.isnan(area_under_roc(np.ones(3), np.arange(3.0)))
    assert np.isnan(area_under_roc(np.array([0, 1]), np.array([np.nan, 0.5])))
