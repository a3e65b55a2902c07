"""Hashed attention beside the reformer-pytorch package, given the same rotations."""

import keras
import numpy as np
import pytest
import torch
from reformer_pytorch.reformer_pytorch import FullQKAttention, LSHAttention

from keras_gt.graph.builders import hash_buckets, lsh_buckets
from keras_gt.ops import resolve_edges
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled

RNG = np.random.default_rng(21)
FEATURES = RNG.normal(size=(37, 6)).astype("float32")
VALUES = RNG.normal(size=(37, 6)).astype("float32")


@pytest.mark.parametrize(("num_buckets", "num_rounds"), [(2, 1), (8, 3)])
def test_buckets_are_the_same_integers(num_buckets, num_rounds, monkeypatch):
    rotations = RNG.normal(size=(6, num_rounds, num_buckets // 2)).astype("float32")
    monkeypatch.setattr(torch, "randn", lambda *args, **kwargs: torch.tensor(rotations)[None])
    attention = LSHAttention(n_hashes=num_rounds)
    theirs = attention.hash_vectors(num_buckets, torch.tensor(FEATURES)[None])
    theirs = theirs.numpy().reshape(num_rounds, 37)
    theirs = (
        theirs - num_buckets * np.arange(num_rounds)[:, None]
    )  # numbered on from round to round
    ours = hash_buckets(FEATURES, num_buckets, num_rounds, rotations=rotations)
    np.testing.assert_array_equal(ours, theirs)
    assert len(np.unique(ours[0])) == num_buckets


@pytest.mark.parametrize("causal", [False, True])
def test_one_bucket_is_full_attention_with_shared_queries_and_keys(causal):
    query = torch.tensor(FEATURES)[None]
    expected = FullQKAttention(causal=causal)(query, torch.tensor(VALUES)[None])[0][0].numpy()
    senders, receivers = lsh_buckets(FEATURES, 1, causal=causal)
    edges = {"senders": senders[None], "receivers": receivers[None]}
    query = FEATURES[None, :, None]  # (B, N, H, K) with one row and one head
    key = query / np.linalg.norm(query, axis=-1, keepdims=True)

    def attention(query, key, value, edges):
        return resolve_edges(edges, query).dot_product_attention(query, key, value, 6**-0.5)

    ours = compiled(attention)(query, key, VALUES[None, :, None], edges)
    assert_close(keras.ops.convert_to_numpy(ours)[0, :, 0], expected)
