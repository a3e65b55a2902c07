"""One batch of a few graphs, with budgets."""

import numpy as np

from keras_gt.graph.graph_store import GraphStore


def batch_graphs(graphs, *, num_nodes=None, num_edges=None, num_graphs=None, rows=1):
    """Lay graphs side by side in the rows of one batch.

    Graph i goes to slot i % G of row i // G, with G = `num_graphs`. Use
    `keras_gt.loaders.GraphLoader` for a data set: it keeps to a few sizes and balances rows.

    Args:
        graphs: sequence of `Graph` that carry the same arrays.
        num_nodes: int, nodes N of a row; the most that a row needs when not given.
        num_edges: int, edges E of a row; the most that a row needs when not given.
        num_graphs: int, graph slots G of a row; as many as needed when not given.
        rows: int, rows R of the batch.

    Returns:
        Dictionary of arrays with the leading axis R, as `GraphStore.batch` gives it.

    Raises:
        ValueError: if there is no graph, the graphs do not fit the budgets, or they carry
            different arrays.

    Example:

    >>> from keras_gt.graph import Graph, batch_graphs
    >>> pair = [Graph(2, [0, 1], [1, 0]), Graph(1, [], [])]
    >>> batch = batch_graphs(pair, num_nodes=4, num_edges=3, num_graphs=2)
    >>> batch["graph_ids"].tolist(), batch["node_mask"].tolist()
    ([[0, 0, 1, 1]], [[True, True, True, False]])
    """
    store = GraphStore(graphs)
    num_graphs = -(-store.num_graphs // rows) if num_graphs is None else num_graphs
    if store.num_graphs > rows * num_graphs:
        raise ValueError(
            "graphs must fit the budget of rows x num_graphs. Raise num_graphs or rows. Received: "
            f"{store.num_graphs} graphs, rows={rows}, num_graphs={num_graphs}"
        )
    slots = np.full(rows * num_graphs, -1)
    slots[: store.num_graphs] = np.arange(store.num_graphs)
    slots = slots.reshape(rows, num_graphs)
    if num_nodes is None:
        num_nodes = int(np.where(slots >= 0, store.node_counts[slots], 0).sum(axis=1).max())
    if num_edges is None:
        num_edges = int(np.where(slots >= 0, store.edge_counts[slots], 0).sum(axis=1).max())
    return store.batch(slots, num_nodes, num_edges)
