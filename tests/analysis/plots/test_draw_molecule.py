import numpy as np

from keras_gt.analysis.plots import draw_molecule
from keras_gt.graph import Graph


def test_a_smiles_string_is_laid_out_with_its_bonds():
    inputs = Graph.from_smiles("CC(=O)Cl").inputs()
    axes = draw_molecule("CC(=O)Cl", inputs, np.ones((1, 6, 2)))
    assert [text.get_text() for text in axes.texts] == ["C", "C", "O", "Cl"]
    assert len(axes.lines) == 3 and len(axes.patches) == 6
    places = axes.collections[0].get_offsets()
    np.testing.assert_allclose(axes.lines[2].get_xydata(), places[[1, 3]])
    lengths = [np.linalg.norm(np.diff(line.get_xydata(), axis=0)) for line in axes.lines]
    np.testing.assert_allclose(lengths, 1.5, atol=0.2)
    colours = axes.collections[0].get_facecolors()
    assert np.array_equal(colours[0], colours[1]) and len(np.unique(colours, axis=0)) == 3


def test_symbols_are_drawn_without_rdkit():
    inputs = Graph(2, [0, 1], [1, 0]).inputs()
    axes = draw_molecule(["C", "N"], inputs, np.ones((1, 2, 1)))
    assert [text.get_text() for text in axes.texts] == ["C", "N"] and not axes.lines
