import keras
import numpy as np
import pytest

from keras_gt.layers import PrincipalNeighbourhoodAggregation
from tests.layers.compiled import compiled
from tests.layers.examples import PLAIN

NODES = PLAIN["node_features"]
EDGES = {"senders": PLAIN["senders"], "receivers": PLAIN["receivers"]}


def test_degrees_scale_what_is_reduced():
    """A node with three edges of the same message 1: identity, amplified and attenuated."""
    layer = PrincipalNeighbourhoodAggregation(1, mean_log_degree=0.5, aggregators=["mean"])
    layer.build((1, 4, 1))
    for dense in (layer.query, layer.value, layer.projection):
        dense.set_weights([np.zeros(weight.shape) for weight in dense.get_weights()])
    layer.value.set_weights([np.ones((1, 1, 1))])
    edges = {"senders": np.array([[1, 2, 3]]), "receivers": np.zeros((1, 3), "int32")}
    nodes, bias = np.ones((1, 4, 1), "float32"), layer.projection.get_weights()[1]
    found, function = [], compiled(layer)
    for part in range(1, 4):
        layer.projection.set_weights([np.eye(4)[None, :, part : part + 1], bias])
        found.append(float(keras.ops.convert_to_numpy(function(nodes, edges))[0, 0, 0]))
    np.testing.assert_allclose(found, [1, np.log(4) / 0.5, 0.5 / np.log(4)], rtol=1e-6)


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="mean_log_degree must be a positive number.*Received.*0"):
        PrincipalNeighbourhoodAggregation(4, 0.0)
    with pytest.raises(ValueError, match="units must be a multiple of towers.*4, towers=3"):
        PrincipalNeighbourhoodAggregation(4, 1.0, towers=3)
    with pytest.raises(ValueError, match="aggregators must be one of.*'median'"):
        PrincipalNeighbourhoodAggregation(4, 1.0, aggregators=["mean", "median"])
    with pytest.raises(ValueError, match="aggregators must be a list of different names"):
        PrincipalNeighbourhoodAggregation(4, 1.0, aggregators="mean")
    with pytest.raises(ValueError, match="scalers must be a list of different names"):
        PrincipalNeighbourhoodAggregation(4, 1.0, scalers=["identity", "identity"])
    with pytest.raises(ValueError, match="node_features must be a multiple of towers.*5"):
        PrincipalNeighbourhoodAggregation(4, 1.0, towers=2)(NODES, EDGES)
    with pytest.raises(ValueError, match="attention_bias must not be given"):
        bias = np.zeros((2, 31, 1), "float32")
        PrincipalNeighbourhoodAggregation(4, 1.0)(NODES, EDGES, attention_bias=bias)
