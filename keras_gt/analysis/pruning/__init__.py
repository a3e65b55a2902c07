"""Which heads of a trained model matter, and the model without the others."""

from keras_gt.analysis.pruning.choose_heads import choose_heads as choose_heads
from keras_gt.analysis.pruning.compare_cost import compare_cost as compare_cost
from keras_gt.analysis.pruning.head_importance import head_importance as head_importance
from keras_gt.analysis.pruning.remove_heads import gate_heads as gate_heads
from keras_gt.analysis.pruning.remove_heads import remove_heads as remove_heads
