"""GraphGPS' block, written from the paper and its authors' code in float64 NumPy."""

import numpy as np

from tests.references.numpy_layers import Row, below, feed_forward, multi_head_attention


def global_local_block(weights, row, local, norm, heads=None, size=None, attention=None):
    """The nodes, and the edges where the local layer updates them; then what else attention gives.

    local: function (weights, row) of the local layer; all nodes of the row are one graph.
    attention: function of the weights of the attention; None for dot products over all pairs.
    """
    num_nodes = len(row.nodes)

    def normed(name, x):
        return norm(below(weights, name), x)

    def relu(x):
        return np.maximum(x, 0)

    update, edges = local(below(weights, "local"), row), None
    if isinstance(update, tuple):
        update, edge_update = update
        update = relu(normed("node_update_norm", update))
        edges = row.edges + relu(normed("edge_update_norm", edge_update))
    if attention is None:
        receivers, senders = np.divmod(np.arange(num_nodes**2), num_nodes)
        everybody = Row(row.nodes, senders.tolist(), receivers.tolist())
        attended = multi_head_attention(below(weights, "attention"), everybody, heads, size)
    else:
        attended = attention(below(weights, "attention"))
    attended, *others = attended if isinstance(attended, tuple) else (attended,)
    out = normed("local_norm", row.nodes + update)
    out = out + normed("attention_norm", row.nodes + attended)
    out = normed("feed_forward_norm", out + feed_forward(below(weights, "feed_forward"), out))
    return (out, *others) if edges is None else (out, edges, *others)
