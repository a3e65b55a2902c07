"""The cards of the zoo say what its recorded runs say."""

import keras
import pytest

from docs.make_cards import ZOO, count, renewed_metadata, stored_metadata
from keras_gt.presets.card import make_card

NAMES = sorted(path.parent.name for path in ZOO.glob("*/runs.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_what_make_cards_writes(name):
    metadata = stored_metadata(name)
    card = (ZOO / name / "README.md").read_text(encoding="utf-8")
    assert renewed_metadata(name) == metadata, "Run `make readme`."
    assert make_card(metadata) == card, "Run `make readme`."


if keras.backend.backend() == "torch":  # the same numbers everywhere, built fastest here

    @pytest.mark.parametrize("name", NAMES)
    def test_a_card_counts_the_learned_parameters(name):
        assert stored_metadata(name)["parameter_count"] == count(name), "Run `make readme`."
