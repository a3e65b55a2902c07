import numpy as np

from keras_gt.graph import PARTS_OF_SPEECH, RELATIONS, DependencyTree


def test_edges_go_both_ways_and_carry_relation_and_direction():
    parts = ("DET", "NOUN", "VERB")
    tree = DependencyTree(
        ("the", "rain", "falls"), parts, np.array([1, 2, -1]), ("det", "nsubj:pass", "root"), {}
    )
    graph = tree.graph()
    assert [PARTS_OF_SPEECH[part] for part in graph.node_features] == list(parts)
    assert graph.senders.tolist() == [1, 0, 2, 1]
    assert graph.receivers.tolist() == [0, 1, 1, 2]
    named = [(RELATIONS[relation], way) for relation, way in graph.edge_features.tolist()]
    assert named == [("det", 0), ("det", 1), ("nsubj", 0), ("nsubj", 1)]


def test_the_lists_are_those_of_universal_dependencies():
    assert len(set(PARTS_OF_SPEECH)) == 17 and len(set(RELATIONS)) == 37
    assert list(RELATIONS) == sorted(RELATIONS)
