import numpy as np

from keras_gt.analysis.attention_matrices import attention_matrices
from keras_gt.analysis.attention_scores import attention_model
from keras_gt.graph import sort_by_receiver
from keras_gt.graph.transforms.edges import select_edges


def keep_strongest(model, count):
    """A builder that keeps the edges each node reads most, as the model itself attends.

    The attention of all edges is computed first, so this finds out which edges matter; it saves
    no work by itself. An edge counts by its mean weight over all heads and layers.

    Args:
        model: the backbone or task whose attention ranks the edges.
        count: int, how many edges into each node stay.

    Returns:
        A function from a `Graph` that the model reads to `Graph`, sorted by receiver.

    Raises:
        ValueError: if the model does not attend, or count is less than 1.

    Example:
        >>> import keras_gt, numpy as np
        >>> senders, receivers = keras_gt.graph.complete(4)
        >>> graph = keras_gt.graph.Graph(4, senders, receivers, node_features=np.eye(4))
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=1, num_heads=2)
        >>> keras_gt.analysis.sparsify.keep_strongest(backbone, 1)(graph).num_edges
        4
    """
    if count < 1:
        raise ValueError(
            f"count must be at least 1. Give each node an edge to read. Received: count={count}"
        )
    scorer, _ = attention_model(model)

    def build(graph):
        graph = sort_by_receiver(graph)
        inputs = graph.inputs()
        scores = scorer.predict_on_batch(inputs).values()
        weights = sum(_by_edge(graph, inputs, np.asarray(score)) for score in scores)
        order = np.lexsort((-weights, graph.receivers))
        starts = np.searchsorted(graph.receivers, graph.receivers)  # first edge of each receiver
        kept = np.zeros(graph.num_edges, bool)
        kept[order] = np.arange(graph.num_edges) - starts < count
        return select_edges(graph, kept)

    return build


def _by_edge(graph, inputs, score):
    """(E,) mean weight over the heads of one layer for the sorted edges of the graph."""
    if score.ndim == 3:
        return score[0].mean(axis=-1)
    matrix = attention_matrices(inputs, score).mean(axis=0)[-graph.num_nodes :, -graph.num_nodes :]
    return matrix[graph.receivers, graph.senders]
