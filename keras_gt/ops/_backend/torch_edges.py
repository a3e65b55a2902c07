"""PyTorch edge primitives: sparse products, a few heads at a time, over runs of receivers.

Everything per edge is kept head-major, (H, E), and is made for one run of receivers at a time
(about `EDGES_PER_RUN` edges), so that it stays in the cache. Where a run is short, several heads
are one product: that of a graph with a copy of the nodes for each head. Messages are never
stored: on a CPU embedding_bag multiplies a row of weights with the senders' rows as it adds them
up, and sampled_addmm takes dot products along the stored edges alone. Elsewhere index_select and
index_add do the same over a bounded number of edges.
"""

import functools
import warnings

import torch

with warnings.catch_warnings():
    # PyTorch says once a process that CSR tensors are in beta: here, unheard
    warnings.simplefilter("ignore")
    torch.sparse_csr_tensor([0, 0], [], [], (1, 1), check_invariants=False)

EDGES_PER_RUN = {"cpu": 1 << 15, "other": 1 << 20}  # other devices want few, large kernels
EDGES_PER_PRODUCT = {"cpu": 1 << 17, "other": 1 << 22}  # of all its heads


class _EdgeRun:
    """The edges of consecutive rows: rows `rows`, edges `edges`, their other ends `columns`."""

    def __init__(self, rows, edges, offsets, row_ids, columns):
        self.rows, self.edges = rows, edges
        self.count = rows.stop - rows.start
        self.offsets = offsets[rows.start : rows.stop + 1] - edges.start  # (rows + 1,)
        self.row_ids = row_ids  # (edges,)
        self.columns = columns  # (edges,)
        self._wides = {}

    @functools.cached_property
    def local_rows(self):
        """The row of each edge, counted within the run: (edges,)."""
        return self.row_ids - self.rows.start

    def products(self, num_heads, num_columns):
        """Cuts the heads into groups of one product each: pairs of their slice and their run."""
        num_edges = self.columns.shape[0]
        limit = EDGES_PER_PRODUCT["cpu" if self.columns.device.type == "cpu" else "other"]
        size = min(num_heads, max(1, limit // max(1, num_edges)))
        groups = [slice(i, min(i + size, num_heads)) for i in range(0, num_heads, size)]
        return [(heads, self._wide(heads.stop - heads.start, num_columns)) for heads in groups]

    def _wide(self, num_heads, num_columns):
        """The run of several heads, each with a copy of the rows and of the columns."""
        if num_heads == 1:
            return self
        key = (num_heads, num_columns)
        if key not in self._wides:
            num_edges = self.columns.shape[0]
            head = torch.arange(num_heads, dtype=torch.int32, device=self.columns.device)[:, None]
            offsets = (self.offsets[:-1] + head * num_edges).reshape(-1)
            offsets = torch.nn.functional.pad(offsets, (0, 1), value=num_heads * num_edges)
            rows = slice(0, num_heads * self.count)
            row_ids = (self.local_rows + head * self.count).reshape(-1)
            columns = (self.columns + head * num_columns).reshape(-1)
            edges = slice(0, num_heads * num_edges)
            self._wides[key] = _EdgeRun(rows, edges, offsets, row_ids, columns)
        return self._wides[key]


def row_runs(offsets, num_edges):
    """Cuts rows into runs of about EDGES_PER_RUN edges: (row slice, edge slice) pairs."""
    limit = EDGES_PER_RUN["cpu" if offsets.device.type == "cpu" else "other"]
    num_rows = offsets.shape[0] - 1
    if num_edges <= limit + limit // 2:
        return [(slice(0, num_rows), slice(0, num_edges))]
    wanted = torch.arange(limit, num_edges, limit, dtype=offsets.dtype, device=offsets.device)
    cuts = torch.searchsorted(offsets, wanted, right=True) - 1  # last row starting before it
    cuts = torch.unique(torch.nn.functional.pad(cuts.clamp_min(0), (1, 0)))  # with 0, sorted
    rows = [*cuts.tolist(), num_rows]
    starts = [*offsets.index_select(0, cuts).tolist(), num_edges]
    return [
        (slice(rows[i], rows[i + 1]), slice(starts[i], starts[i + 1])) for i in range(len(cuts))
    ]


def receiver_runs(plan):
    """Runs of receivers, in the edges' own order."""
    senders, receivers = plan["senders"], plan["receivers"]
    offsets = plan["receiver_offsets"]
    return [
        _EdgeRun(rows, edges, offsets, receivers[edges], senders[edges])
        for rows, edges in row_runs(offsets, senders.shape[0])
    ]


def wide_runs(offsets, row_ids, columns):
    """Runs for sums that store nothing per edge: one on a CPU, bounded ones elsewhere."""
    num_edges = row_ids.shape[0]
    everything = [(slice(0, offsets.shape[0] - 1), slice(0, num_edges))]
    cuts = everything if offsets.device.type == "cpu" else row_runs(offsets, num_edges)
    return [_EdgeRun(rows, edges, offsets, row_ids[edges], columns[edges]) for rows, edges in cuts]


def sender_runs(plan):
    """The edges in the order of their senders, for sums that store nothing per edge."""
    order = plan["sender_order"]
    senders, receivers = plan["senders"], plan["receivers"]
    senders, receivers = senders.index_select(0, order), receivers.index_select(0, order)
    return wide_runs(plan["sender_offsets"], senders, receivers)


def weighted_rows(weights, table, run):
    """sum_e weights_e table[column_e] for each row of a run: (E,), (C, V) -> (rows, V)."""
    if table.device.type == "cpu":
        if table.shape[1] == 0 or run.columns.shape[0] == 0:
            return table.new_zeros((run.count, table.shape[1]))
        return torch.embedding_bag(table, run.columns, run.offsets, False, 0, False, weights, True)[
            0
        ]
    messages = table.index_select(0, run.columns).mul_(weights[:, None])
    total = table.new_zeros((run.count, table.shape[1]))
    return total.index_add_(0, run.local_rows, messages)


def edge_dots(rows, table, run, out):
    """rows[row_e] . table[column_e] for each edge of a run, written to out (E,), given as 0."""
    shape = (run.count, table.shape[0])
    # more edges than pairs (repeated ones, padding) would make sampled_addmm shrink `out`
    if table.device.type == "cpu" and out.shape[0] <= shape[0] * shape[1]:
        pattern = torch.sparse_csr_tensor(
            run.offsets, run.columns, out, shape, check_invariants=False
        )
        torch.sparse.sampled_addmm(pattern, rows, table.t(), beta=0.0, out=pattern)
        return out
    products = rows.index_select(0, run.local_rows).mul_(table.index_select(0, run.columns))
    return torch.sum(products, dim=-1, out=out)


def run_sum(values, run):
    """Sum over each row's edges: (H, E) -> (H, rows)."""
    if values.shape[1] == 0:
        return values.new_zeros((values.shape[0], run.count))
    if values.device.type == "cpu":
        offsets = run.offsets.expand(values.shape[0], -1)
        return torch.segment_reduce(values, "sum", offsets=offsets, axis=1, unsafe=True, initial=0)
    total = values.new_zeros((values.shape[0], run.count))
    return total.index_add_(1, run.local_rows, values)


def run_softmax(scores, mask, run):
    """exp(score - row maximum), and its row sums: (H, E) -> (H, E) and (H, rows).

    Overwrites the scores. Masked edges get 0; the sum of a row without an edge is 0.
    """
    if mask is not None:
        scores.masked_fill_(~mask, -1e30)
    rows = run.local_rows.long().expand(scores.shape[0], -1)
    top = scores.new_full((scores.shape[0], run.count), -1e30)
    if scores.device.type == "cpu" and scores.shape[1] > 0:
        offsets = run.offsets.expand(scores.shape[0], -1)
        top = torch.segment_reduce(scores, "max", offsets=offsets, axis=1, unsafe=True)
    else:
        top.scatter_reduce_(1, rows, scores, "amax")
    weights = scores.sub_(top.index_select(1, run.local_rows)).exp_()
    if mask is not None:
        weights.mul_(mask)
    return weights, run_sum(weights, run)
