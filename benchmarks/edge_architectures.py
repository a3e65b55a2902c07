"""The layers of architectures whose edges carry features, beside PyG's nearest layer.

PyG has `ResGatedGraphConv` for GatedGCN and none of the others: `TransformerConv` with edge
features reads the same edges and the same features. It does less: ours update the edges (graph
transformer, EGT, GRIT, GatedGCN), gate them (EGT) or have a second set of weights (SAN).
"""

import numpy as np
import torch
from torch_geometric.nn import ResGatedGraphConv, TransformerConv

from benchmarks.architectures import WIDTH, flat_rows, typical_batch
from benchmarks.batches import edge_index, edges_of
from benchmarks.steps import layer_steps, torch_steps
from keras_gt import layers
from keras_gt.loaders import GraphLoader

HEADS, HEAD_DIM = 8, WIDTH // 8


class _WithEdges(torch.nn.Module):
    """A module of PyG that reads the same edge features at every call."""

    def __init__(self, module, edge_features):
        super().__init__()
        self.module = module
        self.edge_features = edge_features

    def forward(self, features, edges):
        return self.module(features, edges, self.edge_features)


def _transformer(edge_dim=WIDTH):
    return TransformerConv(WIDTH, HEAD_DIM, heads=HEADS, edge_dim=edge_dim, root_weight=False)


def _normal(*shape):
    return np.random.default_rng(2).normal(size=shape).astype("float32")


def along_edges(make_layer, make_module, make_graphs, count):
    """A layer over the edge lists of packed graphs, with features as wide as the nodes'."""

    def make():
        batch = GraphLoader(make_graphs(count, WIDTH), graphs_per_batch=count)[0][0]
        pairs = _normal(*batch["senders"].shape, WIDTH)
        arguments = {"edges": edges_of(batch), "edge_features": pairs}
        module = _WithEdges(make_module(), torch.from_numpy(pairs[batch["edge_mask"]]))
        features = torch.from_numpy(batch["node_features"][batch["node_mask"]])
        return {
            "ours": layer_steps(make_layer(), batch["node_features"], arguments),
            "reference": torch_steps(module, features, edge_index(batch)),
        }

    return make


def over_pairs(make_arguments, make_graphs, count):
    """A layer over all pairs of each graph, a graph a row.

    make_arguments(edges (B, N, N), batch) gives the layer, its arguments, and the features
    (B, N, N, C) that the reference reads along its edges.
    """

    def make():
        batch = typical_batch(make_graphs, count)
        real = batch["node_mask"]
        pair_mask = real[:, :, None] & real[:, None, :]
        layer, arguments, pairs = make_arguments(pair_mask, batch)
        row, receiver, sender = np.nonzero(pair_mask)  # sorted by receiver
        counts = real.sum(axis=1)
        starts = (np.cumsum(counts) - counts)[row]
        index = torch.from_numpy(np.stack([starts + sender, starts + receiver]))
        module = _WithEdges(_transformer(pairs.shape[-1]), torch.from_numpy(pairs[pair_mask]))
        return {
            "ours": layer_steps(layer, batch["node_features"], arguments),
            "reference": torch_steps(module, flat_rows(batch)[0], index),
        }

    return make


def egt(pair_mask, batch):
    pairs = _normal(*pair_mask.shape, WIDTH)
    layer = layers.GatedEdgeAttention(HEADS, HEAD_DIM, edge_dim=WIDTH)
    return layer, {"edges": pair_mask, "edge_features": pairs}, pairs


def grit(pair_mask, batch):
    pairs = _normal(*pair_mask.shape, WIDTH)
    layer = layers.ConditionalEdgeAttention(HEADS, HEAD_DIM)
    return layer, {"edges": pair_mask, "edge_features": pairs}, pairs


def san(pair_mask, batch):
    pairs = _normal(*pair_mask.shape, 1 + WIDTH)
    pairs[..., 0] = 0
    row, edge = np.nonzero(batch["edge_mask"])
    pairs[row, batch["receivers"][row, edge], batch["senders"][row, edge], 0] = 1
    layer = layers.FullGraphAttention(HEADS, HEAD_DIM, gamma=0.1)
    return layer, {"edges": pair_mask, "edge_features": pairs}, pairs


def graphormer(pair_mask, batch):
    bias = _normal(*pair_mask.shape, HEADS)
    layer = layers.MultiHeadAggregation(HEADS, HEAD_DIM)
    arguments = {"edges": pair_mask, "attention_bias": np.moveaxis(bias, -1, 1).copy()}
    return layer, arguments, bias


ALONG_EDGES = {
    "Graph transformer": (lambda: layers.EdgeAttention(HEADS, HEAD_DIM), _transformer),
    "Exphormer": (lambda: layers.ScaledEdgeAttention(HEADS, HEAD_DIM), _transformer),
    "GatedGCN": (
        lambda: layers.GatedGraphConvolution(WIDTH),
        lambda: ResGatedGraphConv(WIDTH, WIDTH, edge_dim=WIDTH),
    ),
}
OVER_PAIRS = {"Graphormer": graphormer, "EGT": egt, "GRIT": grit, "SAN": san}
