"""A real sentence encoder gives its reference numbers, whatever form its edges have."""

import functools

import numpy as np
import pytest

from keras_gt.converters import Checkpoint, from_hugging_face
from keras_gt.graph import builders, plan_edges
from keras_gt.models.text_batches import padded_tokens
from tests.converters.checkpoints import mini_lm
from tests.references.numpy_sentences import bert_words, sentence

TEXTS = [
    "This is an example sentence",
    "Sentences are word graphs!",
    "Who may read whom, is data.",
]
PUBLISHED = [0.0676569, 0.0634959, 0.0487131, 0.0793050, 0.0374480, 0.0026528]


@functools.cache
def embedder():
    return from_hugging_face(mini_lm())


@functools.cache
def references():
    """The embeddings in float64 NumPy."""
    weights = Checkpoint.from_directory(mini_lm()).arrays
    tokens = embedder().preprocessor.token_ids(TEXTS)
    return np.array([sentence(bert_words(ids, weights, 6, 12)) for ids in tokens])


def test_embeddings_are_those_of_the_papers_equations():
    found = embedder().predict(TEXTS)
    assert found.shape == (3, 384)
    assert np.abs(found - references()).max() < 1e-5
    assert np.abs(found[0, :6] - PUBLISHED).max() < 1e-6


def lists_of(tokens, num_nodes):
    """The complete graph of each sentence as planned edge lists of one length."""
    masks, ends = [], []
    for ids in tokens:
        senders, receivers = builders.complete(num_nodes)
        ends.append((senders, receivers))
        masks.append((senders < len(ids)) & (receivers < len(ids)))
    senders, receivers = np.swapaxes(ends, 0, 1)
    plan = plan_edges(senders, receivers, np.array(masks), num_nodes=num_nodes)
    del plan["order"]
    return plan


@pytest.mark.parametrize("form", ["lists", "adjacency"])
def test_the_complete_graph_in_every_form_is_the_transformer(form):
    tokens = embedder().preprocessor.token_ids(TEXTS)
    arrays = padded_tokens(tokens, num_nodes=10)
    expected = np.asarray(embedder().predict_on_batch(arrays))
    edges = lists_of(tokens, 10)
    if form == "adjacency":
        mask = arrays["node_mask"]
        edges = {"adjacency": mask[:, :, None] & mask[:, None, :]}
    found = np.asarray(embedder().predict_on_batch({**arrays, **edges}))
    assert np.abs(found - expected).max() < 1e-6


def test_another_graph_gives_another_sentence():
    arrays = padded_tokens(embedder().preprocessor.token_ids(TEXTS[:1]))
    itself = np.eye(arrays["node_mask"].shape[1], dtype=bool)[None]
    found = np.asarray(embedder().predict_on_batch({**arrays, "adjacency": itself}))
    assert np.abs(found[0] - references()[0]).max() > 1e-2
