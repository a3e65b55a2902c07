import numpy as np

_NODE_COLOUR = "#dce6f2"
_EDGE_COLOUR = "#c0392b"


def spring_layout(senders, receivers, num_nodes):
    """(N, 2) places of the nodes, the same each time. Needs networkx, of the `[viz]` extra."""
    import networkx

    network = networkx.Graph()
    network.add_nodes_from(range(num_nodes))
    network.add_edges_from(zip(senders.tolist(), receivers.tolist(), strict=True))
    positions = networkx.spring_layout(network, seed=0)
    return np.array([positions[node] for node in range(num_nodes)])


def draw_attention(inputs, scores, positions=None, labels=None, colours=None, axes=None):
    """Draws one graph with an arrow along each edge, as dark as the attention it carries.

    An arrow goes from the node that is read to the node that reads it. It shows the weight as a
    multiple of an even share among all edges into that node: else a node that reads one other
    alone, whose weight is 1 whatever the model learned, would be the darkest. Self-loops are not
    drawn. Needs the `[viz]` extra.

    Args:
        inputs: dictionary with one row of `senders`, `receivers`, and optional `edge_mask` and
            `node_mask`, such as `Graph.inputs()`.
        scores: (1, E, H) array or a list of them, as `attention_scores` returns them for the same
            inputs; the mean over heads and layers is drawn.
        positions: (N, 2) array, where the nodes go; None for a spring layout.
        labels: list of N str, written into the nodes; None writes their numbers.
        colours: list of N colours of the nodes, or None.
        axes: matplotlib axes to draw into; None makes a figure.

    Returns:
        The matplotlib axes.

    Raises:
        ValueError: if the scores are not aligned to the edges.

    Example:
        >>> import keras_gt, numpy as np
        >>> graph = keras_gt.graph.Graph(3, [0, 1, 2], [1, 2, 0])
        >>> axes = keras_gt.analysis.draw_attention(graph.inputs(), np.ones((1, 3, 1)))
        >>> len(axes.patches)
        3
    """
    from matplotlib import pyplot
    from matplotlib.patches import FancyArrowPatch

    senders, receivers = np.asarray(inputs["senders"])[0], np.asarray(inputs["receivers"])[0]
    several = [scores] if hasattr(scores, "shape") else list(scores)
    for score in several:
        if score.ndim != 3 or score.shape[:2] != (1, len(senders)):
            raise ValueError(
                "scores must be aligned to the edges, (1, E, H). Compute them with "
                f"attention_scores on the same inputs. Received: shape {score.shape} for "
                f"{len(senders)} edges"
            )
    weights = np.mean([score[0].mean(-1) for score in several], axis=0)  # (E,)
    node_mask = inputs.get("node_mask")
    num_nodes = max(senders.max(), receivers.max()) + 1 if node_mask is None else node_mask[0].sum()
    if positions is None:
        positions = spring_layout(senders, receivers, num_nodes)
    mask = inputs.get("edge_mask")
    real = np.ones(len(senders), bool) if mask is None else np.asarray(mask)[0]
    drawn = real & (senders != receivers)
    weights = weights * np.bincount(receivers[real], minlength=num_nodes)[receivers]
    if axes is None:
        axes = pyplot.subplots(figsize=(7, 5))[1]
    strongest = weights[drawn].max(initial=1e-9)
    for edge in np.flatnonzero(drawn):
        share = weights[edge] / strongest
        arrow = FancyArrowPatch(
            positions[senders[edge]],
            positions[receivers[edge]],
            arrowstyle="-|>",
            mutation_scale=8 + 6 * share,
            connectionstyle="arc3,rad=0.12",
            shrinkA=9,
            shrinkB=9,
            linewidth=0.4 + 2.6 * share,
            color=_EDGE_COLOUR,
            alpha=0.12 + 0.88 * share,
        )
        axes.add_patch(arrow)
    axes.scatter(
        *np.asarray(positions).T,
        s=260,
        c=colours if colours is not None else _NODE_COLOUR,
        edgecolors="#34495e",
        linewidths=0.8,
        zorder=3,
    )
    for node, label in enumerate(range(num_nodes) if labels is None else labels):
        axes.annotate(str(label), positions[node], ha="center", va="center", fontsize=8, zorder=4)
    axes.set_aspect("equal")
    axes.margins(0.1)
    axes.axis("off")
    return axes
