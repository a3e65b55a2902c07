import numpy as np
import pytest

from keras_gt.datasets import scaffold_split

# Scaffolds: benzene (0, 1, 2, 5), none (3, 6), cyclohexane (4), pyridine (7), naphthalene (8, 9).
SMILES = [
    "c1ccccc1C", "Oc1ccccc1", "Nc1ccccc1", "CCO", "OC1CCCCC1",
    "Clc1ccccc1", "CCC", "c1ccncc1", "c1ccc2ccccc2c1C", "Oc1ccc2ccccc2c1",
]  # fmt: skip


def test_scaffolds_stay_together_largest_first():
    parts = scaffold_split(SMILES, fractions=(0.6, 0.2, 0.2))
    # Groups by size, equal sizes by their first molecule, last first:
    # benzene 4, naphthalene 2 -> training is full; none 2 -> validation; pyridine, cyclohexane.
    assert {part: numbers.tolist() for part, numbers in parts.items()} == {
        "train": [0, 1, 2, 5, 8, 9],
        "validation": [3, 6],
        "test": [4, 7],
    }


def test_a_small_group_fills_the_room_that_is_left():
    parts = scaffold_split(SMILES, fractions=(0.5, 0.2, 0.3))
    assert parts["train"].tolist() == [0, 1, 2, 5, 7]
    assert parts["validation"].tolist() == [8, 9]
    assert parts["test"].tolist() == [3, 4, 6]


def test_chirality_tells_mirror_images_apart():
    mirrored = ["C1CC[C@H]2CCCC[C@@H]2C1", "C1CC[C@H]2CCCC[C@H]2C1"]
    together = scaffold_split(mirrored, fractions=(0.5, 0.0, 0.5))
    assert together["test"].tolist() == [0, 1]
    apart = scaffold_split(mirrored, fractions=(0.5, 0.0, 0.5), include_chirality=True)
    assert apart["train"].tolist() == [1] and apart["test"].tolist() == [0]


def test_parsed_molecules_split_like_their_smiles():
    from rdkit import Chem

    parsed = [Chem.MolFromSmiles(smiles) for smiles in SMILES]
    for first, second in zip(
        scaffold_split(parsed).values(), scaffold_split(SMILES).values(), strict=True
    ):
        np.testing.assert_array_equal(first, second)


def test_rings_through_a_metal_have_a_scaffold():
    oxalate = "O=C1O[Al]23(OC1=O)(OC(=O)C(=O)O2)OC(=O)C(=O)O3"
    parts = scaffold_split([oxalate, "CCO", oxalate], fractions=(0.7, 0.0, 0.3))
    assert parts["train"].tolist() == [0, 2] and parts["test"].tolist() == [1]


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="smiles must hold molecules that RDKit can parse"):
        scaffold_split(["CCO", "c1ccc"])
    with pytest.raises(ValueError, match="fractions must be three shares that sum to 1"):
        scaffold_split(SMILES, fractions=(0.8, 0.1))
