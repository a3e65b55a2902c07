"""The wiring against its reference, mini-batches of nodes, and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.graph import add_self_loops
from keras_gt.models import GraphPreprocessor, NAGphormer, NodeClassifier
from tests.models.small_models import assert_a_step_trains, dense_graph, hop_graph, outputs
from tests.references import numpy_linear as reference
from tests.references.layer_arrays import named_variables, randomise
from tests.references.numpy_layers import dense, layer_norm

GRAPH = hop_graph()
LABELS = np.array([0, 1, 0, 1, 1, 0], "int32")


def test_the_forward_pass_is_the_papers():
    keras.utils.set_random_seed(0)
    model = NAGphormer({"dense": 5}, 2, 6, num_layers=2, num_heads=1)
    randomise(model)
    weights = {
        layer.name: {key: np.array(value, "float64") for key, value in variables.items()}
        for layer in model.layers
        if (variables := named_variables(layer))
    }
    expected = []
    for tokens in GRAPH.encodings["hop_features"].astype("float64"):
        tokens = dense({f"e/{k}": v for k, v in weights["node_encoder"].items()}, "e", tokens)
        for index in range(2):
            tokens = reference.token_block(weights[f"tokens_{index}"], tokens)
        node = reference.hop_readout(
            weights["hop_readout"], layer_norm(weights["final_norm"], tokens)
        )
        projection = {f"p/{key}": value for key, value in weights["projection"].items()}
        expected.append(np.maximum(dense(projection, "p", node), 0))
    found = outputs(model, GRAPH.inputs())[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_the_pubmed_configuration_has_the_authors_parameters():
    """Their paper states no number: this is their model's, part by part."""
    model = NAGphormer({"dense": 500 + 15}, 7, hidden_dim=512, num_layers=1, num_heads=8)
    square = 512 * 512 + 512
    feed_forward = 512 * 1024 + 1024 + 1024 * 512 + 512
    encoder, norms = 515 * 512 + 512, 3 * 2 * 512
    readout = 2 * 512 + 1
    projection, head = 512 * 256 + 256, 256 * 3 + 3
    task = NodeClassifier(model, 3)
    expected = encoder + 4 * square + feed_forward + norms + readout + projection + head
    assert task.count_params() == expected == 2_501_124


def test_nodes_are_rows_of_mini_batches():
    """(nodes, 1, hops + 1, F): batches of any nodes, the same numbers as for the whole graph."""
    keras.utils.set_random_seed(0)
    model = NodeClassifier(NAGphormer({"dense": 5}, 2, 8, num_heads=2), 2)
    tokens = GRAPH.encodings["hop_features"][:, None]
    expected = outputs(model, GRAPH.inputs())[0]
    found = model.predict({"hop_features": tokens[::-1]}, batch_size=3, verbose=0)[::-1, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    options = {"batch_size": 3, "epochs": 9, "validation_split": 0.5, "verbose": 0}
    history = model.fit({"hop_features": tokens}, LABELS[:, None], **options).history
    assert history["loss"][-1] < history["loss"][0]
    assert np.isfinite(history["val_loss"]).all()


def test_a_preprocessor_computes_the_tokens():
    kinds = {"hop_features": {"kind": "hop_features", "hops": 2}}
    preprocessor = GraphPreprocessor(["add_self_loops"], kinds)
    model = NodeClassifier(
        NAGphormer({"dense": 5}, 2, 8, num_heads=2), 2, preprocessor=preprocessor
    )
    graph = preprocessor(dense_graph())
    assert graph.num_edges == add_self_loops(dense_graph()).num_edges
    np.testing.assert_allclose(
        model.predict(dense_graph(), verbose=0), outputs(model, graph.inputs())[0], rtol=1e-5
    )


def test_a_step_in_bfloat16_trains():
    keras.utils.set_random_seed(0)
    backbone = NAGphormer({"dense": 5}, 1, 8, num_heads=2, dtype="mixed_bfloat16")
    model = NodeClassifier(backbone, 2)
    tokens = {"hop_features": GRAPH.encodings["hop_features"][:, None, :2]}  # a single hop
    assert_a_step_trains(model, tokens, LABELS[:, None])


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="num_hops must be a positive integer"):
        NAGphormer({"dense": 5}, 0)
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of num_heads"):
        NAGphormer({"dense": 5}, 2, 9, num_heads=2)
    with pytest.raises(ValueError, match="node_features must be {'dense': F}"):
        NAGphormer({"words": 5}, 2)
    model = NodeClassifier(NAGphormer({"dense": 5}, 3, 8, num_heads=2), 2)
    with pytest.raises(ValueError, match="hop_features must end with the axes \\(4, 5\\)"):
        model.predict(GRAPH)
    with pytest.raises(ValueError, match="inputs must have the keys .* Add \\['hop_features'\\]"):
        model(dense_graph().inputs())
