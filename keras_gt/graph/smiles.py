"""Graphs of molecules out of SMILES strings."""

import numpy as np

from keras_gt.graph.conversions.extras import import_extra
from keras_gt.graph.conversions.molecule_features import (
    ATOM_COLUMNS,
    BOND_COLUMNS,
    atom_features,
    bond_features,
)
from keras_gt.graph.graph import Graph


def molecule_from_smiles(smiles, check_valence=True):
    """An RDKit molecule of a SMILES string.

    Args:
        smiles: str.
        check_valence: bool, whether an atom with more bonds than RDKit allows is refused.

    Returns:
        `rdkit.Chem.Mol`.

    Raises:
        ValueError: if the string is no molecule.
        ImportError: if RDKit is not installed.
    """
    chem = import_extra("rdkit.Chem", "chem")
    base = import_extra("rdkit.rdBase", "chem")
    if not isinstance(smiles, str) or not smiles.strip():
        raise ValueError(
            f"smiles must be a SMILES string such as 'CCO'. Received: smiles={smiles!r}"
        )
    with base.BlockLogs():  # RDKit writes to stderr; the error below says what is wrong
        molecule = chem.MolFromSmiles(smiles, sanitize=check_valence)
        if molecule is not None and not check_valence:
            molecule.UpdatePropertyCache(strict=False)
            steps = chem.SANITIZE_ALL ^ chem.SANITIZE_PROPERTIES
            if chem.SanitizeMol(molecule, steps, catchErrors=True) != chem.SANITIZE_NONE:
                molecule = None
    if molecule is None or molecule.GetNumAtoms() == 0:
        raise ValueError(
            "smiles must be a molecule that RDKit can read. Check its brackets, rings and "
            f"valences; check_valence=False accepts unusual valences. Received: smiles={smiles!r}"
        )
    return molecule


def graph_from_molecule(molecule):
    """The graph of an RDKit molecule: atoms in its order, each bond in both directions.

    Args:
        molecule: `rdkit.Chem.Mol` with at least one atom.

    Returns:
        A valid `Graph` with the features that `Graph.from_smiles` describes.

    Raises:
        ValueError: if the molecule has no atom.
    """
    atoms = [atom_features(atom) for atom in molecule.GetAtoms()]
    bonds = list(molecule.GetBonds())
    ends = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds]
    begin_end = np.array(ends, np.int32).reshape(-1, 2)
    features = np.array([bond_features(bond) for bond in bonds], np.int32)
    return Graph(
        num_nodes=len(atoms),
        senders=begin_end.reshape(-1),  # begin, end, begin, end, ...
        receivers=begin_end[:, ::-1].reshape(-1),
        node_features=np.array(atoms, np.int32).reshape(-1, len(ATOM_COLUMNS)),
        edge_features=np.repeat(features.reshape(-1, len(BOND_COLUMNS)), 2, axis=0),
    ).validate()
