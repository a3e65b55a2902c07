"""LoRA and int8 on dot-product models, and the ways of attention."""

import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import GraphClassifier, GraphRegressor, GraphTransformer
from tests.layers.compiled import compiled
from tests.models.small_models import dense_graph, dot_classifier, outputs

GRAPHS = [dense_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 6, 7)]
# The optimizer's state fits neither a model without its LoRA variables nor an int8 one.
OTHER_OPTIMIZER = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")
# Keras says of every layer without a kernel that it stays as it is.
NOT_QUANTIZED = pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
INPUTS, LABELS = GraphLoader(GRAPHS, np.array([0, 1, 1]))[0]


def projections(model):
    aggregation = model.backbone.get_layer("block_0").aggregation
    return [aggregation.query, aggregation.key, aggregation.value]


@OTHER_OPTIMIZER
def test_lora_starts_at_the_model_trains_alone_and_merges_on_saving(tmp_path):
    model = dot_classifier()
    expected = outputs(model, INPUTS)
    for layer in projections(model):
        layer.enable_lora(2)
    np.testing.assert_array_equal(outputs(model, INPUTS), expected)
    frozen = [np.array(layer._kernel) for layer in projections(model)]
    model.compile(
        keras.optimizers.Adam(0.05), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    losses = model.fit(INPUTS, LABELS, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert any(np.abs(layer.lora_kernel_b).max() > 0 for layer in projections(model))
    for layer, kernel in zip(projections(model), frozen, strict=True):
        np.testing.assert_array_equal(np.array(layer._kernel), kernel)
    model.save(tmp_path / "model.keras")
    model.save_to_preset(tmp_path / "preset")
    expected = outputs(model, INPUTS)
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    preset = GraphClassifier.from_preset(str(tmp_path / "preset"))
    for other in (loaded, preset):
        np.testing.assert_allclose(outputs(other, INPUTS), expected, rtol=1e-5, atol=1e-6)
        assert all(layer.lora_rank is None for layer in projections(other))


@OTHER_OPTIMIZER
@NOT_QUANTIZED
def test_int8_weights_reload_as_they_are(tmp_path):
    model = dot_classifier()
    before = outputs(model, INPUTS)
    model.quantize("int8")
    after = outputs(model, INPUTS)
    assert 0 < np.abs(after - before).max() < 0.1 * max(1, np.abs(before).max())
    assert all(layer.quantization_mode == "int8" for layer in projections(model))
    model.save(tmp_path / "model.keras")
    model.save_to_preset(tmp_path / "preset")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    preset = GraphClassifier.from_preset(str(tmp_path / "preset"))
    for other in (loaded, preset):
        assert all(layer.quantization_mode == "int8" for layer in projections(other))
        np.testing.assert_allclose(outputs(other, INPUTS), after, rtol=1e-6, atol=1e-6)


def test_sparse_and_dense_attention_give_the_same_numbers():
    sparse, dense = dot_classifier(), dot_classifier(attention="dense")
    dense.set_weights(sparse.get_weights())
    simple = []
    for graph in GRAPHS:  # a mask cannot hold an edge twice
        senders, receivers = np.unique(np.stack([graph.senders, graph.receivers]), axis=1)
        simple.append(graph.replace(senders=senders, receivers=receivers))
    inputs = GraphLoader(simple)[0][0]
    np.testing.assert_allclose(
        outputs(dense, inputs), outputs(sparse, inputs), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("attention", ["sparse", "complete"])
def test_graphs_of_a_packed_row_do_not_see_each_other(attention):
    model = dot_classifier(attention=attention)
    together = outputs(model, INPUTS)[0]
    for index, graph in enumerate(GRAPHS):
        alone = GraphLoader([graph])[0][0]
        np.testing.assert_allclose(
            outputs(model, alone)[0, 0], together[index], rtol=1e-4, atol=1e-5
        )


def test_the_zinc_configuration_has_the_paper_s_parameters():
    model = GraphTransformer(
        {"categories": [28]},
        64,
        num_layers=10,
        num_heads=8,
        edge_features={"categories": [4]},
        positional_encodings={"positional_encoding": {"dim": 8, "random_sign": True}},
    )
    weights = GraphRegressor(model, head="mlp").weights
    learned = [weight for weight in weights if not weight.name.startswith("moving_")]
    assert sum(int(np.prod(weight.shape)) for weight in learned) == 588_929


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of num_heads"):
        GraphTransformer({"dense": 3}, 7, num_heads=2)
    with pytest.raises(ValueError, match="attention must be 'sparse'"):
        GraphTransformer({"dense": 3}, 8, 1, 2, edge_features={"dense": 1}, attention="dense")


def test_layers_may_have_different_numbers_of_heads():
    backbone = GraphTransformer({"dense": 5}, 8, 2, [3, 1], head_dim=2)
    blocks = [backbone.get_layer(f"block_{index}").aggregation for index in (0, 1)]
    assert [(block.num_heads, block.head_dim) for block in blocks] == [(3, 2), (1, 2)]
    again = GraphTransformer.from_config(backbone.get_config())
    assert again.num_heads == [3, 1] and again.count_params() == backbone.count_params()
    with pytest.raises(ValueError, match="head_dim must be given where num_heads is a list"):
        GraphTransformer({"dense": 5}, 8, 2, [3, 1])
    with pytest.raises(ValueError, match="num_heads must have one number for each of num_layers"):
        GraphTransformer({"dense": 5}, 8, 2, [3, 1, 2], head_dim=2)
    with pytest.raises(ValueError, match="head_dim must be left out where there are edge features"):
        GraphTransformer({"dense": 5}, 8, 2, 4, edge_features={"dense": 1}, head_dim=2)


def test_what_it_reads_may_be_dropped_and_begin_small():
    backbone = GraphTransformer(
        {"categories": [50]},
        8,
        num_layers=0,
        num_heads=2,
        input_dropout=0.5,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=0.02, seed=1),
    )
    again = GraphTransformer.from_config(backbone.get_config())
    table, same = (model.get_layer("node_encoder").get_weights()[0] for model in (backbone, again))
    np.testing.assert_array_equal(table, same)
    assert 0.015 < table.std() < 0.025
    nodes = np.arange(50, dtype="int32")[None]
    inputs = {"node_features": nodes, "senders": nodes[:, :1], "receivers": nodes[:, :1]}
    plain = keras.ops.convert_to_numpy(compiled(backbone)(inputs))[0]
    np.testing.assert_array_equal(plain, table)
    dropped = keras.ops.convert_to_numpy(compiled(again, training=True)(inputs))[0]
    kept = dropped != 0
    assert 0.4 < kept.mean() < 0.6
    np.testing.assert_allclose(dropped[kept], 2 * table[kept], rtol=1e-6)
