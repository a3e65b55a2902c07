"""SMILES to RDKit molecules, as the benchmarks' published counts need them."""

from keras_gt.graph.smiles import molecule_from_smiles

# Of other elements (metals, boron) newer RDKit versions refuse coordination compounds that the
# published sets contain.
_COMMON_ELEMENTS = frozenset({"H", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I"})


def parse_molecule(smiles):
    """Parses one SMILES.

    A molecule whose only faults are the valences of uncommon elements (7 of the HIV set, 8 of
    Tox21, all of aluminium, boron or germanium) is read without that check.

    Args:
        smiles: str.

    Returns:
        RDKit molecule, or None when RDKit refuses it for another reason.

    Raises:
        ImportError: RDKit is not installed.
    """
    try:
        return molecule_from_smiles(smiles)
    except ValueError:
        if not _has_only_uncommon_valences(smiles):
            return None
    return molecule_from_smiles(smiles, check_valence=False)


def _has_only_uncommon_valences(smiles):
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles, sanitize=False)
        if molecule is None:
            return False
        problems = Chem.DetectChemistryProblems(molecule)
    return all(
        problem.GetType() == "AtomValenceException"
        and molecule.GetAtomWithIdx(problem.GetAtomIdx()).GetSymbol() not in _COMMON_ELEMENTS
        for problem in problems
    )
