import pytest

from keras_gt.datasets.molecule_parsing import parse_molecule


def test_ordinary_molecules_are_parsed():
    assert parse_molecule("c1ccccc1O").GetNumAtoms() == 7


@pytest.mark.parametrize("smiles", ["CC(=O)O[AlH3](O)O", "Cc1ccc([B-2]2(c3ccc(C)cc3)=NCCO2)cc1"])
def test_uncommon_valences_of_metals_and_boron_are_read(smiles):
    molecule = parse_molecule(smiles)
    assert molecule.GetNumAtoms() > 5
    assert all(bond.GetBondType().name for bond in molecule.GetBonds())


@pytest.mark.parametrize("smiles", ["n1c(csc1\\[NH]=C(\\N)N)c1ccccc1", "c1ccc", "not a molecule"])
def test_other_faults_are_refused(smiles, capfd):
    assert parse_molecule(smiles) is None
    assert capfd.readouterr().err == ""
