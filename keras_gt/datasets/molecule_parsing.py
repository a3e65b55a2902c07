"""SMILES to RDKit molecules, as the benchmarks' published counts need them."""

# Elements whose valence rules hold; of others (metals, boron) newer RDKit versions refuse
# coordination compounds that the published sets contain.
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
    chem, base = _rdkit()
    with base.BlockLogs():
        molecule = chem.MolFromSmiles(smiles)
        if molecule is not None:
            return molecule
        molecule = chem.MolFromSmiles(smiles, sanitize=False)
        if molecule is None:
            return None
        for problem in chem.DetectChemistryProblems(molecule):
            if problem.GetType() != "AtomValenceException":
                return None
            atom = molecule.GetAtomWithIdx(problem.GetAtomIdx())
            if atom.GetSymbol() in _COMMON_ELEMENTS:
                return None
        molecule.UpdatePropertyCache(strict=False)
        everything_else = chem.SANITIZE_ALL ^ chem.SANITIZE_PROPERTIES
        chem.SanitizeMol(molecule, sanitizeOps=everything_else)
        return molecule


def _rdkit():
    try:
        from rdkit import Chem, rdBase
    except ImportError as error:
        raise ImportError(
            "Molecules need RDKit. Install it with `pip install keras_gt[chem]`."
        ) from error
    return Chem, rdBase
