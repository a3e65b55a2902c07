import json

from tests.converters.checkpoints import write_directory
from tests.models.text_models import tokenizer


def test_a_directory_becomes_a_preset(run, tmp_path):
    source, preset, words = tmp_path / "source", tmp_path / "preset", tmp_path / "words.json"
    source.mkdir()
    write_directory(source, "bert")
    status, output, _ = run("convert", source, preset)
    assert status == 0
    assert "TextEmbedder on BERT" in output and "without a tokenizer" in output
    assert "left out, of output layers: pooler.dense.bias, pooler.dense.weight" in output
    words.write_text(tokenizer().to_str(), encoding="utf-8")
    options = ("--tokenizer", words, "--licence", "MIT", "--json")
    status, output, _ = run("convert", source, preset, *options)
    assert status == 0 and json.loads(output)["tokenizer"] is True
    metadata = json.loads((preset / "metadata.json").read_text())
    assert metadata["licence"] == {"weights": "MIT"}
    assert "pooler.dense.bias" in metadata["notes"][1]
    assert run("verify", preset, "--no-metric")[0] == 0


def test_what_cannot_be_converted_is_said(run, tmp_path):
    status, _, errors = run("convert", tmp_path, tmp_path / "preset")
    assert status == 1 and "must hold a config.json" in errors
