import io
import zipfile

import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.datasets.zinc import FOLDER, read_zinc
from tests.datasets.legacy_torch import list_of_dicts, pickle_of, plain, tensor


def molecule(types, bonds, target, smiles):
    return {
        "num_atom": plain(len(types)),
        "atom_type": tensor(np.array(types, "i1")),
        "bond_type": tensor(np.array(bonds, "i1")),
        "logP_SA_cycle_normalized": tensor(np.array([target], "f4")),
        "SMILES": plain(smiles),
    }


ETHANE = molecule([0, 0], [[0, 1], [1, 0]], 0.5, "CC")
CARBON_DIOXIDE = molecule([1, 0, 1], [[0, 2, 0], [2, 0, 2], [0, 2, 0]], -1.5, "O=C=O")


def archive(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as files:
        for name, molecules in parts.items():
            files.writestr(f"{FOLDER}/{name}.pickle", pickle_of(list_of_dicts(molecules)))
    return {"zinc.zip": stream.getvalue()}


def test_a_tiny_archive_is_read(make_info, write_files):
    files = archive(train=[ETHANE, CARBON_DIOXIDE], val=[ETHANE], test=[CARBON_DIOXIDE])
    dataset = read_zinc(make_info("zinc"), write_files(files))
    assert dataset.labels.tolist() == [0.5, -1.5, 0.5, -1.5]
    assert dataset.smiles == ["CC", "O=C=O", "CC", "O=C=O"]
    graph = dataset.graphs[1]
    assert graph.node_features.tolist() == [1, 0, 1]
    assert graph.senders.tolist() == [1, 0, 2, 1] and graph.receivers.tolist() == [0, 1, 1, 2]
    assert graph.edge_features.tolist() == [2, 2, 2, 2]
    parts = {part: numbers.tolist() for part, numbers in dataset.split().items()}
    assert parts == {"train": [0, 1], "validation": [2], "test": [3]}


@pytest.mark.real_data
def test_real_zinc_statistics():
    dataset = datasets.load("zinc")
    counts, graphs = dataset.info.statistics, dataset.graphs
    assert len(graphs) == counts["graphs"] == len(dataset.smiles)
    assert [len(numbers) for numbers in dataset.split().values()] == counts["split"]
    assert round(np.mean([graph.num_nodes for graph in graphs]), 2) == counts["avg_nodes"]
    assert round(np.mean([graph.num_edges for graph in graphs]), 2) == counts["avg_edges_stored"]
    assert max(graph.node_features.max() for graph in graphs) < counts["atom_types"]
    assert max(graph.edge_features.max() for graph in graphs) + 1 == counts["bond_types"]
    assert dataset.labels.dtype == np.float32 and np.isfinite(dataset.labels).all()
