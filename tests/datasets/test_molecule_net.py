import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.datasets import molecule_net
from keras_gt.datasets.fetch import fetch_files
from keras_gt.datasets.molecule_net import read_molecule_csv, read_molecule_net

# Line 3 does not parse; the last has an empty field and a comma inside quotes.
CSV = (
    "name,active,smiles,potency\r\n"
    "ethanol,1,CCO,0.5\r\n"
    "broken,1,c1ccc,0.25\r\n"
    'x,0,c1ccccc1,-2\r\n"a, b",1,O=C=O,\r\n'
)


def test_a_tiny_set_is_read(make_info, write_files, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "cache"))
    files = write_files({"tiny.csv": CSV})
    info = make_info("tiny", kind="graph", label_names=("active",), unit="class")
    dataset = read_molecule_net(info, files)
    assert dataset.smiles == ["CCO", "c1ccccc1", "O=C=O"]
    assert dataset.labels.tolist() == [1, 0, 1] and dataset.labels.dtype == np.int32
    assert dataset.num_classes == 2 and dataset.label_names == ("active",)
    graph = dataset.graphs[0]
    assert graph.num_nodes == 3 and graph.num_edges == 4 and graph.is_symmetric()
    assert graph.node_features[:, 0].tolist() == [5, 5, 7]  # atomic number - 1
    assert graph.node_features.shape == (3, 9) and graph.edge_features.shape == (4, 3)
    assert dataset.graphs[2].edge_features[:, 0].tolist() == [1] * 4  # double bonds
    everything = np.concatenate(list(dataset.split().values()))
    assert np.sort(everything).tolist() == [0, 1, 2]

    monkeypatch.setattr(molecule_net, "parse_molecule", lambda smiles: pytest.fail("parsed again"))
    again = read_molecule_net(info, files, targets=["potency"])
    np.testing.assert_array_equal(again.labels, np.array([0.5, -2, np.nan], "float32"))
    assert again.num_classes == 0 and again.unit == ""
    for first, second in zip(dataset.graphs, again.graphs, strict=True):
        for field in ("senders", "receivers", "node_features", "edge_features"):
            np.testing.assert_array_equal(getattr(first, field), getattr(second, field))


def test_several_targets_keep_missing_values(make_info, write_files):
    info = make_info("tiny", kind="graph", label_names=("active", "potency"))
    dataset = read_molecule_net(info, write_files({"tiny.csv": CSV}))
    expected = np.array([[1, 0.5], [0, -2], [1, np.nan]], "float32")
    np.testing.assert_array_equal(dataset.labels, expected)
    assert dataset.num_classes == 0


def test_a_missing_column_is_named(write_files):
    path = write_files({"tiny.csv": CSV})["tiny.csv"]
    with pytest.raises(ValueError, match="targets must be columns of tiny.csv.*'toxicity'"):
        read_molecule_csv(path, ("toxicity",))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["esol", "freesolv"])
def test_real_molecule_statistics(name):
    dataset = datasets.load(name)
    counts, graphs = dataset.info.statistics, dataset.graphs
    assert len(graphs) == counts["parsed"] == dataset.info.published["graphs"]
    assert sum(graph.num_nodes for graph in graphs) == counts["nodes"]
    assert round(np.mean([graph.num_nodes for graph in graphs]), 2) == counts["avg_nodes"]
    assert round(np.mean([graph.num_edges for graph in graphs]) / 2, 2) == counts["avg_bonds"]
    assert [len(part) for part in dataset.split().values()] == counts["scaffold_split"]
    assert dataset.labels.shape == (len(graphs),) and np.isfinite(dataset.labels).all()


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["lipophilicity", "bbbp", "bace", "tox21", "hiv"])
def test_real_molecule_tables(name):
    info = datasets.info(name)
    (path,) = fetch_files(info).values()
    smiles, labels = read_molecule_csv(path, info.label_names)
    counts = info.statistics
    assert len(smiles) == len(labels) == counts["rows"]
    assert counts["parsed"] + counts["unparsed"] == counts["rows"]
    missing = np.isnan(labels).sum(axis=0).tolist()
    assert missing == counts.get("missing", [0])
    if "scaffold_split" in counts:
        assert sum(counts["scaffold_split"]) == counts["parsed"]
    positives = {"bbbp": 1567, "bace": 691, "tox21": 309, "hiv": 1443}
    if name in positives:
        assert np.nansum(labels[:, 0]) == positives[name]


@pytest.mark.real_data
def test_real_bace_has_a_second_target():
    info = datasets.info("bace")
    (path,) = fetch_files(info).values()
    _, labels = read_molecule_csv(path, ("pIC50",))
    assert np.isfinite(labels).all() and 2 < labels.min() < labels.max() < 12
