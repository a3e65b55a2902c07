"""What the structure of a graph says about a node or a pair of nodes."""

from keras_gt.graph.encodings.degrees import degrees as degrees
from keras_gt.graph.encodings.hops import hop_features as hop_features
from keras_gt.graph.encodings.laplacian import laplacian_eigenvalues as laplacian_eigenvalues
from keras_gt.graph.encodings.laplacian import laplacian_eigenvectors as laplacian_eigenvectors
from keras_gt.graph.encodings.random_walks import random_walk_pairs as random_walk_pairs
from keras_gt.graph.encodings.random_walks import (
    random_walk_probabilities as random_walk_probabilities,
)
from keras_gt.graph.encodings.shortest_paths import (
    shortest_path_distances as shortest_path_distances,
)
from keras_gt.graph.encodings.shortest_paths import shortest_path_edges as shortest_path_edges
from keras_gt.graph.encodings.shortest_paths import (
    shortest_path_features as shortest_path_features,
)
