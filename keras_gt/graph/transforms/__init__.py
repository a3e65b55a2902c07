"""Functions from graph to graph, and the sparse form of features."""

from keras_gt.graph.transforms.edges import add_self_loops as add_self_loops
from keras_gt.graph.transforms.edges import normalise_gcn as normalise_gcn
from keras_gt.graph.transforms.edges import sort_by_receiver as sort_by_receiver
from keras_gt.graph.transforms.edges import subgraph as subgraph
from keras_gt.graph.transforms.edges import symmetrise as symmetrise
from keras_gt.graph.transforms.expander_edges import add_expander_edges as add_expander_edges
from keras_gt.graph.transforms.features import row_normalise as row_normalise
from keras_gt.graph.transforms.features import to_bag_of_words as to_bag_of_words
from keras_gt.graph.transforms.neighbourhood import neighbourhood as neighbourhood
from keras_gt.graph.transforms.virtual_node import add_virtual_node as add_virtual_node
