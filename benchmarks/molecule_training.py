"""`model.fit` of whole models on batches of molecules, beside loops written by hand with PyG.

Both sides read the same graphs, shuffled each epoch, a batch at a time, and train the same
equations with Adam on the absolute error. PyG has layers of GIN, GAT, PNA and GraphGPS; the graph
transformer's and GatedGCN's are those of `benchmarks/same_equations.py`.
"""

import functools

import keras
import numpy as np
import torch
from torch_geometric import nn as pyg
from torch_geometric.data import Data
from torch_geometric.loader import DataLoader

from benchmarks import graphs, same_equations
from benchmarks.architectures import STATISTICS, WIDTH, degree_counts
from keras_gt import models
from keras_gt.graph import mean_log_degree

LAYERS, HEADS = 4, 8
ATOMS, BONDS = 28, 4  # the categories of ZINC
GRAPHS, BATCH, LEARNING_RATE = 1024, 128, 1e-3
PNA = {**STATISTICS, "towers": 4}


def molecules(count=GRAPHS):
    """Graphs with an atom and bonds of a kind, and a label each."""
    generator = np.random.default_rng(3)
    some = [
        graph.replace(
            node_features=generator.integers(0, ATOMS, graph.num_nodes).astype("int32"),
            edge_features=generator.integers(0, BONDS, graph.num_edges).astype("int32"),
        )
        for graph in graphs.molecules(count, 1)
    ]
    return some, generator.normal(size=count).astype("float32")


def regressor(backbone):
    """Our task, with the head of the reference."""
    return models.GraphRegressor(backbone, readout="mean", head="mlp")


def fitted(backbone, some, labels):
    """A function that trains our model for an epoch."""
    model = regressor(backbone)
    adam = keras.optimizers.Adam(LEARNING_RATE)
    model.compile(adam, "mean_absolute_error", weighted_metrics=[])  # the loop measures none
    loader = model.loader(some, labels, batch_size=BATCH, shuffle=True)
    return lambda: model.fit(loader, shuffle=False, verbose=0)


def torch_loop(module, some, labels):
    """A function that trains a PyTorch module for an epoch, in a loop written by hand."""
    data = [
        Data(
            x=torch.from_numpy(graph.node_features).long(),
            edge_index=torch.from_numpy(np.stack([graph.senders, graph.receivers])).long(),
            edge_attr=torch.from_numpy(graph.edge_features).long(),
            y=torch.tensor([label]),
        )
        for graph, label in zip(some, labels, strict=True)
    ]
    loader = DataLoader(data, batch_size=BATCH, shuffle=True)
    optimizer = torch.optim.Adam(module.parameters(), lr=LEARNING_RATE)

    def loop():
        module.train()
        total = 0.0
        for batch in loader:
            optimizer.zero_grad()
            loss = torch.nn.functional.l1_loss(module(batch), batch.y)
            loss.backward()
            optimizer.step()
            total += loss.item() * batch.num_graphs

    return loop


def perceptron(middle, norm=False):
    parts = [torch.nn.Linear(WIDTH, middle), torch.nn.ReLU(), torch.nn.Linear(middle, WIDTH)]
    if norm:
        parts.insert(1, torch.nn.BatchNorm1d(middle))
    return torch.nn.Sequential(*parts)


class _Regressor(torch.nn.Module):
    """Embeddings, blocks over (nodes, edge index, edges, graph ids), mean, three layers."""

    def __init__(self, make_block, reads_edges=True):
        super().__init__()
        self.atoms = torch.nn.Embedding(ATOMS, WIDTH)
        self.bonds = torch.nn.Embedding(BONDS, WIDTH) if reads_edges else None
        self.blocks = torch.nn.ModuleList(map(make_block, range(LAYERS)))
        widths = WIDTH, WIDTH // 2, WIDTH // 4
        self.hidden = torch.nn.ModuleList(map(torch.nn.Linear, widths[:2], widths[1:]))
        self.output = torch.nn.Linear(widths[-1], 1)

    def forward(self, batch):
        nodes = self.atoms(batch.x)
        edges = self.bonds(batch.edge_attr) if self.bonds is not None else None
        for block in self.blocks:
            nodes, edges = block(nodes, batch.edge_index, edges, batch.batch)
        pooled = pyg.global_mean_pool(nodes, batch.batch, batch.num_graphs)
        for layer in self.hidden:
            pooled = torch.relu(layer(pooled))
        return self.output(pooled)[:, 0]


class _Isomorphism(torch.nn.Module):
    def __init__(self, index):
        super().__init__()
        self.convolution = pyg.GINEConv(perceptron(WIDTH, norm=True), edge_dim=WIDTH)
        self.norm = torch.nn.BatchNorm1d(WIDTH)

    def forward(self, nodes, edge_index, edges, graph_ids):
        return torch.relu(self.norm(self.convolution(nodes, edge_index, edges))), edges


