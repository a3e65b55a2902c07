"""The layers of architectures whose edges carry features, beside PyG's nearest layer.

PyG has `ResGatedGraphConv` for GatedGCN and none of the others: `TransformerConv` with edge
features reads the same edges and the same features. It does less: ours update the edges (graph
transformer, EGT, GRIT, GatedGCN), gate them (EGT) or have a second set of weights (SAN). So the
same equations, written in PyTorch with PyG's means, stand beside them too.
"""

import numpy as np
import torch
from torch_geometric.nn import ResGatedGraphConv, TransformerConv

from benchmarks import same_equations
from benchmarks.architectures import WIDTH, flat_rows, typical_batch
from benchmarks.batches import edge_index, edges_of
from benchmarks.steps import layer_steps, torch_steps
from keras_gt import layers
from keras_gt.loaders import GraphLoader

HEADS, HEAD_DIM = 8, WIDTH // 8
GAMMA = 0.1
NEAREST, SAME = "PyG", "PyTorch"


def _transformer(edge_dim=WIDTH):
    return TransformerConv(WIDTH, HEAD_DIM, heads=HEADS, edge_dim=edge_dim, root_weight=False)


def _normal(*shape):
    return np.random.default_rng(2).normal(size=shape).astype("float32")


def steps(make_parts, make_graphs, count, reference):
    """What a row of the table makes of the parts: ours and a reference, ready to be timed.

    One reference a row: it would find the memory that another has freed, and seem faster.
    """

    def make():
        parts = make_parts(make_graphs, count)
        return {"ours": layer_steps(*parts["ours"]), reference: torch_steps(*parts[reference])}

    return make


def along_edges(make_layer, make_nearest, make_same):
    """A layer over the edge lists of packed graphs, with features as wide as the nodes'."""

    def make_parts(make_graphs, count):
        batch = GraphLoader(make_graphs(count, WIDTH), graphs_per_batch=count)[0][0]
        pairs = _normal(*batch["senders"].shape, WIDTH)
        features = torch.from_numpy(batch["node_features"][batch["node_mask"]])
        lists = features, edge_index(batch), torch.from_numpy(pairs[batch["edge_mask"]])
        ours = {"edges": edges_of(batch), "edge_features": pairs}
        return {
            "ours": (make_layer(), batch["node_features"], ours),
            NEAREST: (make_nearest(), *lists),
            SAME: (make_same(), *lists),
        }

    return make_parts


def over_pairs(make_parts):
    """A layer over all pairs of each graph, a graph a row."""
    return lambda make_graphs, count: make_parts(typical_batch(make_graphs, count))


def _pair_mask(batch):
    """The pairs of real nodes, (B, N, N)."""
    real = batch["node_mask"]
    return real[:, :, None] & real[:, None, :]


def _lists(batch, pairs):
    """PyG's form of all pairs of nodes of each graph: nodes, edge index, features of the pairs."""
    row, receiver, sender = np.nonzero(_pair_mask(batch))  # sorted by receiver
    counts = batch["node_mask"].sum(axis=1)
    starts = (np.cumsum(counts) - counts)[row]
    index = torch.from_numpy(np.stack([starts + sender, starts + receiver]))
    return flat_rows(batch)[0], index, torch.from_numpy(pairs[row, receiver, sender])


def _parts(batch, layer, lists, same, **arguments):
    """Ours with these arguments and PyG's nearest on the same pairs as lists, beside `same`."""
    arguments = {"edges": _pair_mask(batch), **arguments}
    nearest = _transformer(lists[-1].shape[-1]), *lists
    return {"ours": (layer, batch["node_features"], arguments), NEAREST: nearest, SAME: same}


def egt(batch):
    pairs = _normal(*_pair_mask(batch).shape, WIDTH)
    layer = layers.GatedEdgeAttention(HEADS, HEAD_DIM, edge_dim=WIDTH)
    arrays = batch["node_features"], batch["node_mask"], pairs
    module = same_equations.GatedDenseAttention(WIDTH, HEADS, HEAD_DIM)
    same = module, *map(torch.from_numpy, arrays)
    return _parts(batch, layer, _lists(batch, pairs), same, edge_features=pairs)


def grit(batch):
    pairs = _normal(*_pair_mask(batch).shape, WIDTH)
    layer = layers.ConditionalEdgeAttention(HEADS, HEAD_DIM)
    module = same_equations.ConditionalAttention(WIDTH, HEADS, HEAD_DIM)
    lists = _lists(batch, pairs)
    return _parts(batch, layer, lists, (module, *lists), edge_features=pairs)


def san(batch):
    pairs = _normal(*_pair_mask(batch).shape, 1 + WIDTH)
    pairs[..., 0] = 0
    row, edge = np.nonzero(batch["edge_mask"])
    pairs[row, batch["receivers"][row, edge], batch["senders"][row, edge], 0] = 1
    layer = layers.FullGraphAttention(HEADS, HEAD_DIM, gamma=GAMMA)
    module = same_equations.TwoKindsAttention(WIDTH, HEADS, HEAD_DIM, GAMMA)
    lists = nodes, index, marked = _lists(batch, pairs)
    real, features = marked[:, 0] > 0.5, marked[:, 1:]
    kinds = index[:, real], features[real], index[:, ~real], features[~real]
    return _parts(batch, layer, lists, (module, nodes, *kinds), edge_features=pairs)


def graphormer(batch):
    bias = _normal(*_pair_mask(batch).shape, HEADS)
    layer = layers.MultiHeadAggregation(HEADS, HEAD_DIM)
    heads_first = np.moveaxis(bias, -1, 1).copy()
    module = same_equations.BiasedDenseAttention(WIDTH, HEADS, HEAD_DIM)
    arrays = batch["node_features"], batch["node_mask"], heads_first
    same = module, *map(torch.from_numpy, arrays)
    return _parts(batch, layer, _lists(batch, bias), same, attention_bias=heads_first)


ALONG_EDGES = {
    "Graph transformer": along_edges(
        lambda: layers.EdgeAttention(HEADS, HEAD_DIM),
        _transformer,
        lambda: same_equations.EdgeScaledAttention(WIDTH, HEADS, HEAD_DIM, updates_edges=True),
    ),
    "Exphormer": along_edges(
        lambda: layers.ScaledEdgeAttention(HEADS, HEAD_DIM),
        _transformer,
        lambda: same_equations.EdgeScaledAttention(WIDTH, HEADS, HEAD_DIM, updates_edges=False),
    ),
    "GatedGCN": along_edges(
        lambda: layers.GatedGraphConvolution(WIDTH),
        lambda: ResGatedGraphConv(WIDTH, WIDTH, edge_dim=WIDTH),
        lambda: same_equations.GatedConvolution(WIDTH),
    ),
}
OVER_PAIRS = {
    "Graphormer": over_pairs(graphormer),
    "EGT": over_pairs(egt),
    "GRIT": over_pairs(grit),
    "SAN": over_pairs(san),
}
