import numpy as np


def attention_matrices(inputs, scores):
    """One layer's attention on one graph as a matrix for each head.

    Entry [h, i, j] is what node i takes from node j in head h; edges that are stored twice add
    up, and what is no edge has 0. Padding is cut off. Scores over dense pairs may have nodes that
    the graph has not, such as virtual nodes: they stay, first, as in the scores.

    Args:
        inputs: dictionary with one row of arrays, such as `Graph.inputs()`: `senders` and
            `receivers` where the scores are aligned to edges, and optional `edge_mask` and
            `node_mask`.
        scores: (1, E, H) or (1, H, N, N) array, one entry of `attention_scores`.

    Returns:
        (H, N, N) NumPy array.

    Raises:
        ValueError: if the scores have more than one row, or belong to other inputs.

    Example:
        >>> import keras_gt, numpy as np
        >>> inputs = keras_gt.graph.Graph(2, [0, 1], [1, 0]).inputs()
        >>> scores = np.array([[[0.25], [1.0]]])
        >>> keras_gt.analysis.attention_matrices(inputs, scores)[0]
        array([[0.  , 0.25],
               [1.  , 0.  ]])
    """
    scores = np.asarray(scores)
    if scores.ndim not in (3, 4) or scores.shape[0] != 1:
        raise ValueError(
            "scores must be those of one layer on one graph, (1, E, H) or (1, H, N, N). Compute "
            f"them on one graph. Received: shape {scores.shape}"
        )
    if scores.ndim == 4:
        return _without_padding(scores[0], inputs.get("node_mask"))
    senders, receivers = (np.asarray(inputs[name])[0] for name in ("senders", "receivers"))
    if len(senders) != scores.shape[1]:
        raise ValueError(
            "scores must be aligned to the edges of inputs. Compute them with attention_scores on "
            f"the same inputs. Received: {scores.shape[1]} scores for {len(senders)} edges"
        )
    num_nodes = node_count(inputs)
    mask = inputs.get("edge_mask")
    real = np.ones(len(senders), bool) if mask is None else np.asarray(mask)[0].astype(bool)
    matrices = np.zeros((scores.shape[2], num_nodes, num_nodes), scores.dtype)
    for head, matrix in enumerate(matrices):
        np.add.at(matrix, (receivers[real], senders[real]), scores[0, real, head])
    return matrices


def node_count(inputs):
    """How many real nodes the one row of `inputs` has."""
    if inputs.get("node_mask") is not None:
        return int(np.asarray(inputs["node_mask"])[0].sum())
    for name in ("node_features", "feature_ids"):
        if inputs.get(name) is not None:
            return np.asarray(inputs[name]).shape[1]
    return int(max(np.max(inputs["senders"]), np.max(inputs["receivers"]))) + 1


def _without_padding(matrices, node_mask):
    if node_mask is None:
        return matrices
    real = np.asarray(node_mask)[0].astype(bool)
    extra = matrices.shape[-1] - len(real)
    if extra < 0:
        raise ValueError(
            "scores must be of the nodes of inputs. Compute them with attention_scores on the same "
            f"inputs. Received: {matrices.shape[-1]} nodes in scores, {len(real)} in inputs"
        )
    kept = np.flatnonzero(np.concatenate([np.ones(extra, bool), real]))
    return matrices[:, kept][:, :, kept]
