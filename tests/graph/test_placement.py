import numpy as np

from keras_gt.graph import Placement

SLOTS = np.array([[2, 0, -1], [-1, 1, -1]])
COUNTS = np.array([4, 3, 2])


def test_graphs_are_found_in_rows_and_slots():
    place = Placement.from_slots(SLOTS, COUNTS)
    assert place.graph.tolist() == [2, 0, 1]
    assert place.row.tolist() == [0, 0, 1]
    assert place.slot.tolist() == [0, 1, 1]
    assert place.node_start.tolist() == [0, 2, 0]
    assert place.num_nodes.tolist() == [2, 4, 3]


def test_outputs_are_cut_back():
    place = Placement.from_slots(SLOTS, COUNTS)
    per_graph = np.arange(12).reshape(2, 3, 2)
    np.testing.assert_array_equal(place.graph_values(per_graph), per_graph[[0, 0, 1], [0, 1, 1]])
    per_node = np.arange(14).reshape(2, 7)
    values = place.node_values(per_node)
    assert [v.tolist() for v in values] == [[0, 1], [2, 3, 4, 5], [7, 8, 9]]
