"""What a user does with a task: save, fit, resume, evaluate, predict; and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.graph.graph_store import GraphStore
from keras_gt.loaders import GraphLoader
from keras_gt.models import GCN, NodeClassifier
from tests.models.small_models import (
    TASKS,
    assert_file_restores,
    dense_graph,
    dot_classifier,
    edge_graph,
    edge_regressor,
    gps_regressor,
    outputs,
    word_classifier,
    word_graph,
)

GRAPH = word_graph()
LABELS = np.arange(GRAPH.num_nodes, dtype="int32")[None] % 3
GRAPHS = [edge_graph(nodes, nodes + 3, seed=nodes) for nodes in (4, 5, 6, 7)]
TARGETS = np.array([1.0, 2.0, 3.0, 4.0], "float32")


# A model that was never fitted has an optimizer without state, which Keras mentions on loading.
@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")
@pytest.mark.parametrize("name", TASKS)
def test_keras_files_restore_the_model_and_its_dtype(tmp_path, name):
    make, make_graph = TASKS[name]
    model = make(dtype="bfloat16")  # float32: the golden models
    assert model.dtype_policy.name == "bfloat16"
    assert_file_restores(model, make_graph().inputs(), tmp_path / "model.keras")


@pytest.mark.parametrize("name", TASKS)
def test_weights_have_one_order_whatever_is_dropped(name):
    """Files hold them by it, and a preset may be loaded with another rate."""
    make, _ = TASKS[name]
    orders = []
    for rate in (0.0, 0.5):
        paths = [weight.path.split("/") for weight in make(dropout=rate).weights]
        orders.append(["/".join(parts[1:]) for parts in paths])
    assert orders[0] == orders[1]


def test_extra_and_missing_keys_never_change_a_number():
    model, inputs = word_classifier(), GRAPH.inputs()
    expected = outputs(model, inputs)
    extra = {"a_first": inputs["senders"], "node_ids": inputs["receivers"], "zz": LABELS}
    np.testing.assert_array_equal(outputs(model, {**inputs, **extra}), expected)
    required = {name: inputs[name] for name in ("senders", "receivers", "feature_ids")}
    np.testing.assert_allclose(outputs(model, required), expected, rtol=1e-5, atol=1e-6)
    predicted = model.predict({**inputs, **extra}, verbose=0)
    np.testing.assert_allclose(predicted, expected, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="inputs must have the keys .* Add \\['senders'\\]"):
        model({name: inputs[name] for name in inputs if name != "senders"})


def test_callbacks_with_one_batch_an_epoch(tmp_path):
    model, inputs = word_classifier(), GRAPH.inputs()
    validation = (inputs, LABELS, np.ones((1, GRAPH.num_nodes), "float32"))
    callbacks = [
        keras.callbacks.EarlyStopping(monitor="val_loss", mode="max", patience=2),
        keras.callbacks.ModelCheckpoint(tmp_path / "best.keras", monitor="val_loss"),
    ]
    history = model.fit(
        inputs, LABELS, epochs=9, validation_data=validation, callbacks=callbacks, verbose=0
    )
    assert len(history.epoch) == 3  # the loss falls, so its maximum is the first epoch's
    loaded = keras.saving.load_model(tmp_path / "best.keras")
    np.testing.assert_allclose(outputs(loaded, inputs), outputs(model, inputs), rtol=1e-6)


def test_a_run_resumes_after_a_kill(tmp_path):
    class Kill(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    model, inputs = word_classifier(), GRAPH.inputs()
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(KeyboardInterrupt):
        model.fit(inputs, LABELS, epochs=4, callbacks=[backup, Kill()], verbose=0)
    after_two = outputs(model, inputs)
    resumed = word_classifier()
    seen = []
    look = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(outputs(resumed, inputs))
    )
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    history = resumed.fit(inputs, LABELS, epochs=4, callbacks=[backup, look], verbose=0)
    np.testing.assert_allclose(seen[0], after_two, rtol=1e-6)
    assert history.epoch == [2, 3]


def test_class_weights_are_sample_weights():
    inputs, losses = GRAPH.inputs(), []
    weights = np.array([1.0, 5.0, 0.5], "float32")[LABELS]
    for arguments in ({"class_weight": {1: 5.0, 2: 0.5}}, {"sample_weight": weights}):
        keras.utils.set_random_seed(0)
        history = word_classifier().fit(inputs, LABELS, epochs=2, verbose=0, **arguments)
        losses.append(history.history["loss"])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)
    loader = GraphLoader([GRAPH], [LABELS[0]], label_level="node")
    with pytest.raises(ValueError, match="class_weight must come with an array of integer labels"):
        word_classifier().fit(loader, class_weight={0: 2.0})
    for wrong in ({}, {-1: 2.0}, {0.5: 2.0}):
        with pytest.raises(ValueError, match="class_weight must be a dictionary from classes"):
            word_classifier().fit(inputs, LABELS, class_weight=wrong)


def test_validation_split_is_refused():
    for x in (GRAPH, [GRAPH], GRAPH.inputs()):
        with pytest.raises(ValueError, match="validation_split must be left out for graphs"):
            word_classifier().fit(x, LABELS, validation_split=0.5)


def test_padding_does_not_change_evaluate():
    keras.utils.set_random_seed(0)
    for model, graph in ((word_classifier(), GRAPH), (edge_regressor(), edge_graph())):
        results = []
        for extra in (0, 6):
            slots = np.array([[0] + [-1] * extra])
            inputs = GraphStore([graph]).batch(
                slots, graph.num_nodes + extra, graph.num_edges + 2 * extra
            )
            if model.label_level == "node":
                labels = np.pad(LABELS, ((0, 0), (0, extra)))
            else:
                labels = np.array([[3.0] + [0.0] * extra], "float32")
            results.append(model.evaluate(inputs, labels, verbose=0))
        np.testing.assert_allclose(results[0], results[1], rtol=1e-5)


def test_the_loss_is_the_mean_over_the_weighted_nodes():
    rng = np.random.default_rng(0)
    graph = word_graph(100, 300)
    labels = rng.integers(0, 3, (1, 100)).astype("int32")
    weights = np.zeros((1, 100), "float32")
    weights[0, 3:8] = 1
    model = word_classifier()
    loss, accuracy = model.evaluate(graph.inputs(), labels, sample_weight=weights, verbose=0)
    logits = outputs(model, graph.inputs())[0].astype("float64")
    logits -= logits.max(-1, keepdims=True)
    each = np.log(np.exp(logits).sum(-1)) - logits[np.arange(100), labels[0]]
    assert loss == pytest.approx(each[3:8].mean(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(-1) == labels[0])[3:8].mean())


def test_seeded_runs_are_equal_to_the_bit():
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        model = edge_regressor(dropout=0.3)
        model.fit(GRAPHS, TARGETS, batch_size=2, epochs=2, verbose=0)
        runs.append(model.get_weights())
    for first, second in zip(*runs, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_training_step_is_traced_once(monkeypatch):
    model, calls = word_classifier(), []
    step = model.train_step
    monkeypatch.setattr(model, "train_step", lambda *data: calls.append(1) or step(*data))
    model.fit(GRAPH.inputs(), LABELS, epochs=3, verbose=0)
    assert len(calls) == (3 if keras.backend.backend() == "torch" else 1)


def test_raw_graphs_equal_arrays():
    weights, results = [], []
    for raw in (True, False):
        keras.utils.set_random_seed(0)
        model = edge_regressor()
        loader = GraphLoader(GRAPHS, TARGETS, graphs_per_batch=2)
        data = {"x": GRAPHS, "y": TARGETS, "batch_size": 2} if raw else {"x": loader}
        model.fit(**data, epochs=1, shuffle=False, verbose=0)
        results.append(model.evaluate(**data, verbose=0))
        weights.append(model.get_weights())
    for first, second in zip(*weights, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(results[0], results[1], rtol=1e-5)
    predicted = model.predict(GRAPHS, batch_size=2, verbose=0)
    assert predicted.shape == (4, 1)
    alone = [outputs(model, graph.inputs() | one_graph(graph))[0] for graph in GRAPHS]
    np.testing.assert_allclose(predicted, np.concatenate(alone), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["dense", "complete", "gps"])
def test_each_graph_has_a_row_where_all_pairs_of_a_row_are_made(kind):
    if kind == "gps":
        model, graphs = gps_regressor(), GRAPHS
    else:
        model = dot_classifier(attention=kind)
        graphs = [dense_graph(nodes, seed=nodes) for nodes in (4, 5, 6)]
    assert model.loader(graphs)[0][0]["graph_mask"].shape == (len(graphs), 1)
    expected = model.predict(graphs, verbose=0)
    with pytest.warns(UserWarning, match="each row should hold one graph .* rows of"):
        packed = model.predict(GraphLoader(graphs), verbose=0)
    np.testing.assert_allclose(packed, expected, rtol=1e-4, atol=1e-5)


def test_validation_on_raw_graphs_has_batches_of_the_size_given(monkeypatch):
    model, sizes = edge_regressor(), []
    make = model.loader
    monkeypatch.setattr(
        model, "loader", lambda *a, **k: sizes.append(k.get("batch_size")) or make(*a, **k)
    )
    data = GRAPHS, TARGETS
    for options, size in (({}, 2), ({"validation_batch_size": 1}, 1)):
        sizes.clear()
        model.fit(*data, batch_size=2, validation_data=data, epochs=1, verbose=0, **options)
        assert sizes[0] == size


def one_graph(graph):
    ids = np.zeros((1, graph.num_nodes), "int32")
    return {"graph_ids": ids, "graph_mask": np.ones((1, 1), bool)}


def test_predict_gives_one_array_for_one_graph():
    model = word_classifier()
    result = model.predict(GRAPH, verbose=0)
    assert result.shape == (GRAPH.num_nodes, 3)
    np.testing.assert_allclose(result, outputs(model, GRAPH.inputs())[0], rtol=1e-4, atol=1e-6)


def test_one_node_and_no_edges_give_numbers():
    model = NodeClassifier(GCN({"dense": 2}, 4, output_dim=3), 3, head=None)
    graph = Graph(1, [], [], node_features=[[1.0, 2.0]], edge_weights=[])
    assert np.isfinite(model.predict(graph, verbose=0)).all()
    empty = edge_graph().replace(
        senders=[], receivers=[], edge_features=np.zeros((0, 3), "float32")
    )
    assert np.isfinite(edge_regressor().predict(empty, verbose=0)).all()


def test_no_graphs_are_refused():
    for call in (word_classifier().predict, word_classifier().evaluate, word_classifier().fit):
        with pytest.raises(ValueError, match="x must hold at least one graph"):
            call([])


def test_nan_features_are_refused():
    graph = edge_graph()
    features = graph.edge_features.copy()
    features[1] = np.nan
    with pytest.raises(ValueError, match="edge_features must be finite"):
        edge_regressor().predict(graph.replace(edge_features=features), verbose=0)


def test_a_string_needs_a_preprocessor():
    with pytest.raises(ValueError, match="inputs must be graphs for a task without a preprocessor"):
        dot_classifier().predict(["CCO"])
