import numpy as np
import pytest

from keras_gt.graph.builders import causal, causal_memory, complete, window, window_hub

EVERY = {
    "complete": (complete, {}, lambda i, j: np.ones_like(i, bool)),
    "causal": (causal, {}, lambda i, j: j <= i),
    "window": (window, {"size": 2}, lambda i, j: abs(i - j) <= 2),
    "window_0": (window, {"size": 0}, lambda i, j: i == j),
    "window_wide": (window, {"size": 99}, lambda i, j: np.ones_like(i, bool)),
    "hub": (window_hub, {"size": 1}, lambda i, j: (abs(i - j) <= 1) | (i == 0) | (j == 0)),
    "hubs": (
        window_hub,
        {"size": 2, "hubs": 3},
        lambda i, j: (abs(i - j) <= 2) | (i < 3) | (j < 3),
    ),
}


@pytest.mark.parametrize("num_nodes", [1, 2, 3, 11])
@pytest.mark.parametrize("name", EVERY)
def test_edges_are_those_of_the_definition(name, num_nodes):
    build, arguments, reads = EVERY[name]
    if arguments.get("hubs", 1) > num_nodes:
        num_nodes = 3
    senders, receivers = build(num_nodes, **arguments)
    expected = reads(*np.indices((num_nodes, num_nodes)))  # [receiver, sender]
    assert senders.dtype == receivers.dtype == np.int32
    # Sorted by receiver, then sender, each edge once: exactly the order of np.nonzero.
    np.testing.assert_array_equal(np.stack([receivers, senders]), np.nonzero(expected))


@pytest.mark.parametrize("num_memory", [0, 1, 7])
def test_memory_comes_before_the_segment(num_memory):
    receiver, sender = np.indices((5, num_memory + 5))
    for span in (None, 1, 3, 20):
        distance = receiver + num_memory - sender
        expected = (distance >= 0) & (distance < (span or 99))
        senders, receivers = causal_memory(5, num_memory, span)
        np.testing.assert_array_equal(np.stack([receivers, senders]), np.nonzero(expected))
    np.testing.assert_array_equal(causal_memory(5, 0), causal(5))


@pytest.mark.parametrize(
    "build", [complete, causal, lambda n: window(n, 1), lambda n: window_hub(n, 1)]
)
def test_no_nodes_are_refused(build):
    with pytest.raises(ValueError, match="num_nodes must be at least 1. Received: num_nodes=0"):
        build(0)


def test_errors():
    for build in (window, window_hub):
        with pytest.raises(ValueError, match="size must be at least 0. Received: size=-1"):
            build(3, -1)
    with pytest.raises(ValueError, match="num_memory must be at least 0. Received: num_memory=-1"):
        causal_memory(3, -1)
    with pytest.raises(ValueError, match="span must be at least 1. Received: span=0"):
        causal_memory(3, 2, span=0)
    for hubs in (0, 4):
        with pytest.raises(ValueError, match=f"hubs must be between 1 and num_nodes.*hubs={hubs}"):
            window_hub(3, 1, hubs=hubs)
