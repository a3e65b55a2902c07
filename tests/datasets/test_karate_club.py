import numpy as np

from keras_gt import datasets


def test_the_club_is_zacharys():
    club = datasets.load("karate-club")
    counts, graph = club.info.statistics, club.graph
    assert graph.num_nodes == counts["nodes"] == 34
    assert graph.num_edges == counts["edges_stored"] == 2 * 78
    assert graph.is_symmetric() and not (graph.senders == graph.receivers).any()
    # Row sums of the paper's figure 3.
    assert np.bincount(graph.receivers).tolist() == [
        16, 9, 10, 6, 3, 4, 4, 4, 5, 2, 3, 1, 2, 5, 2, 2, 2,
        2, 2, 3, 2, 2, 2, 5, 3, 3, 2, 4, 3, 4, 4, 6, 12, 17,
    ]  # fmt: skip
    assert np.bincount(club.labels).tolist() == [17, 17]
    assert club.labels[[0, 33, 8, 9]].tolist() == [0, 1, 0, 1]
    assert club.graph.feature_ids.ravel().tolist() == list(range(34))
    assert club.splits == {}
