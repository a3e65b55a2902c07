"""Graphs in memory: checked, converted, transformed, encoded and batched with NumPy and SciPy."""

from keras_gt.graph import builders as builders
from keras_gt.graph import encodings as encodings
from keras_gt.graph.batching import batch_graphs as batch_graphs
from keras_gt.graph.builders import causal as causal
from keras_gt.graph.builders import complete as complete
from keras_gt.graph.builders import nearest_neighbours as nearest_neighbours
from keras_gt.graph.builders import window as window
from keras_gt.graph.builders import window_hub as window_hub
from keras_gt.graph.conversions import ATOM_FEATURE_SIZES as ATOM_FEATURE_SIZES
from keras_gt.graph.conversions import BOND_FEATURE_SIZES as BOND_FEATURE_SIZES
from keras_gt.graph.encodings import degrees as degrees
from keras_gt.graph.encodings import laplacian_eigenvectors as laplacian_eigenvectors
from keras_gt.graph.encodings import random_walk_probabilities as random_walk_probabilities
from keras_gt.graph.encodings import shortest_path_distances as shortest_path_distances
from keras_gt.graph.graph import Graph as Graph
from keras_gt.graph.graph_store import GraphStore as GraphStore
from keras_gt.graph.packing import Budget as Budget
from keras_gt.graph.placement import Placement as Placement
from keras_gt.graph.plan import plan_edges as plan_edges
from keras_gt.graph.transforms import add_self_loops as add_self_loops
from keras_gt.graph.transforms import normalise_gcn as normalise_gcn
from keras_gt.graph.transforms import row_normalise as row_normalise
from keras_gt.graph.transforms import sort_by_receiver as sort_by_receiver
from keras_gt.graph.transforms import subgraph as subgraph
from keras_gt.graph.transforms import symmetrise as symmetrise
from keras_gt.graph.transforms import to_bag_of_words as to_bag_of_words
