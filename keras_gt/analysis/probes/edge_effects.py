import numpy as np

from keras_gt.analysis.attention_matrices import attention_matrices
from keras_gt.analysis.attention_scores import attention_scores
from keras_gt.analysis.loading import preprocessed_loader
from keras_gt.graph.transforms.edges import select_edges


def edge_effects(model, graph, batch_size=32):
    """What the model does without each edge, beside the attention that the edge has.

    A weight is no explanation: what a node reads strongly may carry nothing, and what it reads
    weakly may decide. Here each edge is taken out by itself and the prediction is made again; the
    effect of the edge is how far the prediction moves, in the Euclidean norm.

    Args:
        model: a task whose backbone reads edge lists.
        graph: a `Graph`, or what else the task's preprocessor reads, with at least one edge.
        batch_size: int, graphs a batch.

    Returns:
        Dictionary of `senders`, `receivers` (E,), `attention` (E,), the mean weight over heads and
        layers, `effects` (E,), and `rank_correlation`, Spearman's between the last two: a float,
        0 where all weights are the same, or all effects but for rounding.

    Raises:
        ValueError: if the graph has no edge, or the model no attention.

    Example:
        >>> import keras_gt, numpy as np
        >>> from keras_gt.analysis import probes
        >>> graph = keras_gt.graph.Graph(3, [0, 1, 2], [1, 1, 0], node_features=np.eye(3))
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 3}, 8, num_layers=1, num_heads=2)
        >>> found = probes.edge_effects(keras_gt.models.GraphRegressor(backbone), graph)
        >>> found["effects"].shape
        (3,)

    Reference:
        Jain and Wallace, Attention is not Explanation, 2019, https://arxiv.org/abs/1902.10186.
        Pruthi et al., Learning to Deceive with Attention-Based Explanations, 2020,
        https://arxiv.org/abs/1909.07913.
    """
    (graph,) = model.preprocess([graph])
    if not graph.num_edges:
        raise ValueError("graph must have an edge to take out. Received: a graph without edges")
    everything = np.arange(graph.num_edges)
    graphs = [graph, *(select_edges(graph, everything != edge) for edge in everything)]
    loader = preprocessed_loader(model, graphs, batch_size, max_shapes=1, round_sizes=True)
    predictions = model.predict(loader)
    flat = np.stack([np.asarray(prediction, float).reshape(-1) for prediction in predictions])
    effects = np.linalg.norm(flat[1:] - flat[0], axis=1)
    inputs = graph.inputs()
    layers = attention_scores(model, inputs).values()
    matrix = sum(attention_matrices(inputs, layer).mean(axis=0) for layer in layers) / len(layers)
    weights = matrix[-graph.num_nodes :, -graph.num_nodes :][graph.receivers, graph.senders]
    return {
        "senders": graph.senders,
        "receivers": graph.receivers,
        "attention": weights,
        "effects": effects,
        "rank_correlation": _rank_correlation(weights, effects, 1e-5 * np.abs(flat).max()),
    }


def _rank_correlation(weights, effects, rounding):
    """Spearman's, or 0 where all weights are the same or effects differ by rounding alone."""
    from scipy.stats import spearmanr

    if np.ptp(weights) == 0 or np.ptp(effects) <= rounding:
        return 0.0
    return float(spearmanr(weights, effects).statistic)
