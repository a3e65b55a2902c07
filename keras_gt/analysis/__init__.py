"""What a trained model attends to."""

from keras_gt.analysis import plots as plots
from keras_gt.analysis import probes as probes
from keras_gt.analysis import pruning as pruning
from keras_gt.analysis import sparsify as sparsify
from keras_gt.analysis.attention_matrices import attention_matrices as attention_matrices
from keras_gt.analysis.attention_scores import attention_scores as attention_scores
from keras_gt.analysis.draw_attention import draw_attention as draw_attention
