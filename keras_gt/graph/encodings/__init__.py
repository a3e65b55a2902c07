"""What the structure of a graph says about a node or a pair of nodes."""

from keras_gt.graph.encodings.degrees import degrees as degrees
from keras_gt.graph.encodings.laplacian import laplacian_eigenvectors as laplacian_eigenvectors
from keras_gt.graph.encodings.random_walks import (
    random_walk_probabilities as random_walk_probabilities,
)
from keras_gt.graph.encodings.shortest_paths import (
    shortest_path_distances as shortest_path_distances,
)
