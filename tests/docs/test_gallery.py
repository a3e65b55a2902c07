"""gallery.md shows every architecture, as its class is."""

import pathlib

from docs.architectures import ARCHITECTURES
from docs.make_gallery import GALLERY, backbones, make_gallery


def test_every_exported_backbone_has_a_row():
    assert set(ARCHITECTURES) == set(backbones()), "Add a row to docs/architectures.py."


def test_the_gallery_is_what_make_gallery_writes():
    assert make_gallery() == GALLERY.read_text(encoding="utf-8"), "Run `make readme`."


def test_links_lead_to_files():
    text = GALLERY.read_text(encoding="utf-8")
    linked = {part.split(")")[0] for part in text.split("](")[1:]}
    files = {link for link in linked if "://" not in link}
    assert len(files) == len(ARCHITECTURES)
    assert all(pathlib.Path(GALLERY.parent / link).is_file() for link in files)
