"""What attention has to do with syntax, and with what the model does."""

from keras_gt.analysis.probes.best_heads import best_heads as best_heads
from keras_gt.analysis.probes.best_tree import best_tree as best_tree
from keras_gt.analysis.probes.bootstrap_interval import bootstrap_interval as bootstrap_interval
from keras_gt.analysis.probes.edge_effects import edge_effects as edge_effects
from keras_gt.analysis.probes.relation_hits import relation_hits as relation_hits
from keras_gt.analysis.probes.spanning_tree import spanning_tree as spanning_tree
from keras_gt.analysis.probes.tree_hits import tree_hits as tree_hits
from keras_gt.analysis.probes.word_attention import word_attention as word_attention
