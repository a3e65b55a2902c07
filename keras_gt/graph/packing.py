"""Which graphs share a batch, and the few sizes that batches have. Indices only, no arrays."""

import numpy as np

SHAPE_COST = 0.01  # a further shape must save this share of the work, because it is compiled
NUM_CANDIDATES = 64  # sizes considered for a shape


def deal(order, sizes, num_rows, graphs_per_row):
    """Cut an order of graphs into batches and deal each batch to rows of nearly equal size.

    The graphs of a batch go from large to small to the rows 0, 1, ..., R-1, R-1, ..., 1, 0, 0, ...
    A single row keeps the order.

    Args:
        order: (n,) integers, graph numbers.
        sizes: (number of graphs,) integers, nodes of each graph.
        num_rows: int R.
        graphs_per_row: int G.

    Returns:
        (batches, R, G) integers; -1 is an empty slot, all of them in the last batch.
    """
    per_batch = num_rows * graphs_per_row
    num_batches = -(-order.size // per_batch)
    padded = np.full(num_batches * per_batch, -1)
    padded[: order.size] = order
    batches = padded.reshape(num_batches, per_batch)
    if num_rows == 1:
        return batches[:, None, :]
    descending = np.argsort(-slot_sizes(batches, sizes), axis=1, kind="stable")
    rounds = np.take_along_axis(batches, descending, axis=1)
    rounds = rounds.reshape(num_batches, graphs_per_row, num_rows)
    rounds[:, 1::2] = rounds[:, 1::2, ::-1]
    return np.ascontiguousarray(rounds.transpose(0, 2, 1))


def slot_sizes(slots, sizes):
    """The size of the graph in each slot, 0 for an empty one; same shape as `slots`."""
    return np.where(slots >= 0, sizes[slots], 0)


def choose_shapes(nodes, edges, max_shapes):
    """A few (nodes, edges) sizes that hold all rows with little padding.

    Rows are ordered by nodes and cut into at most `max_shapes` runs; the shape of a run is its
    largest nodes and edges, and more of both than the run before. The cut with the least padding
    is found exactly over at most 64 candidate sizes. A further shape must save one percent of the
    work.

    Args:
        nodes: (S,) integers, nodes of each row seen.
        edges: (S,) integers, edges of each row seen.
        max_shapes: int.

    Returns:
        List of (num_nodes, num_edges), strictly ascending in both.
    """
    order = np.argsort(nodes, kind="stable")
    nodes, edges = nodes[order], np.maximum.accumulate(edges[order])
    # A cut may only lie after the last row of one size.
    ends = np.append(np.flatnonzero(np.diff(nodes)), nodes.size - 1)
    if ends.size > NUM_CANDIDATES:
        ends = ends[np.linspace(0, ends.size - 1, NUM_CANDIDATES).round().astype(int)]
    sizes = np.array([[round_up(nodes[end]), round_up(edges[end])] for end in ends])
    work, counts = sizes.sum(axis=1), np.append(0, ends + 1)
    # cost[j]: least work for the rows up to end j with the shapes allowed so far.
    cost, cuts = work * counts[1:], []
    totals, plans = [cost[-1]], [[ends.size - 1]]
    for _ in range(1, min(max_shapes, ends.size)):
        before = np.append(0, cost)  # before[i]: rows up to count i
        table = before[None, :-1] + work[:, None] * (counts[1:, None] - counts[None, :-1])
        table = np.where(np.tri(ends.size, dtype=bool), table, np.iinfo(np.int64).max)
        cuts.append(table.argmin(axis=1))
        cost = table.min(axis=1)
        totals.append(cost[-1])
        plans.append(_trace(cuts, ends.size - 1))
    scores = np.array(totals) / totals[0] + SHAPE_COST * np.arange(len(totals))
    chosen = sizes[plans[int(scores.argmin())]]
    steps = np.arange(len(chosen))[:, None]
    chosen = np.maximum.accumulate(chosen - steps) + steps
    return [(int(num_nodes), int(num_edges)) for num_nodes, num_edges in chosen]


def _trace(cuts, last):
    """The run ends that the table of cuts says, from the last one back."""
    ends = [last]
    for table in reversed(cuts):
        start = table[ends[0]]
        if start == 0:
            break
        ends.insert(0, start - 1)
    return ends


def round_up(size):
    """Large sizes go to a multiple of 8, which costs little and suits accelerators."""
    return int(size) if size < 128 else int(-(-size // 8) * 8)


def fitting_shape(nodes, edges, shapes):
    """The first shape that holds each row.

    Args:
        nodes: (S,) integers.
        edges: (S,) integers.
        shapes: list of (num_nodes, num_edges).

    Returns:
        (S,) integers, `len(shapes)` where none does.
    """
    nodes, edges = np.asarray(nodes), np.asarray(edges)
    fits = [(nodes <= n) & (edges <= e) for n, e in shapes]
    return np.argmax(np.stack([*fits, np.ones(nodes.shape, bool)]), axis=0)
