import json

import numpy as np
import pytest

from keras_gt.graph.builders import binary_partition, binary_partition_spans
from tests.golden.make_binary_partition import TABLE, describe

ROWS = json.loads(TABLE.read_text(encoding="utf-8"))


def test_edges_are_those_of_the_table():
    assert len(ROWS) == 60
    for row in ROWS:
        assert describe(row["num_nodes"], row["k"], row["causal"]) == row


@pytest.mark.parametrize(("num_nodes", "causal"), [(1, True), (11, True), (37, True), (32, False)])
def test_what_a_place_reads_tiles_the_sequence(num_nodes, causal):
    """Each place reads everything it may once, in spans that are coarser further away."""
    _, first, last = binary_partition_spans(num_nodes)
    for k in (1, 2, 3):
        senders, receivers, _ = binary_partition(num_nodes, k, causal)
        for place in range(num_nodes):
            read = senders[receivers == place]
            covered = np.concatenate([np.arange(first[s], last[s] + 1) for s in read])
            end = place + 1 if causal else num_nodes
            np.testing.assert_array_equal(np.sort(covered), np.arange(end))
            for span in read:
                distance = max(place - last[span], first[span] - place)
                size = last[span] - first[span] + 1
                assert size == 1 or size * k <= 2 * distance


def test_spans_read_their_places():
    levels, first, last = binary_partition_spans(11)
    assert levels.tolist() == [0] * 11 + [1] * 6 + [2] * 3 + [3] * 2 + [4]
    senders, receivers, types = binary_partition(11, 2)
    for span in range(11, 23):
        inside = receivers == span
        assert senders[inside].tolist() == list(range(first[span], last[span] + 1))
        assert (types[inside] == 5 * levels[span]).all()


def test_types_are_relative_positions():
    """A type has one level and one distance, counted in spans of that level."""
    senders, receivers, types = binary_partition(64, 2)
    _, first, last = binary_partition_spans(64)
    place = receivers < 64
    left = place & (types % 5 % 2 == 1)
    assert (last[senders[left]] < receivers[left]).all()
    right = place & (types % 5 != 0) & (types % 5 % 2 == 0)
    assert (first[senders[right]] > receivers[right]).all()
    assert left.sum() == right.sum()  # 64 is a power of two: the tree is symmetric
    assert (senders[types == 0] == receivers[types == 0]).all()


def test_the_order_is_by_receiver_sender_and_type():
    edges = binary_partition(33, 2)
    assert all(values.dtype == np.int32 for values in edges)
    senders, receivers, types = edges
    order = np.lexsort((types, senders, receivers))
    np.testing.assert_array_equal(order, np.arange(senders.size))


def test_errors():
    with pytest.raises(ValueError, match="num_nodes must be at least 1. Received: num_nodes=0"):
        binary_partition(0, 1)
    with pytest.raises(ValueError, match="k must be at least 1. Received: k=0"):
        binary_partition(4, 0)
