import keras
import numpy as np
import pytest

from keras_gt.graph import Graph, GraphStore
from keras_gt.loaders import GraphLoader
from tests.graph.example_graphs import random_graphs

GRAPHS = random_graphs(seed=8, count=37)
NUM_NODES = np.array([graph.num_nodes for graph in GRAPHS])
TARGETS = np.array([graph.node_features.sum() for graph in GRAPHS], np.float32)
LAYOUTS = [(8, 1), (8, 2), (8, 8), (1, 1), (64, 1), (64, 4)]


def spread(array):
    """A (nodes,) array of values for each graph."""
    return [np.full(n, value) for n, value in zip(NUM_NODES, array, strict=True)]


@pytest.mark.parametrize(("graphs_per_batch", "rows"), LAYOUTS)
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_graph_comes_once_an_epoch_with_its_label_and_weight(graphs_per_batch, rows, shuffle):
    loader = GraphLoader(
        GRAPHS,
        TARGETS,
        np.arange(37.0),
        graphs_per_batch=graphs_per_batch,
        rows=rows,
        shuffle=shuffle,
    )
    seen, shapes = [], set()
    for index in range(len(loader)):
        inputs, labels, weights = loader[index]
        place = loader.placement(index)
        real = inputs["graph_mask"]
        assert labels.shape == weights.shape == real.shape and len(real) == rows
        assert (labels[~real] == 0).all() and (weights[~real] == 0).all()
        np.testing.assert_array_equal(place.graph_values(labels), TARGETS[place.graph])
        np.testing.assert_array_equal(place.graph_values(weights), place.graph)
        for graph, nodes in zip(
            place.graph, place.node_values(inputs["node_features"]), strict=True
        ):
            np.testing.assert_array_equal(nodes, GRAPHS[graph].node_features)
        seen += place.graph.tolist()
        shapes.add((inputs["node_mask"].shape, inputs["senders"].shape, real.shape))
    assert sorted(seen) == list(range(37))
    assert len(shapes) <= 4
    assert len(loader) == -(-37 // graphs_per_batch)


def test_labels_of_several_tasks_keep_their_gaps():
    labels = np.array([[1.0, np.nan, 0.0]] * 37)
    inputs, laid_out = GraphLoader(GRAPHS, labels, graphs_per_batch=32)[1]
    real = inputs["graph_mask"]
    np.testing.assert_array_equal(laid_out[real], labels[:5])
    assert laid_out.shape == (1, 32, 3) and (laid_out[~real] == 0).all()
    assert laid_out.dtype == np.float32


def test_node_labels_and_weights_lie_like_nodes():
    loader = GraphLoader(
        GRAPHS,
        spread(np.arange(37)),
        spread(TARGETS),
        graphs_per_batch=8,
        rows=2,
        shuffle=True,
        label_level="node",
    )
    for index in range(len(loader)):
        inputs, labels, weights = loader[index]
        place = loader.placement(index)
        assert labels.shape == weights.shape == inputs["node_mask"].shape
        assert labels.dtype == np.int32 and weights.dtype == np.float32
        assert (labels[~inputs["node_mask"]] == 0).all()
        for graph, part in zip(place.graph, place.node_values(labels), strict=True):
            np.testing.assert_array_equal(part, np.full(NUM_NODES[graph], graph))


@pytest.mark.parametrize("rows", [1, 8])
def test_restore_undoes_the_batches(rows):
    options = {"graphs_per_batch": 8, "rows": rows, "shuffle": True}
    loader = GraphLoader(GRAPHS, TARGETS, **options)
    np.testing.assert_array_equal(loader.restore([labels for _, labels in list(loader)]), TARGETS)
    loader = GraphLoader(GRAPHS, label_level="node", **options)
    restored = loader.restore([loader[i][0]["node_features"] for i in range(len(loader))])
    for graph, values in zip(GRAPHS, restored, strict=True):
        np.testing.assert_array_equal(values, graph.node_features)


def test_epochs_differ_only_with_shuffle_and_can_be_resumed():
    shuffled = GraphLoader(GRAPHS, TARGETS, graphs_per_batch=8, shuffle=True, seed=3)
    first = shuffled[0][1]
    shuffled.on_epoch_end()
    second = shuffled[0][1]
    assert shuffled.epoch == 1 and not np.array_equal(first, second)
    again = GraphLoader(GRAPHS, TARGETS, graphs_per_batch=8, shuffle=True, seed=3)
    np.testing.assert_array_equal(again[0][1], first)
    again.set_epoch(1)
    np.testing.assert_array_equal(again[0][1], second)

    kept = GraphLoader(GRAPHS, TARGETS, graphs_per_batch=8)
    first = kept[0][1]
    kept.on_epoch_end()
    np.testing.assert_array_equal(kept[0][1], first)
    np.testing.assert_array_equal(first[0], TARGETS[:8])


def test_a_store_is_used_as_it_is():
    store = GraphStore(GRAPHS)
    assert GraphLoader(store).store is store


def test_packing_pads_little():
    """Sizes as in molecules: 64 graphs of 9 to 37 nodes in a row."""
    rng = np.random.default_rng(9)
    sizes = rng.normal(23, 4.5, size=2000).clip(9, 37).astype(int)
    graphs = [Graph(int(n), np.arange(n), np.roll(np.arange(n), 1)) for n in sizes]
    loader = GraphLoader(graphs, graphs_per_batch=64, shuffle=True)
    masks = [loader[index][0]["node_mask"] for index in range(len(loader) - 1)]
    assert sum(mask.sum() for mask in masks) / sum(mask.size for mask in masks) > 0.95


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"graphs": []}, "graphs must hold at least one graph"),
        ({"graphs_per_batch": 0}, "graphs_per_batch must be at least 1"),
        ({"rows": 0}, "rows must be at least 1"),
        ({"max_shapes": 0}, "max_shapes must be at least 1"),
        ({"rows": 3}, "graphs_per_batch must be a multiple of rows.*=64, rows=3"),
        ({"label_level": "edge"}, "label_level must be.*'edge'"),
        ({"labels": [1.0]}, r"labels must have the shape \(graphs,\).*\(1,\) for 37 graphs"),
        ({"labels": TARGETS, "sample_weight": [1.0]}, "sample_weight must have the shape"),
        ({"sample_weight": TARGETS}, "sample_weight must come with labels"),
        ({"labels": TARGETS[:, None], "label_level": "node"}, "labels must hold one array a graph"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        GraphLoader(**{"graphs": GRAPHS} | arguments)


def sum_model():
    """Predicts a graph's target exactly once its one weight is 1."""
    node_features = keras.Input((None, 3), name="node_features")
    node_mask = keras.Input((None,), dtype="bool", name="node_mask")
    graph_ids = keras.Input((None,), dtype="int32", name="graph_ids")
    graph_mask = keras.Input((None,), dtype="bool", name="graph_mask")
    outputs = _Sum()(node_features, node_mask, graph_ids, graph_mask)
    names = {"node_features": node_features, "node_mask": node_mask}
    return keras.Model({**names, "graph_ids": graph_ids, "graph_mask": graph_mask}, outputs)


class _Sum(keras.layers.Layer):
    def build(self, *shapes):
        self.scale = self.add_weight(shape=(), initializer="zeros")

    def call(self, node_features, node_mask, graph_ids, graph_mask):
        per_node = keras.ops.sum(node_features, axis=-1) * keras.ops.cast(node_mask, "float32")
        slots = keras.ops.cumsum(keras.ops.ones_like(graph_mask, dtype="int32"), axis=1) - 1
        same = keras.ops.expand_dims(graph_ids, 1) == keras.ops.expand_dims(slots, 2)  # (B, G, N)
        sums = keras.ops.einsum("bgn,bn->bg", keras.ops.cast(same, "float32"), per_node)
        return keras.ops.expand_dims(sums * self.scale, 2)  # (B, G, 1)

    def compute_output_spec(self, node_features, node_mask, graph_ids, graph_mask):
        return keras.KerasTensor((*graph_mask.shape, 1), "float32")


class OnlyWhatTheModelReads(GraphLoader):
    def __getitem__(self, index):
        inputs, *targets = super().__getitem__(index)
        names = ("node_features", "node_mask", "graph_ids", "graph_mask")
        return ({name: inputs[name] for name in names}, *targets)


@pytest.mark.parametrize("rows", [1, 2, 8])
def test_fit_evaluate_and_predict(rows):
    options = {"graphs_per_batch": 8, "rows": rows}
    assert len(GraphLoader(GRAPHS, shuffle=True, **options).budgets) > 1
    # Keras' regression losses average the last axis, so that is the axis of the tasks.
    data = (GRAPHS, TARGETS[:, None], np.ones(37))
    loader = OnlyWhatTheModelReads(*data, shuffle=True, **options)
    ordered = OnlyWhatTheModelReads(*data, **options)
    model = sum_model()
    model.compile(keras.optimizers.Adam(0.05), keras.losses.MeanSquaredError("sum"))
    before = model.evaluate(ordered, verbose=0)
    model.fit(loader, epochs=4, verbose=0, validation_data=ordered)
    assert loader.epoch == 5  # Keras ends one before the first
    assert model.evaluate(ordered, verbose=0) < 0.3 * before
    outputs = [model.predict_on_batch(ordered[index][0]) for index in range(len(ordered))]
    scale = model.get_weights()[0]
    np.testing.assert_allclose(ordered.restore(outputs)[:, 0], TARGETS * scale, atol=1e-4)


def test_a_resumed_run_meets_the_same_batches():
    def run(start, stop, weights):
        loader = OnlyWhatTheModelReads(
            GRAPHS, TARGETS[:, None], graphs_per_batch=8, shuffle=True, seed=5
        )
        loader.set_epoch(start)
        model = sum_model()
        model.compile(keras.optimizers.SGD(1e-3), keras.losses.Huber(reduction="sum"))
        model.set_weights(weights)
        model.fit(loader, initial_epoch=start, epochs=stop, shuffle=False, verbose=0)
        return model.get_weights()

    halfway = run(0, 2, [np.float32(0)])
    np.testing.assert_array_equal(run(2, 4, halfway), run(0, 4, [np.float32(0)]))
    assert run(2, 4, halfway) != run(3, 5, halfway)


def test_rounded_sizes_are_few_and_hold_the_graphs():
    sizes = set()
    for num_nodes in range(1, 70):
        graph = Graph(num_nodes, *np.zeros((2, 2 * num_nodes), "int32"))
        loader = GraphLoader([graph], round_sizes=True)
        (budget,) = loader.budgets
        assert num_nodes <= budget.num_nodes <= max(num_nodes + 1, 1.25 * num_nodes)
        assert loader[0][0]["node_mask"].sum() == num_nodes
        sizes.add((budget.num_nodes, budget.num_edges))
    assert len(sizes) == 21  # 8 up to 8, four an octave to 64, and 80
    many = GraphLoader([graph] * 9, graphs_per_batch=32, max_shapes=1, round_sizes=True)
    assert many[0][0]["graph_mask"].shape == (1, 10)
    assert many[0][0]["graph_mask"].sum() == 9
