import numpy as np
import pytest
from rdkit import Chem

from keras_gt.graph import ATOM_FEATURE_SIZES, BOND_FEATURE_SIZES, Graph, graph_from_molecule


def test_ethanol_by_hand():
    graph = Graph.from_smiles("CCO")
    assert graph.to_edge_index().tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert graph.node_features.tolist() == [
        [5, 0, 4, 5, 3, 0, 2, 0, 0],
        [5, 0, 4, 5, 2, 0, 2, 0, 0],
        [7, 0, 2, 5, 1, 0, 2, 0, 0],
    ]
    assert graph.edge_features.tolist() == [[0, 0, 0]] * 4
    assert graph.is_symmetric()


def test_features_stay_within_their_sizes():
    graph = Graph.from_smiles("C[C@@H]1CC(=O)/C(=C/c2ccc([N+](=O)[O-])cc2)S1.[Na+].[Cl-]")
    assert (graph.node_features < ATOM_FEATURE_SIZES).all()
    assert (graph.edge_features < BOND_FEATURE_SIZES).all()
    assert graph.num_edges == 2 * 18 and graph.num_nodes == 19


def test_one_atom_has_no_edges():
    graph = Graph.from_smiles("[Na+]")
    assert (graph.num_nodes, graph.num_edges) == (1, 0)
    assert graph.edge_features.shape == (0, 3)
    assert graph.inputs()["edge_mask"].tolist() == [[False]]


@pytest.mark.parametrize("smiles", ["C1CC", "not a molecule", "CN(C)(C)(C)C"])
def test_what_is_no_molecule_is_refused(smiles, capfd):
    with pytest.raises(ValueError, match="smiles must be a molecule that RDKit can read"):
        Graph.from_smiles(smiles)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("smiles", ["", "  ", None, 3])
def test_what_is_no_text_is_refused(smiles):
    with pytest.raises(ValueError, match="smiles must be a SMILES string such as 'CCO'"):
        Graph.from_smiles(smiles)


def test_unusual_valences_are_read_on_request():
    graph = Graph.from_smiles("CN(C)(C)(C)C", check_valence=False)
    assert graph.num_nodes == 6
    with pytest.raises(ValueError, match="smiles must be a molecule"):
        Graph.from_smiles("C1CC", check_valence=False)
    for smiles in ("c1ccccc1O", "C[C@H](N)C(=O)O"):
        strict, lenient = Graph.from_smiles(smiles), Graph.from_smiles(smiles, check_valence=False)
        np.testing.assert_array_equal(strict.node_features, lenient.node_features)
        np.testing.assert_array_equal(strict.edge_features, lenient.edge_features)


def test_a_molecule_with_hydrogens_keeps_them():
    molecule = Chem.AddHs(Chem.MolFromSmiles("C"))
    assert graph_from_molecule(molecule).num_nodes == 5
