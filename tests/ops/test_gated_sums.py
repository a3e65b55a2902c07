"""Sums through gates: the fast path against the steps, and both without what is masked."""

import numpy as np
import pytest
from keras import ops

from keras_gt.graph import plan_edges
from keras_gt.ops import resolve_edges
from tests.ops.backend_gradients import tensor_of, to_numpy, value_and_gradients
from tests.ops.test_fast_paths import assert_close, flatten

NODES, SENDERS, FEATURES, WIDTH = 7, 5, 3, 4


def edges_of(generator, num_edges, masked):
    """Planned edges of two rows of a bipartite graph; so many of each row are masked."""
    senders = generator.integers(0, SENDERS, (2, num_edges))
    receivers = generator.integers(0, NODES - 1, (2, num_edges))
    mask = np.ones((2, num_edges), bool)
    mask[:, num_edges - masked :] = False
    plan = plan_edges(senders, receivers, mask, num_nodes=NODES, num_senders=SENDERS)
    plan = {key: tensor_of(value) for key, value in plan.items() if key != "order"}
    mask = plan.pop("edge_mask")
    return {**plan, "mask": mask} if masked else plan


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
    backend = "keras_gt.ops._backend"  # 16 edges a chunk
    monkeypatch.setattr(f"{backend}.torch_gates.chunk_size", lambda rows: 16)
    elements = {"cpu": 16 * 4 * WIDTH, "default": 16 * 4 * WIDTH}
    monkeypatch.setattr(f"{backend}.jax_attention._CHUNK_ELEMENTS", elements)
    generator = np.random.default_rng(1)
    planned = edges_of(generator, num_edges, masked)
    lists = {key: planned[key] for key in ("senders", "receivers", "mask") if key in planned}
    arrays = arrays_of(generator, num_edges, has_kernel, has_bias)
    size = (2 * NODES + num_edges) * WIDTH
    upstream = generator.normal(size=(2, size)).astype("float32")

    def call(edges):
        def joined(receiver, sender, value, features, kernel=None, bias=None):
            kernel, bias = (None if x is None else x[0] for x in (kernel, bias))
            edge_set = resolve_edges(edges, receiver, sender)
            results = edge_set.gated_sums(receiver, sender, value, features, kernel, bias)
            return ops.concatenate([ops.reshape(x, (2, -1)) for x in results], axis=1)

        return value_and_gradients(joined, arrays, upstream)

    fast, slow = call(planned), call(lists)  # without a plan there is no fast path
    assert_close(flatten(*fast), flatten(*slow), 3e-6)
    assert np.isfinite(to_numpy(fast[0])).all()
