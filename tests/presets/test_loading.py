import keras
import numpy as np
import pytest

from keras_gt import models
from keras_gt.presets import load_preset, save_preset
from tests.models.small_models import outputs


def test_task_round_trip(preset, classifier, toys, inputs):
    loaded = load_preset(toys["ToyClassifier"], preset)
    assert type(loaded) is toys["ToyClassifier"]
    np.testing.assert_array_equal(outputs(loaded, inputs), outputs(classifier, inputs))
    assert loaded.preprocessor.names == ["a"]


def test_base_class_gives_the_saved_subclass(preset, classifier, toys, inputs, tmp_path):
    assert type(load_preset(toys["ToyTask"], preset)) is toys["ToyClassifier"]
    save_preset(toys["OtherBackbone"](), tmp_path / "other")
    assert type(load_preset(toys["ToyBackbone"], tmp_path / "other")) is toys["OtherBackbone"]


def test_backbone_and_preprocessor_of_a_task_preset(preset, classifier, toys, inputs):
    backbone = load_preset(toys["ToyBackbone"], preset)
    np.testing.assert_array_equal(outputs(backbone, inputs), outputs(classifier.backbone, inputs))
    assert load_preset(toys["ToyPreprocessor"], preset).names == ["a"]


def test_another_task_class_is_refused_with_both_ways_named(preset, toys):
    message = (
        "must hold a ToyRegressor. Use ToyClassifier.from_preset.*or put a new head on its "
        "backbone: ToyRegressor.*Received: a preset of ToyClassifier on ToyBackbone"
    )
    with pytest.raises(ValueError, match=message):
        load_preset(toys["ToyRegressor"], preset)
    with pytest.raises(ValueError, match="must hold a OtherBackbone"):
        load_preset(toys["OtherBackbone"], preset)


def test_new_head_on_a_backbone_preset(tmp_path, toys, inputs):
    backbone = toys["ToyBackbone"](units=6)
    save_preset(backbone, tmp_path / "backbone")
    task = load_preset(toys["ToyRegressor"], tmp_path / "backbone", num_classes=5)
    assert outputs(task, inputs).shape == (1, 5, 5)
    np.testing.assert_array_equal(outputs(task.backbone, inputs), outputs(backbone, inputs))
    with pytest.raises(ValueError, match="must hold a ToyClassifier"):
        save_preset(toys["ToyRegressor"](backbone), tmp_path / "regressor")
        load_preset(toys["ToyClassifier"], tmp_path / "regressor")


def test_new_head_keeps_the_saved_preprocessor(preset, toys):
    for name in ("task.json", "task.weights.h5"):
        (preset / name).unlink()
    from keras_gt.presets import update_metadata

    update_metadata(preset)
    assert load_preset(toys["ToyRegressor"], preset, num_classes=1).preprocessor.names == ["a"]


def test_without_weights(preset, classifier, toys, inputs):
    loaded = load_preset(toys["ToyClassifier"], preset, load_weights=False)
    assert np.abs(outputs(loaded, inputs) - outputs(classifier, inputs)).max() > 1e-3


def test_overrides_of_task_and_backbone(preset, classifier, toys, inputs):
    loaded = load_preset(toys["ToyClassifier"], preset, dropout=0.3, head_dropout=0.2)
    assert (loaded.backbone.dropout_rate, loaded.head_dropout) == (0.3, 0.2)
    np.testing.assert_array_equal(outputs(loaded, inputs), outputs(classifier, inputs))


def test_a_head_of_another_shape_starts_fresh(preset, classifier, toys, inputs):
    loaded = load_preset(toys["ToyClassifier"], preset, num_classes=7)
    assert outputs(loaded, inputs).shape == (1, 5, 7)
    np.testing.assert_array_equal(
        outputs(loaded.backbone, inputs), outputs(classifier.backbone, inputs)
    )


def test_wrong_overrides_are_named(preset, toys):
    with pytest.raises(ValueError, match="`unit` must be an argument .* Choose among .*units"):
        load_preset(toys["ToyClassifier"], preset, unit=3)
    with pytest.raises(ValueError, match="`unit` must be an argument"):
        load_preset(toys["ToyBackbone"], preset, unit=3)
    with pytest.raises(ValueError, match="`backbone` cannot replace"):
        load_preset(toys["ToyClassifier"], preset, backbone=None)
    with pytest.raises(ValueError, match="model.weights.h5 .* must fit the architecture"):
        load_preset(toys["ToyBackbone"], preset, units=9)


