import json

import numpy as np
import pytest

from keras_gt.converters import from_hugging_face
from keras_gt.models import BERT, GPT2, CausalLM, TextEmbedder
from tests.converters.checkpoints import write_directory


@pytest.mark.parametrize("name", ["bert", "roberta", "albert", "gpt2"])
def test_equals_the_package_transformers(tmp_path, name):
    inputs, expected = write_directory(tmp_path, name)
    model = from_hugging_face(tmp_path)
    assert isinstance(model, CausalLM if name == "gpt2" else TextEmbedder)
    assert isinstance(model.backbone, GPT2 if name == "gpt2" else BERT)
    assert model.preprocessor is None
    if name == "roberta":  # it has no second segment
        del inputs["segment_ids"]
    found = (model if name == "gpt2" else model.backbone).predict_on_batch(inputs)
    assert np.abs(np.asarray(found) - expected)[inputs["node_mask"]].max() < 1e-5
    inside = "" if name == "albert" else ".dense"
    heads = [f"pooler{inside}.bias", f"pooler{inside}.weight"]
    assert model.left_out == ([] if name == "gpt2" else heads)


def test_what_is_not_supported_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="must hold a config.json"):
        from_hugging_face(tmp_path)
    write_directory(tmp_path, "bert", model_type="t5")
    with pytest.raises(ValueError, match="model_type must be one of .*bert.*gpt2.*Received: .*t5"):
        from_hugging_face(tmp_path)
    write_directory(tmp_path, "bert", position_embedding_type="relative_key")
    with pytest.raises(ValueError, match="position_embedding_type must be 'absolute'"):
        from_hugging_face(tmp_path)
    write_directory(tmp_path, "albert", num_hidden_groups=2)
    with pytest.raises(ValueError, match="num_hidden_groups must be 1"):
        from_hugging_face(tmp_path)
    write_directory(tmp_path, "bert", hidden_act="silu")
    with pytest.raises(ValueError, match="hidden_act must be one of"):
        from_hugging_face(tmp_path)


def test_missing_and_unused_tensors_are_named(tmp_path):
    name = "encoder.layer.1.attention.self.key.bias"
    write_directory(tmp_path, "bert", drop=(name,))
    with pytest.raises(ValueError, match=f"must hold the tensor {name}"):
        from_hugging_face(tmp_path)
    write_directory(tmp_path, "bert", add={"encoder.layer.2.norm": np.ones(3, "float32")})
    with pytest.raises(ValueError, match="parts that would be lost.*encoder.layer.2.norm"):
        from_hugging_face(tmp_path)
    write_directory(tmp_path, "bert", intermediate_size=8)
    with pytest.raises(ValueError, match=r"must have the shape \(8, 6\) by its config.json"):
        from_hugging_face(tmp_path)
    other = {"lm_head.weight": np.ones((11, 6), "float32")}
    write_directory(tmp_path, "gpt2", add=other)
    with pytest.raises(ValueError, match="lm_head.weight must equal wte.weight"):
        from_hugging_face(tmp_path)


def test_modules_say_how_words_are_pooled(tmp_path):
    inputs, expected = write_directory(tmp_path, "bert")
    types = ["Transformer", "Pooling", "Normalize"]
    modules = [{"path": f"{i}_{kind}", "type": f"a.b.{kind}"} for i, kind in enumerate(types)]
    (tmp_path / "modules.json").write_text(json.dumps(modules[:2]), encoding="utf-8")
    (tmp_path / "1_Pooling").mkdir()
    path = tmp_path / "1_Pooling" / "config.json"
    path.write_text('{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}')
    model = from_hugging_face(tmp_path)
    found = np.asarray(model.predict_on_batch(inputs))
    assert np.abs(found - expected[:, 0]).max() < 1e-5
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    path.write_text('{"pooling_mode_mean_tokens": true}')
    model = from_hugging_face(tmp_path)
    assert (model.pooling, model.normalize) == ("mean", True)
    path.write_text('{"pooling_mode_lasttoken": true}')
    with pytest.raises(ValueError, match="must choose one of .*Received:.*pooling_mode_lasttoken"):
        from_hugging_face(tmp_path)
    modules[2]["type"] = "a.b.Dense"
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(ValueError, match="modules.json must name Transformer, Pooling"):
        from_hugging_face(tmp_path)


def test_word_pieces_and_byte_pairs_without_a_tokenizer_file(tmp_path):
    write_directory(tmp_path, "bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "graph", "##s", "are", ".", "a", "b"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text('{"model_max_length": 6}')
    preprocessor = from_hugging_face(tmp_path).preprocessor
    assert preprocessor.tokens("Graphs are.") == ["[CLS]", "graph", "##s", "are", ".", "[SEP]"]
    assert preprocessor.token_ids(["A graphs are b"])[0].tolist() == [2, 9, 5, 6, 7, 3]
    write_directory(tmp_path, "gpt2")
    vocabulary = {token: index for index, token in enumerate("abcdefghij")} | {"ab": 10}
    (tmp_path / "vocab.json").write_text(json.dumps(vocabulary))
    (tmp_path / "merges.txt").write_text("#version: 0.2\na b\n")
    model = from_hugging_face(tmp_path)
    assert model.preprocessor.edges == "causal"
    assert model.preprocessor.token_ids(["abba"])[0].tolist() == [10, 1, 0]
    written = model.generate("abba", max_new_tokens=2)
    assert isinstance(written, str) and written.startswith("abba")
