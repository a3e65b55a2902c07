import keras
import pytest

from keras_gt.graph import Graph
from keras_gt.models import GraphPreprocessor


def test_transforms_with_arguments_keep_them_when_saved():
    hub = {"kind": "add_virtual_node", "node_value": 3, "edge_value": 1}
    walks = {"walks": {"kind": "random_walk_pairs", "steps": 2}}
    preprocessor = GraphPreprocessor(["symmetrise", hub], walks)
    saved = keras.saving.serialize_keras_object(preprocessor)
    graph = Graph(2, [0], [1], node_features=[0, 1], edge_features=[0])
    for each in (preprocessor, keras.saving.deserialize_keras_object(saved)):
        found = each(graph)
        assert found.node_features.tolist() == [0, 1, 3]
        assert found.edge_features.tolist() == [0, 0, 1, 1, 1, 1]
        assert found.pair_encodings["walks"].shape == (3, 3, 2)


def test_unknown_transforms_are_refused():
    for name in ("sort", {"kind": "sort"}, {}):
        with pytest.raises(ValueError, match="transforms must be of .*'add_virtual_node'"):
            GraphPreprocessor([name])
