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


def test_encodings_do_not_see_expander_edges():
    expander = {"kind": "add_expander_edges", "degree": 4, "virtual_nodes": 1, "node_value": 9}
    walks = {"walks": {"kind": "random_walk_probabilities", "steps": 3}}
    path = Graph(5, range(4), range(1, 5), node_features=range(5))
    found = GraphPreprocessor(["symmetrise", expander], walks)(path)
    expected = GraphPreprocessor(["symmetrise"], walks)(path)
    assert found.num_nodes == 6 and found.num_edges > expected.num_edges
    assert found.node_features.tolist() == [0, 1, 2, 3, 4, 9]
    assert (found.encodings["walks"][:5] == expected.encodings["walks"]).all()
    assert (found.encodings["walks"][5] == 0).all()


def test_what_is_no_graph_is_refused():
    with pytest.raises(ValueError, match="inputs must be graphs. Build .* Received: 3"):
        GraphPreprocessor()(3)
    with pytest.raises(ValueError, match="inputs must be graphs or SMILES.* Received: None"):
        GraphPreprocessor(molecules=True)(None)
