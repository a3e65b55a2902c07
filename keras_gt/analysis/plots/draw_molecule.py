import numpy as np

from keras_gt.analysis.draw_attention import draw_attention
from keras_gt.graph.conversions.extras import import_extra
from keras_gt.graph.smiles import molecule_from_smiles

_COLOURS = {"C": "#ecf0f1", "N": "#aec7e8", "O": "#f4b6b0", "S": "#f6e3a1", "P": "#f5cba7"}
_HALOGEN = "#c8e6c0"
_OTHER = "#e3d7ee"


def draw_molecule(molecule, inputs, scores, axes=None):
    """Draws the attention of a model on a molecule along its bonds, as `draw_attention` does.

    A SMILES string is laid out by RDKit (the `[chem]` extra), its bonds as lines under the
    arrows. A list of element symbols, one for each node, is drawn without RDKit, with the layout
    of any graph. Needs the `[viz]` extra.

    Args:
        molecule: SMILES str, or list of N str such as ["C", "C", "O"].
        inputs: dictionary with one row, `Graph.inputs()` of the molecule's graph.
        scores: (1, E, H) array or a list of them, as `attention_scores` returns them.
        axes: matplotlib axes to draw into; None makes a figure.

    Returns:
        The matplotlib axes.

    Raises:
        ValueError: if the string is no molecule or the scores are not aligned to the edges.

    Example:
        >>> import keras_gt, numpy as np
        >>> graph = keras_gt.graph.Graph(3, [0, 1, 1, 2], [1, 0, 2, 1])
        >>> axes = keras_gt.analysis.plots.draw_molecule(
        ...     ["C", "C", "O"], graph.inputs(), np.ones((1, 4, 2))
        ... )
        >>> [text.get_text() for text in axes.texts]
        ['C', 'C', 'O']
    """
    symbols, positions, bonds = molecule, None, ()
    if isinstance(molecule, str):
        symbols, positions, bonds = _laid_out(molecule)
    axes = draw_attention(
        inputs,
        scores,
        positions=positions,
        labels=symbols,
        colours=[_colour(symbol) for symbol in symbols],
        axes=axes,
    )
    for ends in bonds:
        axes.plot(*positions[list(ends)].T, color="#95a5a6", linewidth=1.2, zorder=0)
    return axes


def _laid_out(smiles):
    """(symbols, (N, 2) positions, pairs of bonded atoms) in RDKit's order of the atoms."""
    molecule = molecule_from_smiles(smiles)
    import_extra("rdkit.Chem.rdDepictor", "chem").Compute2DCoords(molecule)
    positions = np.array(molecule.GetConformer().GetPositions())[:, :2]
    bonds = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds()]
    return [atom.GetSymbol() for atom in molecule.GetAtoms()], positions, bonds


def _colour(symbol):
    return _HALOGEN if symbol in ("F", "Cl", "Br", "I") else _COLOURS.get(symbol, _OTHER)
