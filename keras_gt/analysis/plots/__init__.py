"""Pictures of attention: on a graph, a sentence or a molecule, of all heads, and as a page."""

from keras_gt.analysis.draw_attention import draw_attention as draw_attention
from keras_gt.analysis.plots.draw_heads import draw_heads as draw_heads
from keras_gt.analysis.plots.draw_matrix import draw_matrix as draw_matrix
from keras_gt.analysis.plots.draw_molecule import draw_molecule as draw_molecule
from keras_gt.analysis.plots.draw_sentence import draw_sentence as draw_sentence
from keras_gt.analysis.plots.write_page import write_page as write_page
