"""The molecule sets of MoleculeNet: CSV files of SMILES and measurements."""

import csv
import importlib.metadata

import numpy as np

from keras_gt.datasets.fetch import file_sha256
from keras_gt.datasets.graph_arrays import stack_graphs, unstack_graphs
from keras_gt.datasets.graph_dataset import GraphDataset
from keras_gt.datasets.molecule_parsing import parse_molecule
from keras_gt.datasets.parsed_cache import cached_arrays
from keras_gt.datasets.scaffold_split import scaffold_split
from keras_gt.datasets.split_lists import PARTS
from keras_gt.graph import graph_from_molecule

# Raise it when the same molecules would give other graphs.
_FEATURES_VERSION = 1


def read_molecule_net(info, files, targets=None):
    """Reads one MoleculeNet set.

    Molecules that RDKit cannot parse are left out, as in the published counts. Graphs and the
    scaffold split are cached under the hash of the file and RDKit's version.

    Args:
        info: `DatasetInfo`; its `label_names` are the default target columns.
        files: dict from file name to path: one CSV file with a column `smiles`.
        targets: list of str, columns to take as labels instead.

    Returns:
        `GraphDataset` with the split `scaffold`. Labels are int32 classes where the only target is
        0 or 1 throughout, else float32 with NaN where a value is missing.

    Raises:
        ValueError: the file lacks a column.
        ImportError: RDKit is not installed.
    """
    (path,) = files.values()
    targets = tuple(info.label_names if targets is None else targets)
    smiles, labels = read_molecule_csv(path, targets)
    arrays = cached_arrays(
        info.name,
        (_FEATURES_VERSION, file_sha256(path), _rdkit_version()),
        lambda: _parse(smiles),
    )
    kept = arrays["kept"].astype(np.int64)
    labels = labels[kept, 0] if len(targets) == 1 else labels[kept]
    is_binary = len(targets) == 1 and np.isin(labels, (0, 1)).all()
    split = {part: np.flatnonzero(arrays["scaffold"] == n) for n, part in enumerate(PARTS)}
    return GraphDataset(
        name=info.name,
        graphs=unstack_graphs(arrays),
        labels=labels.astype(np.int32) if is_binary else labels,
        num_classes=2 if is_binary else 0,
        label_names=targets,
        unit=info.unit if targets == info.label_names else "",
        splits={"scaffold": [split]},
        info=info,
        smiles=[smiles[number] for number in kept],
    )


def read_molecule_csv(path, targets):
    """Reads SMILES and measurements.

    Args:
        path: `pathlib.Path` of a CSV file with a header line.
        targets: tuple of str, names of the columns to read.

    Returns:
        `(smiles, labels)`: a list of str, and float32 of shape (G, T) with NaN where a field is
        empty.

    Raises:
        ValueError: the file lacks a column, or a field is not a number.
    """
    with open(path, newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        header = next(rows, [])
        for column in ("smiles", *targets):
            if column not in header:
                raise ValueError(
                    f"targets must be columns of {path.name}: {', '.join(header[:20])}. "
                    f"Received: {column!r}"
                )
        smiles_place = header.index("smiles")
        places = [header.index(target) for target in targets]
        smiles, labels = [], []
        for row in rows:
            if row:
                smiles.append(row[smiles_place])
                labels.append([float(row[place] or "nan") for place in places])
    return smiles, np.array(labels, np.float32).reshape(len(smiles), len(places))


def _rdkit_version():
    try:
        return importlib.metadata.version("rdkit")
    except importlib.metadata.PackageNotFoundError as error:
        raise ImportError(
            "Molecules need RDKit. Install it with `pip install keras_gt[chem]`."
        ) from error


def _parse(smiles):
    """Returns the arrays of all graphs, which rows they are, and 0, 1 or 2 for their part."""
    molecules = [parse_molecule(text) for text in smiles]
    kept = [number for number, molecule in enumerate(molecules) if molecule is not None]
    molecules = [molecules[number] for number in kept]
    split = scaffold_split(molecules)
    scaffold = np.zeros(len(kept), np.uint8)
    for number, part in enumerate(PARTS):
        scaffold[split[part]] = number
    graphs = [graph_from_molecule(molecule) for molecule in molecules]
    return {**stack_graphs(graphs), "kept": np.array(kept, np.int32), "scaffold": scaffold}
