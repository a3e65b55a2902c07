"""Sums through gates: the fast path against the steps, and both without what is masked."""

import numpy as np
import pytest
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.ops import rows
from keras_gt.ops.gated_sums import gated_sums, gated_sums_in_steps
from tests.ops.backend_gradients import tensor_of, to_numpy, value_and_gradients
from tests.ops.test_fast_paths import assert_close, flatten

NODES, SENDERS, FEATURES, WIDTH = 7, 5, 3, 4
"""A bipartite graph; the edges of two rows."""


def edges_of(generator, num_edges, masked):
    """Planned edges sorted by receiver; the last of each row are masked."""
    mask = np.ones((2, num_edges), bool)
    mask[:, num_edges - masked :] = False
    receivers = np.sort(generator.integers(0, NODES - 1, mask.shape)).astype("int32")
    senders = generator.integers(0, SENDERS, mask.shape).astype("int32")
    return {
        "senders": senders,
        "receivers": receivers,
        "mask": mask if masked else None,
        "receiver_offsets": offsets_of(receivers, NODES),
        "sender_offsets": offsets_of(senders, SENDERS),
        "sender_order": np.argsort(senders, axis=1, kind="stable").astype("int32"),
    }


def offsets_of(ends, size):
    """Where the edges of each node begin, for each row, once they are sorted by it."""
    bounds = np.arange(size + 1)
    return np.stack([np.searchsorted(np.sort(row), bounds) for row in ends]).astype("int32")


def arrays_of(generator, num_edges, has_kernel, has_bias):
    shapes = {"receiver": (2, NODES, WIDTH), "sender": (2, SENDERS, WIDTH)}
    shapes |= {"value": (2, SENDERS, WIDTH), "features": (2, num_edges, WIDTH)}
    if has_kernel:
        shapes |= {"features": (2, num_edges, FEATURES), "kernel": (1, FEATURES, WIDTH)}
    if has_bias:
        shapes |= {"bias": (1, WIDTH)}
    return {name: generator.normal(size=shape).astype("float32") for name, shape in shapes.items()}


@pytest.mark.parametrize(
    "num_edges, masked, has_kernel, has_bias",
    [(40, 3, True, True), (40, 0, True, False), (40, 40, False, False), (0, 0, True, True)],
    ids=["kernel and bias, masked edges", "kernel", "no kernel, all masked", "no edges"],
)
def test_fast_path_equals_the_steps(num_edges, masked, has_kernel, has_bias, monkeypatch):
    monkeypatch.setattr("keras_gt.ops._backend.torch_gates.chunk_size", lambda rows: 16)
    generator = np.random.default_rng(1)
    given = edges_of(generator, num_edges, masked)
    edges = {key: tensor_of(value) for key, value in given.items() if value is not None}
    arrays = arrays_of(generator, num_edges, has_kernel, has_bias)
    size = (2 * NODES + num_edges) * WIDTH
    upstream = generator.normal(size=(2, size)).astype("float32")

    def call(in_steps):
        def joined(receiver, sender, value, features, kernel=None, bias=None):
            edge_set = graph_ops.resolve_edges(edges, receiver, sender)
            kernel, bias = (None if x is None else x[0] for x in (kernel, bias))
            nodes = edge_set, receiver, sender, value
            if not in_steps:
                results = gated_sums(*nodes, features, kernel, bias)
            else:
                if kernel is not None:
                    features = rows.linears(features, [kernel], [bias])[0]
                results = gated_sums_in_steps(*nodes, features)
            return ops.concatenate([ops.reshape(x, (2, -1)) for x in results], axis=1)

        return value_and_gradients(joined, arrays, upstream)

    fast, slow = call(False), call(True)
    assert_close(flatten(*fast), flatten(*slow), 3e-6)
    assert np.isfinite(to_numpy(fast[0])).all()
