import h5py
import numpy as np
import pytest

from keras_gt.presets import load_preset, update_metadata


def external_link(file, path):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.ExternalLink(str(path), "/secret")


def soft_link(file, path):
    file["layers/other"] = h5py.SoftLink("/layers")


def external_array(file, path):
    del file["layers/dense/vars/0"]
    file.create_dataset(
        "layers/dense/vars/0", (3, 4), "float32", external=[(str(path), 0, h5py.h5f.UNLIMITED)]
    )


def virtual_array(file, path):
    del file["layers/dense/vars/0"]
    layout = h5py.VirtualLayout(shape=(3, 4), dtype="float32")
    layout[:] = h5py.VirtualSource(str(path), "secret", shape=(3, 4))
    file.create_virtual_dataset("layers/dense/vars/0", layout)


def compressed(file, path):
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", data=np.zeros((3, 4)), compression="gzip")


def absent_data(file, path):
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (2**20, 2**20), "float32", chunks=(1024, 1024))


def text(file, path):
    file["layers/text"] = ["words"]


def named_type(file, path):
    file["layers/type"] = np.dtype("float32")


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        (external_link, "links to other files"),
        (soft_link, "links to other files or places"),
        (external_array, "arrays kept in other files"),
        (virtual_array, "arrays kept in other files"),
        (compressed, "compressed arrays"),
        (absent_data, "arrays without their data"),
        (text, "anything but numbers"),
        (named_type, "anything but groups and arrays"),
    ],
)
def test_hostile_weights_are_refused(preset, refuse, tmp_path, plant, message):
    with h5py.File(tmp_path / "secret.h5", "w") as secret:
        secret["secret"] = np.ones((3, 4), "float32")
    with h5py.File(preset / "model.weights.h5", "a") as file:
        plant(file, tmp_path / "secret.h5")
    update_metadata(preset)
    refuse(f"A weights file may not hold {message}")


def test_weights_that_loop_or_are_not_hdf5(preset, toys, refuse):
    with h5py.File(preset / "model.weights.h5", "a") as file:
        file["layers/again"] = file["layers"]
    update_metadata(preset)
    load_preset(toys["ToyBackbone"], preset)
    (preset / "model.weights.h5").write_bytes(b"not HDF5")
    update_metadata(preset)
    refuse("must be an HDF5 file")


def test_missing_weights_are_not_ignored(preset, refuse):
    with h5py.File(preset / "model.weights.h5", "a") as file:
        del file["layers/dense"]
    update_metadata(preset)
    refuse("must fit the architecture")
