"""How a sentence encoder pools its words: modules.json and the folders that it names."""

import json

from keras_gt.converters.tokenizer_files import read_json

_POOLINGS = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_cls_token": "cls",
}


def read_modules(directory):
    """The pooling of a sentence encoder.

    Args:
        directory: `pathlib.Path`.

    Returns:
        Dictionary of the arguments `pooling` and `normalize` of `TextEmbedder`.

    Raises:
        ValueError: for a module or a pooling that `TextEmbedder` has not.
    """
    if not (directory / "modules.json").is_file():
        return {"pooling": "mean", "normalize": False}
    modules = json.loads((directory / "modules.json").read_text(encoding="utf-8"))
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        raise ValueError(
            "modules.json must name Transformer, Pooling and perhaps Normalize. Other modules are "
            f"not supported. Received: {kinds}"
        )
    path = directory / modules[1]["path"] / "config.json"
    if not path.resolve().is_relative_to(directory.resolve()):
        raise ValueError(f"modules.json must name folders of its own directory. Received: {path}")
    config = read_json(path)
    chosen = [name for name, value in config.items() if name.startswith("pooling_mode") and value]
    if len(chosen) != 1 or chosen[0] not in _POOLINGS:
        raise ValueError(
            f"{path} must choose one of {list(_POOLINGS)}. Other poolings are not supported. "
            f"Received: {chosen}"
        )
    return {"pooling": _POOLINGS[chosen[0]], "normalize": kinds[2:] == ["Normalize"]}