class _Attention(torch.nn.Module):
    def __init__(self, index):
        super().__init__()
        self.convolution = pyg.GATConv(WIDTH, WIDTH // HEADS, HEADS, add_self_loops=False)
        self.residual = torch.nn.Linear(WIDTH, WIDTH)
        self.norm = torch.nn.BatchNorm1d(WIDTH)

    def forward(self, nodes, edge_index, edges, graph_ids):
        update = self.convolution(nodes, edge_index) + self.residual(nodes)
        return torch.nn.functional.elu(self.norm(update)), edges


class _Principal(torch.nn.Module):
    def __init__(self, index, degrees):
        super().__init__()
        self.convolution = pyg.PNAConv(WIDTH, WIDTH, deg=degrees, divide_input=True, **PNA)
        self.norm = torch.nn.BatchNorm1d(WIDTH)

    def forward(self, nodes, edge_index, edges, graph_ids):
        update = self.norm(self.convolution(nodes, edge_index))
        return nodes + torch.nn.functional.leaky_relu(update), edges


class _Gated(torch.nn.Module):
    """A layer of GatedGCN; the last one leaves the edges, which nobody reads after it."""

    def __init__(self, index):
        super().__init__()
        self.convolution = same_equations.GatedConvolution(WIDTH)
        self.norm = torch.nn.BatchNorm1d(WIDTH)
        self.edge_norm = torch.nn.BatchNorm1d(WIDTH) if index + 1 < LAYERS else None

    def forward(self, nodes, edge_index, edges, graph_ids):
        update, pairs = self.convolution(nodes, edge_index, edges)
        if self.edge_norm is not None:
            edges = edges + torch.relu(self.edge_norm(pairs))
        return nodes + torch.relu(self.norm(update)), edges


class _Transformer(torch.nn.Module):
    """The block of the graph transformer with edge features, batch norms after the residuals."""

    def __init__(self, index):
        super().__init__()
        self.attention = same_equations.EdgeScaledAttention(
            WIDTH, HEADS, WIDTH // HEADS, updates_edges=True
        )
        self.norms = torch.nn.ModuleList(torch.nn.BatchNorm1d(WIDTH) for _ in range(4))
        self.feed_forwards = torch.nn.ModuleList(perceptron(2 * WIDTH) for _ in range(2))

    def forward(self, nodes, edge_index, edges, graph_ids):
        updates = self.attention(nodes, edge_index, edges)
        results = []
        for x, update, feed_forward, first, second in zip(
            (nodes, edges), updates, self.feed_forwards, self.norms[:2], self.norms[2:], strict=True
        ):
            x = first(x + update)
            results.append(second(x + feed_forward(x)))
        return results


class _GlobalLocal(torch.nn.Module):
    def __init__(self, index):
        super().__init__()
        local = pyg.GINEConv(perceptron(WIDTH))
        self.block = pyg.GPSConv(WIDTH, local, heads=HEADS, norm="batch_norm")

    def forward(self, nodes, edge_index, edges, graph_ids):
        return self.block(nodes, edge_index, graph_ids, edge_attr=edges), edges


_NODES, _EDGES = {"categories": [ATOMS]}, {"categories": [BONDS]}
# name: (our backbone, PyG's module), made of the graphs
MODELS = {
    "GIN": (
        lambda some: models.GIN(_NODES, WIDTH, LAYERS, edge_features=_EDGES),
        lambda some: _Regressor(_Isomorphism),
    ),
    "GAT": (
        lambda some: models.GAT(
            _NODES, WIDTH // HEADS, HEADS, LAYERS, normalization="batch", residual=True
        ),
        lambda some: _Regressor(_Attention, reads_edges=False),
    ),
    "PNA": (
        lambda some: models.PNA(_NODES, WIDTH, mean_log_degree(some), LAYERS, **PNA),
        lambda some: _Regressor(
            functools.partial(_Principal, degrees=degree_counts(some)), reads_edges=False
        ),
    ),
    "GatedGCN": (
        lambda some: models.GatedGCN(_NODES, WIDTH, LAYERS, edge_features=_EDGES),
        lambda some: _Regressor(_Gated),
    ),
    "Graph transformer": (
        lambda some: models.GraphTransformer(_NODES, WIDTH, LAYERS, HEADS, edge_features=_EDGES),
        lambda some: _Regressor(_Transformer),
    ),
    "GraphGPS": (
        lambda some: models.GraphGPS(_NODES, WIDTH, LAYERS, HEADS, edge_features=_EDGES),
        lambda some: _Regressor(_GlobalLocal),
    ),
}


def training_functions(name):
    """The two functions that are timed, each of one epoch."""
    some, labels = molecules()
    backbone, module = MODELS[name]
    keras.utils.set_random_seed(0)
    return {
        "ours": fitted(backbone(some), some, labels),
        "PyG loop": torch_loop(module(some), some, labels),
    }
