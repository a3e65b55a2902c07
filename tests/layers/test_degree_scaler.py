import keras
import numpy as np

from keras_gt.layers import DegreeScaler
from keras_gt.testing import assert_close, random_graph_inputs
from keras_gt.testing.layer_function import dense_pairs
from tests.layers.compiled import compiled
from tests.layers.with_scores import lists
from tests.references.layer_arrays import named_variables
from tests.references.numpy_grit import degree_scaler

INPUTS = random_graph_inputs()


def test_real_edges_are_counted_in_either_form():
    layer = DegreeScaler()
    layer.build(INPUTS["node_features"].shape)
    variables = named_variables(layer).items()
    weights = {name: keras.ops.convert_to_numpy(value) for name, value in variables}
    degrees = np.zeros((2, 11))
    for row, mask in enumerate(INPUTS["edge_mask"]):
        np.add.at(degrees[row], INPUTS["receivers"][row, mask], 1)
    features = INPUTS["node_features"]
    expected = [degree_scaler(weights, *pair) for pair in zip(features, degrees, strict=True)]
    assert degrees.max() > 2
    for edges in (lists(INPUTS), dense_pairs(INPUTS, INPUTS["edge_mask"])):
        assert_close(compiled(layer)(features, edges), np.stack(expected))