def test_saved_dtype_is_restored_and_can_be_overridden(tmp_path, toys, inputs):
    model = toys["ToyClassifier"](toys["ToyBackbone"](dtype="bfloat16"))
    save_preset(model, tmp_path / "half")
    loaded = load_preset(toys["ToyClassifier"], tmp_path / "half")
    assert loaded.backbone.dtype_policy.name == "bfloat16"
    assert keras.backend.standardize_dtype(loaded.backbone.query.kernel.dtype) == "bfloat16"
    assert load_preset(toys["ToyBackbone"], tmp_path / "half").dtype_policy.name == "bfloat16"
    wide = load_preset(toys["ToyClassifier"], tmp_path / "half", dtype="float32")
    assert wide.backbone.dtype_policy.name == "float32"
    expected = keras.ops.convert_to_numpy(keras.ops.cast(model(inputs), "float32"))
    np.testing.assert_allclose(outputs(wide, inputs), expected, atol=0.05)


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`:UserWarning")
def test_quantised_model_round_trip(tmp_path, toys, inputs):
    model = toys["ToyBackbone"]()
    model.quantize("int8")
    policies = keras.dtype_policies.DTypePolicyMap(default_policy="float32")
    policies["query"] = model.query.dtype_policy
    config = {**model.get_config(), "dtype": keras.dtype_policies.serialize(policies)}
    model.get_config = lambda: config
    save_preset(model, tmp_path / "int8")
    loaded = load_preset(toys["ToyBackbone"], tmp_path / "int8")
    assert loaded.query.quantization_mode == "int8"
    np.testing.assert_array_equal(outputs(loaded, inputs), outputs(model, inputs))
    with pytest.raises(ValueError, match="`dtype` must be left out for a quantised preset"):
        load_preset(toys["ToyBackbone"], tmp_path / "int8", dtype="bfloat16")


def test_pin(preset, toys):
    import hashlib

    pin = hashlib.sha256((preset / "metadata.json").read_bytes()).hexdigest()
    assert load_preset(toys["ToyClassifier"], preset, sha256=pin)
    with pytest.raises(ValueError, match=f"must have the sha256 {'0' * 64} but has {pin}"):
        load_preset(toys["ToyClassifier"], preset, sha256="0" * 64)
    with pytest.raises(ValueError, match="`sha256` must be 64 lower-case hexadecimal digits"):
        load_preset(toys["ToyClassifier"], preset, sha256="ABC")


DENSE = {"dense": 5}
REAL_TASKS = {
    "node classifier without a head": lambda: models.NodeClassifier(
        models.GAT(DENSE, head_dim=4, num_heads=2, output_dim=3), 3, head=None
    ),
    "node regressor": lambda: models.NodeRegressor(models.GraphSAGE(DENSE, 8), 1),
    "graph regressor": lambda: models.GraphRegressor(
        models.GraphTransformer(DENSE, 8, 1, 2, edge_features={"dense": 2}), target_mean=[3.0]
    ),
    "graph classifier": lambda: models.GraphClassifier(
        models.GIN(DENSE, 8, 1),
        2,
        preprocessor=models.GraphPreprocessor(["symmetrise"], label_names=["a", "b"]),
    ),
    "link predictor": lambda: models.LinkPredictor(models.GCN(DENSE, 8)),
}


@pytest.fixture(scope="module")
def cycle():
    """The arrays of one graph, for every task."""
    from keras_gt.graph import Graph

    random = np.random.default_rng(0)
    nodes = np.arange(6, dtype="int32")
    graph = Graph(
        6,
        nodes,
        np.roll(nodes, 1),
        node_features=random.normal(size=(6, 5)).astype("float32"),
        edge_features=random.normal(size=(6, 2)).astype("float32"),
        edge_weights=np.ones(6, "float32"),
    )
    return {**graph.inputs(), "pairs": np.array([[[0, 1], [2, 3]]], "int32")}


@pytest.mark.parametrize("kind", REAL_TASKS)
def test_real_tasks_round_trip(kind, cycle, tmp_path):
    task = REAL_TASKS[kind]()
    task.save_to_preset(tmp_path / "task")
    loaded = models.Task.from_preset(tmp_path / "task")
    assert type(loaded) is type(task)
    np.testing.assert_array_equal(loaded.predict_on_batch(cycle), task.predict_on_batch(cycle))
    backbone = models.Backbone.from_preset(tmp_path / "task")
    assert type(backbone) is type(task.backbone)
    expected = task.backbone.predict_on_batch(cycle)
    np.testing.assert_array_equal(backbone.predict_on_batch(cycle), expected)
    if task.preprocessor is not None:
        assert loaded.preprocessor.get_config() == task.preprocessor.get_config()


def test_real_task_of_another_kind(tmp_path):
    REAL_TASKS["node regressor"]().save_to_preset(tmp_path / "task")
    with pytest.raises(ValueError, match="Use NodeRegressor.from_preset.*or put a new head"):
        models.NodeClassifier.from_preset(tmp_path / "task")
    backbone = models.Backbone.from_preset(tmp_path / "task")
    backbone.save_to_preset(tmp_path / "backbone")
    classifier = models.NodeClassifier.from_preset(tmp_path / "backbone", num_classes=4)
    assert classifier.output_shape[-1] == 4
