import keras
import pytest

from keras_gt.presets.safe_config import serialize
from keras_gt.presets.text_files import move_texts_out, put_texts_back
from tests.models.text_models import embedder


def test_long_texts_leave_a_config_and_come_back(tmp_path):
    model = embedder()
    config = serialize(model)
    text = model.preprocessor.tokenizer
    move_texts_out(config, tmp_path)
    inner = config["config"]["preprocessor"]["config"]
    assert inner["tokenizer"] is None
    assert (tmp_path / "tokenizer.json").read_text(encoding="utf-8") == text
    put_texts_back(config, _Files({"tokenizer.json": text}))
    assert inner["tokenizer"] == text
    assert keras.saving.deserialize_keras_object(config).preprocessor.tokenizer == text
    (tmp_path / "tokenizer.json").write_text("another")
    with pytest.raises(ValueError, match="`tokenizer` must be one text in a preset"):
        move_texts_out(config, tmp_path)


class _Files(dict):
    def read_text(self, name):
        return self[name]
