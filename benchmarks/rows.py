"""The rows of the table: each gives our functions and the reference's, ready to be timed."""

import dataclasses

import numpy as np
import torch
from torch_geometric.nn import GATConv, TransformerConv, global_mean_pool

from benchmarks import architectures, edge_architectures, graphs
from benchmarks.batches import edges_of, on_batch
from benchmarks.names import SAME_EQUATIONS
from benchmarks.sentence import SentenceAttention
from benchmarks.steps import layer_steps, torch_steps
from keras_gt.layers import GraphAttention, GraphReadout, MultiHeadAggregation
from keras_gt.loaders import GraphLoader

WIDTH = 128  # of the node features, where a row does not say otherwise


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    `make` returns {"ours": (forward, both)} and the same of the reference under its name; `bars`
    is the least speed of both passes over it, by backend; `memory` rows report the peak memory
    too (TensorFlow keeps what it once had), which must be at most `memory_bar` of the reference's.
    """

    make: object
    bars: dict
    memory: bool = False
    memory_bar: float | None = None


def gat(name):
    def make():
        return on_batch(
            GraphAttention(num_heads=8, head_dim=8),
            GATConv(WIDTH, 8, heads=8, add_self_loops=False),
            graphs.power_law(name, WIDTH).inputs(),
        )

    return make


def dot_product():
    return on_batch(
        MultiHeadAggregation(num_heads=4, head_dim=32),
        TransformerConv(WIDTH, 32, heads=4, root_weight=False),
        graphs.power_law("20k nodes", WIDTH).inputs(),
    )


def packed_molecules():
    loader = GraphLoader(graphs.molecules(128, 64), graphs_per_batch=128)
    return on_batch(
        MultiHeadAggregation(num_heads=8, head_dim=8),
        TransformerConv(64, 8, heads=8, root_weight=False),
        loader[0][0],
    )


def complete_graph():
    features = np.random.default_rng(0).normal(size=(32, 128, 256)).astype("float32")
    layer = MultiHeadAggregation(num_heads=8, head_dim=32, output_dim=256)
    return {
        "ours": layer_steps(layer, features, {}),
        "torch SDPA": torch_steps(SentenceAttention(256, 8), torch.from_numpy(features)),
    }


def batch_first():
    """Eight rows of sixteen molecules, against the same graphs as one flat row."""
    loader = GraphLoader(graphs.molecules(128, WIDTH), graphs_per_batch=128, rows=8)
    batch = loader[0][0]
    num_rows, num_nodes = batch["node_mask"].shape
    num_edges = batch["senders"].shape[1]
    flat = {key: batch[key].reshape(1, -1) for key in ("edge_mask",)}
    shift = np.arange(num_rows, dtype="int32")[:, None]
    for key in ("senders", "receivers"):
        flat[key] = (batch[key] + shift * num_nodes).reshape(1, -1)
    flat["sender_order"] = (batch["sender_order"] + shift * num_edges).reshape(1, -1)
    for key in ("receiver_offsets", "sender_offsets"):
        starts = (batch[key][:, :-1] + shift * num_edges).reshape(1, -1)
        end = np.full((1, 1), num_rows * num_edges, np.int32)
        flat[key] = np.concatenate([starts, end], axis=1).astype("int32")
    features = batch["node_features"]
    layer = GraphAttention(num_heads=8, head_dim=8)
    return {
        "ours": layer_steps(layer, features, {"edges": edges_of(batch)}),
        "flat arrays": layer_steps(
            layer, features.reshape(1, -1, WIDTH), {"edges": edges_of(flat)}
        ),
    }


class _MeanPool(torch.nn.Module):
    def forward(self, features, graph_ids, num_graphs):
        return global_mean_pool(features, graph_ids, num_graphs)


def readout():
    batch = GraphLoader(graphs.molecules(128, WIDTH), graphs_per_batch=128)[0][0]
    real = batch["node_mask"][0]
    arguments = {key: batch[key] for key in ("node_mask", "graph_ids", "graph_mask")}
    ids = torch.from_numpy(batch["graph_ids"][0][real].astype("int64"))
    features = torch.from_numpy(batch["node_features"][0][real])
    return {
        "ours": layer_steps(GraphReadout("mean"), batch["node_features"], arguments),
        "PyG": torch_steps(_MeanPool(), features, ids, 128),
    }


def bars(torch, jax, tensorflow):
    return {"torch": torch, "jax": jax, "tensorflow": tensorflow}


ROWS = {
    "GAT 8x8, 20k nodes 320k edges": Row(gat("20k nodes"), bars(2.5, 2.8, 4.0)),
    "dot product 4x32, 20k nodes 320k edges": Row(
        dot_product, bars(5.0, 3.0, 2.1), memory=True, memory_bar=0.25
    ),
    "GAT 8x8, 169k nodes 1.37M edges": Row(gat("169k nodes"), bars(1.8, 2.8, 3.8)),
    "GAT 8x8, Cora size": Row(gat("cora size"), bars(1.2, 2.0, 4.0)),
    "dot product 8x8, 128 molecules packed": Row(packed_molecules, bars(1.3, 2.2, 2.0)),
    "complete graph B 32, N 128, d 256, 8 heads": Row(complete_graph, bars(0.9, 0.9, 0.8)),
    "batch-first 8 rows of 16 molecules": Row(batch_first, bars(0.91, 0.91, 0.91)),
    "mean readout of 128 molecules": Row(readout, {}),
    "PNA, 64 wide, 128 molecules packed": Row(
        architectures.principal_neighbourhood(graphs.molecules, 128), bars(1.3, 1.3, 1.3)
    ),
    "PNA, 64 wide, 32 graphs of PATTERN's size packed": Row(
        architectures.principal_neighbourhood(graphs.communities, 32),
        bars(1.3, 1.3, 1.3),
        memory=True,
    ),
    "GPS block, 64 wide, 128 molecules": Row(
        architectures.local_and_global(graphs.molecules, 128),
        bars(1.3, 1.3, 1.3),
    ),
    "GPS block, 64 wide, 32 graphs of PATTERN's size": Row(
        architectures.local_and_global(graphs.communities, 32),
        bars(1.3, 1.3, 1.3),
        memory=True,
    ),
    "dot product 8x8, 32 graphs of PATTERN's size": Row(
        architectures.dense_edges, bars(1.3, 1.3, 1.3), memory=True
    ),
    "SGFormer attention, 20k nodes, 64 wide": Row(architectures.simple_global, bars(1.3, 1.3, 1.3)),
    "Polynormer attention, 20k nodes, 8x8": Row(architectures.polynomial, bars(1.3, 1.3, 1.3)),
}


EDGE_ROWS = (  # every pair of 32 graphs like PATTERN's would be half a gigabyte an array
    ("{}, 64 wide, {} packed", edge_architectures.ALONG_EDGES, 32),
    ("{}, 64 wide, all pairs of {}", edge_architectures.OVER_PAIRS, 8),
)
for title, architectures_of_kind, communities in EDGE_ROWS:
    for architecture, make_parts in architectures_of_kind.items():
        for size, *some in (
            ("128 molecules", graphs.molecules, 128),
            (f"{communities} graphs of PATTERN's size", graphs.communities, communities),
        ):
            name = title.format(architecture, size)
            ends = {"": edge_architectures.NEAREST, SAME_EQUATIONS: edge_architectures.SAME}
            for end, reference in ends.items():
                make = edge_architectures.steps(make_parts, *some, reference)
                ROWS[name + end] = Row(make, bars(1.3, 1.3, 1.3), memory=True)
