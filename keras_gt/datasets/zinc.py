"""ZINC-12k: the benchmark's own pickles of torch tensors, read without torch."""

import zipfile

import numpy as np

from keras_gt.datasets.graph_dataset import GraphDataset
from keras_gt.datasets.torch_pickle import load_torch_pickle
from keras_gt.graph import Graph

FOLDER = "ZINC_bench_gnn/data_from_benchmark"
_PARTS = (("train", "train"), ("validation", "val"), ("test", "test"))


def read_zinc(info, files):
    """Reads ZINC-12k.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: one zip archive with `train.pickle`, `val.pickle` and
            `test.pickle`, each a list of dicts `num_atom`, `atom_type` (N,), `bond_type` (N, N),
            `logP_SA_cycle_normalized` (1,) and `SMILES`.

    Returns:
        `GraphDataset`: node features are atom types 0..27, edge features bond types 1..3; the split
        `published` is the order of the files.

    Raises:
        ValueError: the archive is damaged, or names a class that such files do not hold.
    """
    (path,) = files.values()
    molecules, split, start = [], {}, 0
    with zipfile.ZipFile(path) as archive:
        for part, name in _PARTS:
            source = f"{path.name}:{FOLDER}/{name}.pickle"
            molecules += load_torch_pickle(archive.read(f"{FOLDER}/{name}.pickle"), source)
            split[part] = np.arange(start, len(molecules))
            start = len(molecules)
    labels = [molecule["logP_SA_cycle_normalized"] for molecule in molecules]
    return GraphDataset(
        name=info.name,
        graphs=[_graph(molecule) for molecule in molecules],
        labels=np.concatenate(labels).astype(np.float32),
        num_classes=0,
        label_names=info.label_names,
        unit=info.unit,
        splits={"published": [split]},
        info=info,
        smiles=[molecule["SMILES"] for molecule in molecules],
    )


def _graph(molecule):
    bonds = molecule["bond_type"]
    receivers, senders = np.nonzero(bonds)
    return Graph(
        num_nodes=int(molecule["num_atom"]),
        senders=senders.astype(np.int32),
        receivers=receivers.astype(np.int32),
        node_features=molecule["atom_type"].astype(np.int32),
        edge_features=bonds[receivers, senders].astype(np.int32),
    )
