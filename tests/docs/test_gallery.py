"""gallery.md shows every architecture, as its class is."""

import keras
import pytest

from docs.architectures import ARCHITECTURES
from docs.make_gallery import GALLERY, backbones, make_gallery, row

TEXT = GALLERY.read_text(encoding="utf-8")


def test_every_exported_backbone_has_a_row():
    shown = {architecture.backbone or name for name, architecture in ARCHITECTURES.items()}
    assert shown == set(backbones()), "Add a row to docs/architectures.py."
    assert set(ARCHITECTURES) >= set(backbones())


if keras.backend.backend() == "torch":  # the same numbers everywhere, built fastest here

    def test_the_gallery_is_what_make_gallery_writes():
        assert make_gallery() == TEXT, "Run `make readme`."


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_words_and_links_of_a_row(name):
    cells = row(name, ARCHITECTURES[name])
    assert f"| {' | '.join(cells)} | " in TEXT, "Run `make readme`."
    link = cells[0].split("](")[1].split(")")[0]
    assert (GALLERY.parent / link).is_file()
