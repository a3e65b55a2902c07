import numpy as np
import pytest

from keras_gt.presets import check_sample, load_preset
from keras_gt.presets.sample import TOLERANCE, read_sample, write_sample


def test_sample_round_trip(preset, toys, inputs):
    stored, expected = read_sample(preset / "sample.npz")
    np.testing.assert_array_equal(stored["node_features"], inputs["node_features"])
    assert expected["0"].shape == (1, 5, 3)
    model = load_preset(toys["ToyClassifier"], preset)
    assert check_sample(model, preset / "sample.npz") <= TOLERANCE


def test_a_changed_weight_is_seen(preset, toys):
    model = load_preset(toys["ToyClassifier"], preset)
    model.head.kernel.assign(model.head.kernel * 1.01)
    assert check_sample(model, preset / "sample.npz") > TOLERANCE


def test_another_shape_or_nan_is_seen(preset, toys):
    model = load_preset(toys["ToyClassifier"], preset, num_classes=2)
    assert check_sample(model, preset / "sample.npz") == float("inf")
    model = load_preset(toys["ToyClassifier"], preset)
    model.head.bias.assign([np.nan, 0, 0])
    assert check_sample(model, preset / "sample.npz") == float("inf")


def test_outputs_that_are_not_stored_are_seen(preset, toys, tmp_path):
    stored, _ = read_sample(preset / "sample.npz")
    np.savez(tmp_path / "none.npz", **{f"inputs/{key}": value for key, value in stored.items()})
    model = load_preset(toys["ToyClassifier"], preset)
    assert check_sample(model, tmp_path / "none.npz") == float("inf")


def test_missing_inputs_are_left_out(tmp_path, classifier, inputs):
    write_sample(tmp_path / "s.npz", classifier, {**inputs, "edge_mask": None})
    assert list(read_sample(tmp_path / "s.npz")[0]) == ["node_features"]


def test_same_sample_same_bytes(tmp_path, classifier, inputs):
    for name in ("a.npz", "b.npz"):
        write_sample(tmp_path / name, classifier, inputs)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_not_finite_output_is_refused(tmp_path, classifier, inputs):
    classifier.head.bias.assign([np.inf, 0, 0])
    with pytest.raises(ValueError, match="sample output must be finite"):
        write_sample(tmp_path / "s.npz", classifier, inputs)


def test_hostile_samples_are_refused(tmp_path, monkeypatch):
    np.savez(tmp_path / "pickle.npz", a=np.array([{"evil": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"must be a .npz file of plain arrays"):
        read_sample(tmp_path / "pickle.npz")
    np.savez_compressed(tmp_path / "bomb.npz", a=np.zeros(2**16))
    monkeypatch.setattr("keras_gt.presets.sample._MAX_BYTES", 2**16)
    with pytest.raises(ValueError, match="it unpacks to"):
        read_sample(tmp_path / "bomb.npz")
    (tmp_path / "text.npz").write_text("text")
    with pytest.raises(ValueError, match=r"must be a .npz file of plain arrays"):
        read_sample(tmp_path / "text.npz")
