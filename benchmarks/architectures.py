"""Rows of the architectures: their layers on batches of ZINC's and of PATTERN's size."""

import numpy as np
import torch
from torch_geometric.nn import GINEConv, GPSConv, PNAConv, TransformerConv
from torch_geometric.nn.attention import PolynormerAttention, SGFormerAttention

from benchmarks import graphs
from benchmarks.batches import edge_index, edges_of, on_batch
from benchmarks.steps import layer_steps, torch_steps
from keras_gt.graph import mean_log_degree
from keras_gt.layers import (
    FeedForward,
    GlobalLocalBlock,
    GraphIsomorphism,
    MultiHeadAggregation,
    PolynomialAttention,
    PrincipalNeighbourhoodAggregation,
    SimpleGlobalAttention,
)
from keras_gt.loaders import GraphLoader

WIDTH = 64
STATISTICS = {  # of PNA
    "aggregators": ["mean", "max", "min", "std"],
    "scalers": ["identity", "amplification", "attenuation"],
}


def flat_graphs(some):
    """PyG's form of graphs: features, edge index sorted by receiver, graph of each node."""
    batch = GraphLoader(some, graphs_per_batch=len(some))[0][0]
    real = batch["node_mask"][0]
    features = torch.from_numpy(batch["node_features"][0][real])
    return features, edge_index(batch), torch.from_numpy(batch["graph_ids"][0][real]).long()


def degree_counts(some):
    """How many nodes have 0, 1, 2 ... incoming edges."""
    counts = [np.bincount(graph.receivers, minlength=graph.num_nodes) for graph in some]
    return torch.from_numpy(np.bincount(np.concatenate(counts)))


def principal_neighbourhood(make_graphs, count):
    def make():
        some = make_graphs(count, WIDTH)
        batch = GraphLoader(some, graphs_per_batch=count)[0][0]
        layer = PrincipalNeighbourhoodAggregation(WIDTH, mean_log_degree(some), **STATISTICS)
        module = PNAConv(WIDTH, WIDTH, **STATISTICS, deg=degree_counts(some)).eval()
        return on_batch(layer, module, batch)

    return make


class _Block(torch.nn.Module):
    """GPSConv with the edge features that GINE reads."""

    def __init__(self, edge_features):
        super().__init__()
        network = torch.nn.Sequential(
            torch.nn.Linear(WIDTH, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, WIDTH)
        )
        self.block = GPSConv(WIDTH, GINEConv(network), heads=4, norm="batch_norm").eval()
        self.edge_features = edge_features

    def forward(self, features, edge_index, graph_ids):
        return self.block(features, edge_index, graph_ids, edge_attr=self.edge_features)


def typical_batch(make_graphs, count):
    """The middle batch that the loader makes of many graphs, a graph a row, as GraphGPS reads them.

    Graphs of like size share a batch, so little is padding: for PyG, too, which gets the same
    graphs side by side and pads them for its attention.
    """
    loader = GraphLoader(make_graphs(8 * count, WIDTH), graphs_per_batch=count, rows=count)
    return loader[len(loader) // 2][0]


def flat_rows(batch):
    """PyG's form of a batch of a graph a row: features, edge index, graph of each node."""
    real, edges = batch["node_mask"], batch["edge_mask"]
    counts = real.sum(axis=1)
    starts = (np.cumsum(counts) - counts)[:, None]  # (B, 1)
    pairs = np.stack([(batch[key] + starts)[edges] for key in ("senders", "receivers")])
    graph_ids = np.repeat(np.arange(len(counts)), counts)
    arrays = batch["node_features"][real], pairs.astype("int64"), graph_ids
    return [torch.from_numpy(array) for array in arrays]


def local_and_global(make_graphs, count):
    def make():
        batch = typical_batch(make_graphs, count)
        generator = np.random.default_rng(2)
        pairs = generator.normal(size=(*batch["senders"].shape, WIDTH)).astype("float32")
        reference_pairs = torch.from_numpy(pairs[batch["edge_mask"]])
        layer = GlobalLocalBlock(
            GraphIsomorphism(FeedForward(WIDTH), use_edge_projection=False),
            MultiHeadAggregation(4, WIDTH // 4, output_dim=WIDTH),
            FeedForward(2 * WIDTH),
        )
        arguments = {
            "edges": edges_of(batch),
            "edge_features": pairs,
            "node_mask": batch["node_mask"],
        }
        return {
            "ours": layer_steps(layer, batch["node_features"], arguments),
            "PyG": torch_steps(_Block(reference_pairs), *flat_rows(batch)),
        }

    return make


def dense_edges():
    """Dot products along the edges of block-model graphs, as a mask over all pairs."""
    some = graphs.communities(32, WIDTH)
    batch = GraphLoader(some, graphs_per_batch=32, rows=32, max_shapes=1)[0][0]
    rows, nodes = batch["node_mask"].shape
    adjacency = np.zeros((rows, nodes, nodes), bool)
    row, edge = np.nonzero(batch["edge_mask"])
    adjacency[row, batch["receivers"][row, edge], batch["senders"][row, edge]] = True
    features, pairs, _ = flat_graphs(some)
    module = TransformerConv(WIDTH, 8, heads=8, root_weight=False)
    return {
        "ours": layer_steps(
            MultiHeadAggregation(8, 8), batch["node_features"], {"edges": adjacency}
        ),
        "PyG": torch_steps(module, features, pairs),
    }


class _Single(torch.nn.Module):
    """Global attention of PyG on one large graph, which it wants as a batch of one."""

    def __init__(self, attention):
        super().__init__()
        self.attention = attention

    def forward(self, features):
        return self.attention(features[None])


def linear_attention(layer, attention):
    def make():
        features = np.random.default_rng(0).normal(size=(1, 20_000, WIDTH)).astype("float32")
        module = _Single(attention().eval())
        return {
            "ours": layer_steps(layer(), features, {}),
            "PyG": torch_steps(module, torch.from_numpy(features[0])),
        }

    return make


simple_global = linear_attention(
    lambda: SimpleGlobalAttention(num_heads=1, head_dim=WIDTH, unit_norm="node"),
    lambda: SGFormerAttention(WIDTH, heads=1, head_channels=WIDTH),
)
polynomial = linear_attention(
    lambda: PolynomialAttention(num_heads=8, head_dim=8),
    lambda: PolynormerAttention(WIDTH, heads=8, head_channels=8),
)
