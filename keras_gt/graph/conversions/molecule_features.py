"""The integer features of atoms and bonds that the Open Graph Benchmark documents.

Nine columns an atom and three a bond, each the place of the value in a list; a value outside the
list takes the last place.

Reference:
    Hu et al., 2020, https://arxiv.org/abs/2005.00687, appendix; https://ogb.stanford.edu
"""

ATOM_COLUMNS = {
    "atomic_number": range(1, 119),
    "chirality": (
        "CHI_UNSPECIFIED",
        "CHI_TETRAHEDRAL_CW",
        "CHI_TETRAHEDRAL_CCW",
        "CHI_OTHER",
    ),
    "degree": range(11),
    "formal_charge": range(-5, 6),
    "num_hydrogens": range(9),
    "num_radical_electrons": range(5),
    "hybridization": ("SP", "SP2", "SP3", "SP3D", "SP3D2"),
    "is_aromatic": (False, True),
    "is_in_ring": (False, True),
}
BOND_COLUMNS = {
    "bond_type": ("SINGLE", "DOUBLE", "TRIPLE", "AROMATIC"),
    "stereo": ("STEREONONE", "STEREOZ", "STEREOE", "STEREOCIS", "STEREOTRANS", "STEREOANY"),
    "is_conjugated": (False, True),
}
CLOSED_COLUMNS = ("is_aromatic", "is_in_ring", "stereo", "is_conjugated")  # no place for the rest


def _sizes(columns):
    return tuple(len(c) + (name not in CLOSED_COLUMNS) for name, c in columns.items())


ATOM_FEATURE_SIZES = _sizes(ATOM_COLUMNS)  # categories of each atom column
BOND_FEATURE_SIZES = _sizes(BOND_COLUMNS)  # categories of each bond column
_ATOM_PLACES = [{v: i for i, v in enumerate(column)} for column in ATOM_COLUMNS.values()]
_BOND_PLACES = [{v: i for i, v in enumerate(column)} for column in BOND_COLUMNS.values()]


def _place(places, value):
    # RDKit's enumerations go by their name; their numbers are not documented.
    return places.get(getattr(value, "name", value), len(places))


def atom_features(atom):
    """The nine features of an RDKit atom: list of int."""
    values = (
        atom.GetAtomicNum(),
        atom.GetChiralTag(),
        atom.GetTotalDegree(),
        atom.GetFormalCharge(),
        atom.GetTotalNumHs(),
        atom.GetNumRadicalElectrons(),
        atom.GetHybridization(),
        atom.GetIsAromatic(),
        atom.IsInRing(),
    )
    return list(map(_place, _ATOM_PLACES, values))


def bond_features(bond):
    """The three features of an RDKit bond: list of int."""
    values = (bond.GetBondType(), bond.GetStereo(), bond.GetIsConjugated())
    return list(map(_place, _BOND_PLACES, values))
