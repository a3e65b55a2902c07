import keras
import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.models import GCN, LinkPredictor
from keras_gt.testing import assert_close

GRAPH = Graph(
    4,
    [0, 1, 2],
    [1, 2, 3],
    node_features=np.eye(4, dtype="float32"),
    edge_weights=np.ones(3, "float32"),
)


@pytest.fixture(scope="module")
def model():
    return LinkPredictor(GCN({"dense": 4}, 8, 1))


def test_probabilities_of_pairs(model):
    pairs = np.array([[0, 2], [2, 0], [1, 3]])
    found = model.predict_links(GRAPH, pairs)
    logits = model.predict_on_batch({**GRAPH.inputs(), "pairs": pairs[None].astype("int32")})
    assert_close(found, 1 / (1 + np.exp(-logits[0, :, 0])), 1e-6)
    assert found[0] == pytest.approx(found[1], abs=1e-6)


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_keras_files_restore_the_model_and_its_dtype(dtype, tmp_path):
    model = LinkPredictor(GCN({"dense": 4}, 8, 1, dtype=dtype))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.dtype_policy.name == dtype
    pairs = np.array([[0, 2], [1, 3]])
    assert_close(loaded.predict_links(GRAPH, pairs), model.predict_links(GRAPH, pairs), 0)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([[0, 4]], "pairs must name nodes from 0 to 3.*Received: 0 to 4"),
        ([[0, -1]], "pairs must name nodes from 0 to 3.*Received: -1 to 0"),
        ([[0.5, 1.5]], r"pairs must be \(P, 2\) integers"),
        ([0, 1], r"pairs must be \(P, 2\) integers"),
    ],
)
def test_pairs_that_are_none(model, pairs, message):
    with pytest.raises(ValueError, match=message):
        model.predict_links(GRAPH, pairs)


def test_arrays_of_pairs_are_checked(model):
    inputs = {**GRAPH.inputs(), "pairs": np.array([[[0, 4]]], "int32")}
    with pytest.raises(ValueError, match="pairs must be nodes from 0 to 3 of their row"):
        model.predict(inputs, verbose=0)
    for call in (model.predict, model.fit):
        with pytest.raises(ValueError, match="x must be a dictionary of arrays with pairs"):
            call(GRAPH)
