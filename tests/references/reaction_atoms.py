"""Which atom of a product was which atom of a reactant, read off one attention head.

Attention between atoms of product and reactants, both ways, of the same element: the surest pair
is mapped first; then pairs of its neighbours count 90 times as much, and so on. The confidence is
the product of the shares that the mapped pairs have in their rows.

Schwaller et al., Extraction of organic chemistry grammar from unsupervised learning of chemical
reactions, 2021, https://doi.org/10.1126/sciadv.abe4166.
"""

import re

import numpy as np
import tokenizers
from rdkit import Chem

# brackets, two-letter elements, elements, aromatic atoms, bonds, branches, rings, the arrow
_TOKEN = (
    r"\[[^\]]+\]|Br?|Cl?|N|O|S|P|F|I|b|c|n|o|s|p|\(|\)|\.|=|#|-|\+|\\|/|:|~|@|\?|>>?|\*|\$|%[0-9]{2}"
    r"|[0-9]"
)
NEIGHBOURS_COUNT = 90.0


def smiles_tokenizer(vocabulary):
    """A `tokenizers.Tokenizer` of reaction SMILES, from the path of a vocab.txt."""
    words = vocabulary.read_text(encoding="utf-8").splitlines()
    numbers = {word: index for index, word in enumerate(words)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(numbers, unk_token="[UNK]"))
    pattern = tokenizers.Regex(_TOKEN)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(pattern, "isolated")
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(word, numbers[word]) for word in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def canonical(reaction):
    """The reaction with canonical molecules in alphabetical order."""
    sides = [side.split(".") for side in reaction.split(">>")]
    molecules = [[Chem.MolToSmiles(Chem.MolFromSmiles(one)) for one in side] for side in sides]
    return ">>".join(".".join(sorted(side)) for side in molecules)


def parsed(side):
    """The molecules of one side of a reaction as they stand there, valences unchecked."""
    molecules = [Chem.MolFromSmiles(one, sanitize=False) for one in side.split(".")]
    for molecule in molecules:
        molecule.UpdatePropertyCache(strict=False)
    return molecules


def atoms_of(molecules):
    """(atomic numbers (A,), adjacency (A, A)) of molecules side by side."""
    numbers = [atom.GetAtomicNum() for molecule in molecules for atom in molecule.GetAtoms()]
    bonds = np.zeros((len(numbers), len(numbers)), bool)
    start = 0
    for molecule in molecules:
        end = start + molecule.GetNumAtoms()
        bonds[start:end, start:end] = Chem.GetAdjacencyMatrix(molecule)
        start = end
    return np.array(numbers), bonds


def map_atoms(reaction, attention):
    """Maps the atoms of a reaction.

    Args:
        reaction: str, canonical reaction SMILES.
        attention: (N, N) array of one head, [CLS] and [SEP] included.

    Returns:
        Tuple of the mapped reaction SMILES and the confidence.
    """
    tokens = ["[CLS]", *re.findall(_TOKEN, reaction), "[SEP]"]
    arrow = tokens.index(">>")
    atoms = np.array([bool(re.match(r"\[[^CS]|\[[CS][^LE]|[A-Za-z*]", token)) for token in tokens])
    atoms[[0, -1]] = False
    places = np.arange(len(tokens))
    reactant, product = places[atoms & (places < arrow)], places[atoms & (places > arrow)]
    sides = [parsed(side) for side in reaction.split(">>")]
    (elements, bonds), (product_elements, product_bonds) = map(atoms_of, sides)
    attention = np.asarray(attention, "float64")
    both = attention[np.ix_(product, reactant)] + attention[np.ix_(reactant, product)].T
    both = both * (product_elements[:, None] == elements[None])
    factor, found, confidence = np.ones_like(both), np.full(len(product), -1), 1.0
    for _ in product:
        weighted = both * factor
        totals = weighted.sum(axis=1, keepdims=True)
        shares = np.divide(weighted, totals, out=np.zeros_like(weighted), where=totals != 0)
        one, other = np.unravel_index(shares.argmax(), shares.shape)
        if np.isclose(shares[one, other], 0):
            break
        confidence *= shares[one, other]
        found[one] = other
        factor[np.ix_(product_bonds[one], bonds[other])] *= NEIGHBOURS_COUNT
        factor[one], factor[:, other] = 0, 0
    return _written(sides, found), confidence


def _written(sides, found):
    """The reaction SMILES with the numbers of the product's atoms, from 1."""
    numbers = ({reactant: atom for atom, reactant in enumerate(found) if reactant >= 0}, None)
    for molecules, known in zip(sides, numbers, strict=True):
        atoms = [atom for molecule in molecules for atom in molecule.GetAtoms()]
        for place, atom in enumerate(atoms):
            number = place if known is None else known.get(place)
            if number is not None:
                atom.SetAtomMapNum(int(number) + 1)
    return ">>".join(".".join(map(Chem.MolToSmiles, molecules)) for molecules in sides)
