import json
from importlib import resources

import pytest

from keras_gt import datasets


def test_every_record_is_complete():
    assert len(datasets.names()) == len(set(datasets.names())) == 29
    for name in datasets.names():
        info = datasets.info(name)
        assert info.kind in ("node", "graph", "text")
        for field in ("title", "task", "splits", "licence", "source", "reference", "statistics"):
            assert getattr(info, field), (name, field)
        for record in info.files:
            assert len(record.sha256) == 64 and record.bytes > 0
            assert record.url.startswith("https://") and record.url.endswith(record.name)
        assert bool(info.files) == (name not in ("karate-club", "pattern", "cluster"))


def test_licences_say_where_the_owner_states_none():
    for name in ("cora", "proteins", "csl"):
        assert "none stated by the owner" in datasets.info(name).licence


def test_records_hold_no_unknown_fields():
    text = resources.files("keras_gt.datasets").joinpath("registry.json").read_text("utf-8")
    assert list(json.loads(text)) == datasets.names()


@pytest.mark.parametrize(
    "name, meant",
    [
        ("tu-mutag", "mutag"),
        ("tu-imdbbinary", "imdb-binary"),
        ("TU-IMDB-BINARY", "imdb-binary"),
        ("karate_club", "karate-club"),
        ("Cora", "cora"),
    ],
)
def test_other_spellings(name, meant):
    assert datasets.info(name).name == meant


@pytest.mark.parametrize("name", ["corra", "tu-cora", "", "imdbbinary"])
def test_unknown_names_are_refused(name):
    with pytest.raises(ValueError, match="name must be one of cora, citeseer"):
        datasets.info(name)
