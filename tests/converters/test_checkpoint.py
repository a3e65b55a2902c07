import json

import numpy as np
import pytest

from keras_gt.converters import Checkpoint


def test_shards_and_old_names(tmp_path):
    from safetensors.numpy import save_file

    save_file({"a.LayerNorm.gamma": np.ones(3, "float16")}, tmp_path / "one.safetensors")
    save_file({"b": np.zeros(2, "float32")}, tmp_path / "two.safetensors")
    index = {"weight_map": {"a.LayerNorm.gamma": "one.safetensors", "b": "two.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    checkpoint = Checkpoint.from_directory(tmp_path)
    assert checkpoint.take("a.LayerNorm.weight", (3,)).dtype == np.float32
    with pytest.raises(ValueError, match="parts that would be lost.*Received: b"):
        checkpoint.finish()


def test_files_that_are_missing_or_broken(tmp_path):
    with pytest.raises(FileNotFoundError, match="must hold model.safetensors"):
        Checkpoint.from_directory(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"not a file of tensors")
    with pytest.raises(ValueError, match="must be a .safetensors file"):
        Checkpoint.from_directory(tmp_path)
