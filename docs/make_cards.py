"""Rewrites the cards of zoo/ from the recorded runs and from what the recipes say now.

`make readme` runs it; a test fails where a card is not what it would write. Weights, samples, run
records and the settings with which the runs were made stay as they are.
"""

import json
import pathlib

from keras_gt import models, recipes
from keras_gt.presets.index import build_index
from keras_gt.presets.metadata import write_card_and_metadata
from keras_gt.presets.preset_format import METADATA_FILE
from keras_gt.presets.saving import parameter_count
from keras_gt.recipes import RunRecords

ZOO = pathlib.Path(__file__).parent.parent / "zoo"


def stored_metadata(name):
    """What the preset says about itself."""
    return json.loads((ZOO / name / METADATA_FILE).read_text(encoding="utf-8"))


def renewed_metadata(name):
    """The same with what the recipe says about the recorded runs."""
    stored = stored_metadata(name)
    renewed = recipes.get(name).metadata(RunRecords(ZOO / name / "runs.json"))
    made = {**stored["recipe"], "backend": renewed["recipe"]["backend"]}
    return {**stored, **renewed, "recipe": made}


def count(name):
    """The learned parameters of the preset."""
    model = getattr(models, stored_metadata(name)["class_name"])
    return parameter_count(model.from_preset(str(ZOO / name), load_weights=False))


def make_cards():
    """Writes the card and the metadata of every preset that has a recipe, and then the index."""
    for name in recipes.names():
        if (ZOO / name / "runs.json").is_file():
            content = {**renewed_metadata(name), "parameter_count": count(name)}
            write_card_and_metadata(ZOO / name, content)
    build_index(ZOO)


if __name__ == "__main__":
    make_cards()
