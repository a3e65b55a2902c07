import numpy as np

from keras_gt.graph.builders.by_receiver import intervals, places, sort_edges


def test_places_number_the_edges_of_each_receiver():
    receivers, place = places(np.array([2, 0, 3]))
    assert receivers.tolist() == [0, 0, 2, 2, 2]
    assert place.tolist() == [0, 1, 0, 1, 2]


def test_empty_intervals_give_no_edges():
    senders, receivers = intervals(np.array([0, 2, 5]), np.array([1, 1, 5]))
    assert (senders.tolist(), receivers.tolist()) == ([0, 1, 5], [0, 0, 2])


def test_edges_are_sorted_and_repeats_dropped():
    senders, receivers = sort_edges(np.array([3, 1, 0, 1, 0]), np.array([2, 0, 2, 0, 0]), 4)
    assert senders.dtype == receivers.dtype == np.int32
    assert (senders.tolist(), receivers.tolist()) == ([0, 1, 0, 3], [0, 0, 2, 2])
