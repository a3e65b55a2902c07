"""The scaffold split of MoleculeNet: test molecules have skeletons that training never saw."""

import collections

import numpy as np

from keras_gt.datasets.molecule_parsing import parse_molecule


def scaffold_split(smiles, fractions=(0.8, 0.1, 0.1), include_chirality=False):
    """Splits molecules by their Bemis-Murcko scaffold.

    Molecules of one scaffold stay together. Scaffolds are taken from the largest group to the
    smallest (equal ones by their first molecule, last first); a group goes to training while it
    fits, else to validation while it fits, else to test. Nothing is drawn at random.

    Args:
        smiles: list of str, or of RDKit molecules.
        fractions: shares of training, validation and test; they sum to 1.
        include_chirality: bool, tell mirror images of a scaffold apart.

    Returns:
        `{"train", "validation", "test"}`, rising int arrays of positions in `smiles`.

    Raises:
        ValueError: a SMILES cannot be parsed, or `fractions` are not three shares.
        ImportError: RDKit is not installed.

    Example:
        >>> split = scaffold_split(["c1ccccc1", "c1ccccc1O", "C1CCCCC1", "CCO"], (0.5, 0.25, 0.25))
        >>> {part: numbers.tolist() for part, numbers in split.items()}
        {'train': [0, 1], 'validation': [3], 'test': [2]}

    Reference:
        Wu et al., MoleculeNet, 2018, https://arxiv.org/abs/1703.00564; Bemis and Murcko, 1996,
        https://doi.org/10.1021/jm9602928.
    """
    if len(fractions) != 3 or min(fractions) < 0 or not np.isclose(sum(fractions), 1):
        raise ValueError(
            f"fractions must be three shares that sum to 1. Received: fractions={fractions}"
        )
    groups = collections.defaultdict(list)
    for number, molecule in enumerate(smiles):
        groups[_scaffold(molecule, include_chirality)].append(number)
    ordered = sorted(groups.values(), key=lambda group: (len(group), group[0]), reverse=True)
    train_size = fractions[0] * len(smiles)
    train_and_validation_size = (fractions[0] + fractions[1]) * len(smiles)
    train, validation, test = [], [], []
    for group in ordered:
        if len(train) + len(group) <= train_size:
            train += group
        elif len(train) + len(validation) + len(group) <= train_and_validation_size:
            validation += group
        else:
            test += group
    parts = {"train": train, "validation": validation, "test": test}
    return {part: np.sort(np.array(numbers, np.int64)) for part, numbers in parts.items()}


def _scaffold(molecule, include_chirality):
    parsed = parse_molecule(molecule) if isinstance(molecule, str) else molecule
    if parsed is None:
        raise ValueError(
            f"smiles must hold molecules that RDKit can parse. Leave out: {molecule!r}"
        )
    from rdkit import Chem

    skeleton = Chem.MurckoDecompose(parsed)
    skeleton.ClearComputedProps()
    # Not strict: rings through a metal with unusual valences have scaffolds too.
    skeleton.UpdatePropertyCache(strict=False)
    return Chem.MolToSmiles(skeleton, isomericSmiles=include_chirality)
