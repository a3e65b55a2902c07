"""Who may read whom: functions that return edges as (senders, receivers)."""

from keras_gt.graph.builders.binary_partition import binary_partition as binary_partition
from keras_gt.graph.builders.binary_partition import (
    binary_partition_spans as binary_partition_spans,
)
from keras_gt.graph.builders.expander import expander as expander
from keras_gt.graph.builders.lsh_buckets import hash_buckets as hash_buckets
from keras_gt.graph.builders.lsh_buckets import lsh_buckets as lsh_buckets
from keras_gt.graph.builders.nearest_neighbours import nearest_neighbours as nearest_neighbours
from keras_gt.graph.builders.random_window_hub import random_window_hub as random_window_hub
from keras_gt.graph.builders.sequences import causal as causal
from keras_gt.graph.builders.sequences import causal_memory as causal_memory
from keras_gt.graph.builders.sequences import complete as complete
from keras_gt.graph.builders.sequences import window as window
from keras_gt.graph.builders.sequences import window_hub as window_hub
from keras_gt.graph.builders.sparse_transformer import fixed as fixed
from keras_gt.graph.builders.sparse_transformer import strided as strided
