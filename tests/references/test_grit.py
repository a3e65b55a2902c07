"""The whole backbone against the same wiring in loops over nodes and pairs."""

import keras
import numpy as np

from keras_gt.graph import Graph, random_walk_pairs
from keras_gt.models import GRIT
from keras_gt.testing import assert_close
from tests.references.layer_arrays import named_variables, randomise
from tests.references.numpy_grit import grit
from tests.references.numpy_layers import Row


def arrays_of(layer):
    """The layer's arrays by role; those of a plain dense layer as "dense/kernel"."""
    prefix = "dense/" if isinstance(layer, keras.layers.Dense) else ""
    return {
        f"{prefix}{name}": keras.ops.convert_to_numpy(value).astype("float64")
        for name, value in named_variables(layer).items()
    }


def test_the_backbone_is_the_paper_s():
    rng = np.random.default_rng(0)
    graph = Graph(
        7,
        *rng.integers(0, 7, (2, 13)),
        node_features=rng.normal(size=(7, 5)),
        edge_features=rng.normal(size=(13, 3)),
    )
    walks = random_walk_pairs(graph, 4)
    graph = graph.replace(pair_encodings={"random_walks": walks})
    keras.utils.set_random_seed(4)
    encodings = {"random_walks": {"dim": 4}}
    model = GRIT({"dense": 5}, 6, 2, 2, encodings, edge_features={"dense": 3})
    randomise(model)
    found = model.predict_on_batch(graph.inputs())[0]
    layers = {layer.name: arrays_of(layer) for layer in model.layers if layer.weights}
    row = Row(
        graph.node_features.astype("float64"),
        graph.senders.tolist(),
        graph.receivers.tolist(),
        graph.edge_features.astype("float64"),
    )
    expected = grit(layers, row, walks.astype("float64"), num_layers=2, heads=2)
    assert_close(found, expected, 1e-5)
