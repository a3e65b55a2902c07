"""Benchmark data sets: registry, cached download, parsers of the original files, splits."""

from keras_gt.datasets.dataset_info import DatasetInfo as DatasetInfo
from keras_gt.datasets.encoded_graphs import encode_graphs as encode_graphs
from keras_gt.datasets.fetch import cache_directory as cache_directory
from keras_gt.datasets.file_record import FileRecord as FileRecord
from keras_gt.datasets.graph_dataset import GraphDataset as GraphDataset
from keras_gt.datasets.loading import load as load
from keras_gt.datasets.node_dataset import NodeDataset as NodeDataset
from keras_gt.datasets.random_splits import random_folds as random_folds
from keras_gt.datasets.random_splits import random_node_split as random_node_split
from keras_gt.datasets.refused_pickle_error import RefusedPickleError as RefusedPickleError
from keras_gt.datasets.registry import info as info
from keras_gt.datasets.registry import names as names
from keras_gt.datasets.scaffold_split import scaffold_split as scaffold_split
from keras_gt.datasets.split_dataset import SplitDataset as SplitDataset
from keras_gt.datasets.text_dataset import TextDataset as TextDataset
