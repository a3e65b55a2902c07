from rdkit import Chem

from keras_gt.graph import ATOM_FEATURE_SIZES, BOND_FEATURE_SIZES
from keras_gt.graph.conversions.molecule_features import atom_features, bond_features


def test_sizes_are_the_documented_ones():
    assert ATOM_FEATURE_SIZES == (119, 5, 12, 12, 10, 6, 6, 2, 2)
    assert BOND_FEATURE_SIZES == (5, 6, 2)


def test_atoms_by_hand():
    # Alanine's second carbon: chiral, four neighbours counting hydrogen, one hydrogen, sp3.
    atom = Chem.MolFromSmiles("C[C@H](N)C(=O)O").GetAtomWithIdx(1)
    assert atom_features(atom) == [5, 2, 4, 5, 1, 0, 2, 0, 0]
    # A pyridine nitrogen: aromatic, in a ring, sp2.
    atom = Chem.MolFromSmiles("c1ccncc1").GetAtomWithIdx(3)
    assert atom_features(atom) == [6, 0, 2, 5, 0, 0, 1, 1, 1]
    # The oxide of a carboxylate: charge -1 is place 4.
    atom = Chem.MolFromSmiles("CC(=O)[O-]").GetAtomWithIdx(3)
    assert atom_features(atom) == [7, 0, 1, 4, 0, 0, 1, 0, 0]


def test_bonds_by_hand():
    double = Chem.MolFromSmiles("C/C=C/C").GetBondWithIdx(1)
    assert bond_features(double) == [1, 2, 0]
    assert bond_features(Chem.MolFromSmiles("C#N").GetBondWithIdx(0)) == [2, 0, 0]
    assert bond_features(Chem.MolFromSmiles("c1ccccc1").GetBondWithIdx(0)) == [3, 0, 1]


def test_what_is_in_no_list_takes_the_last_place():
    hydrogen = Chem.MolFromSmiles("[H][H]").GetAtomWithIdx(0)  # hybridisation S
    assert atom_features(hydrogen)[6] == 5
    anything = Chem.MolFromSmiles("*C").GetAtomWithIdx(0)  # atomic number 0
    assert atom_features(anything)[0] == 118
    dative = Chem.MolFromSmiles("N->[Cu]").GetBondWithIdx(0)
    assert bond_features(dative)[0] == 4
