"""The paper's size, a step in bfloat16, and what is refused."""

import collections
import re

import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import GRIT, GraphRegressor
from tests.models.small_models import assert_a_step_trains, grit_regressor, pair_graph

WALKS = {"random_walks": {"dim": 21}}


def test_the_zinc_configuration_has_the_paper_s_parameters():
    model = GRIT({"categories": [21]}, 64, 10, 8, WALKS, edge_features={"categories": [4]})
    sizes = collections.Counter()
    for weight in GraphRegressor(model, readout="sum", head="mlp").weights:
        if not weight.name.startswith(("moving_", "seed")):
            path = weight.path.removeprefix(f"{model.name}/")
            part = re.sub(r"_\d+", "", path.split("/")[0])  # all layers alike
            sizes[part] += int(np.prod(weight.shape))
    norm = 2 * 64
    assert sizes == {
        "node_encoder": 21 * 64,
        "edge_encoder": 4 * 64,
        "random_walks_encoder": 21 * 64,
        "random_walks_node_encoder": 21 * 64,
        # Q, K, V, E_w and E_b; a and U
        "attention": 10 * (3 * 64 * 64 + 64 + 64 * 128 + 128 + 8 * 8 + 8 * 8 * 8),
        "scaler": 10 * 2 * 64,
        "projection": 10 * (64 * 64 + 64),
        "pair_projection": 9 * (64 * 64 + 64),
        "feed_forward": 10 * (64 * 128 + 128 + 128 * 64 + 64),
        "attention_norm": 10 * norm,
        "feed_forward_norm": 10 * norm,
        "pair_norm": 9 * norm,
        "head": 64 * 32 + 32 + 32 * 16 + 16 + 16 + 1,
    }
    last_pairs = 64 * 64 + 64 + norm  # which reach no prediction
    assert sizes.total() + last_pairs == 473_473


def test_a_training_step_in_bfloat16_is_finite():
    keras.utils.set_random_seed(1)
    model = grit_regressor(dropout=0.2, dtype="mixed_bfloat16")
    graphs = [pair_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 5, 7)]
    inputs, labels = GraphLoader(graphs, np.arange(3.0), graphs_per_batch=3, rows=3)[0]
    assert_a_step_trains(model, inputs, labels, share=0.9)


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of num_heads"):
        GRIT({"dense": 3}, 7, num_heads=2, pair_encodings=WALKS)
    with pytest.raises(ValueError, match="pair_encodings must name at least one encoding"):
        GRIT({"dense": 3}, 8, 1, 2)
    with pytest.raises(ValueError, match="random_walks must be given to this model"):
        grit_regressor().predict(pair_graph().replace(pair_encodings={}))
