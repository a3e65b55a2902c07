"""One meaning on every backend for the operations that graphs need."""

from keras_gt.ops.clipped_exponential import clipped_exponential as clipped_exponential
from keras_gt.ops.conditional_attention import conditional_attention as conditional_attention
from keras_gt.ops.dense_edges import DenseEdges as DenseEdges
from keras_gt.ops.edge_set import EdgeSet as EdgeSet
from keras_gt.ops.edge_sets import resolve_edges as resolve_edges
from keras_gt.ops.gelu import gelu as gelu
from keras_gt.ops.linear_attention import linear_attention as linear_attention
from keras_gt.ops.node_groups import NodeGroups as NodeGroups
from keras_gt.ops.pairs import pair_sum as pair_sum
from keras_gt.ops.rows import batch_norm as batch_norm
from keras_gt.ops.rows import batch_norm_by as batch_norm_by
from keras_gt.ops.rows import divide_rows as divide_rows
from keras_gt.ops.rows import dropout as dropout
from keras_gt.ops.rows import embedding_bag as embedding_bag
from keras_gt.ops.rows import gather_rows as gather_rows
from keras_gt.ops.rows import linears as linears
from keras_gt.ops.rows import made_once as made_once
from keras_gt.ops.rows import rectified_layers as rectified_layers
from keras_gt.ops.rows import reshape as reshape
from keras_gt.ops.rows import unit_rows as unit_rows
from keras_gt.ops.segments import segment_max as segment_max
from keras_gt.ops.segments import segment_mean as segment_mean
from keras_gt.ops.segments import segment_softmax as segment_softmax
from keras_gt.ops.segments import segment_sum as segment_sum
from keras_gt.ops.source_edges import SourceEdges as SourceEdges
from keras_gt.ops.sparse_edges import SparseEdges as SparseEdges
