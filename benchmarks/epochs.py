"""`model.fit` of a two-layer GAT on a graph of Cora's size, beside hand-written PyG loops."""

import keras
import numpy as np
import torch
from torch_geometric.nn import GATConv

from benchmarks import graphs
from keras_gt.models import GAT, NodeClassifier

BARS = {"torch": 1.5, "jax": 4.0, "tensorflow": 1.5}
EPOCHS = 20  # of one sample, so that what starting `fit` costs once weighs little
VOCABULARY, CLASSES, RATE, LEARNING_RATE = 1433, 7, 0.6, 5e-3


def fitted(node_features, graph, labels, weights):
    """A function that trains our model for EPOCHS epochs with fit."""
    backbone = GAT(node_features, head_dim=8, num_heads=8, output_dim=CLASSES, dropout=RATE)
    model = NodeClassifier(backbone, CLASSES, head=None)
    model.optimizer.learning_rate = LEARNING_RATE
    inputs = graph.inputs()
    targets, sample_weight = labels[None], weights[None]

    def fit():
        model.fit(
            inputs,
            targets,
            sample_weight=sample_weight,
            batch_size=1,
            epochs=EPOCHS,
            verbose=0,
        )

    return fit


class _SparseLinear(torch.nn.Module):
    """A linear layer without bias on a sparse matrix."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.empty(inputs, outputs))
        torch.nn.init.xavier_uniform_(self.weight)

    def forward(self, features):
        return torch.sparse.mm(features, self.weight)


class _TwoLayers(torch.nn.Module):
    """GAT as PyG users write it; on sparse features the dropout falls on the non-zeros."""

    def __init__(self, sparse):
        super().__init__()
        self.sparse = sparse
        self.first = GATConv(VOCABULARY, 8, heads=8, add_self_loops=False)
        self.second = GATConv(64, CLASSES, heads=1, concat=False, add_self_loops=False)
        if sparse:
            self.first.lin = _SparseLinear(VOCABULARY, 64)

    def forward(self, features, edge_index):
        dropout = torch.nn.functional.dropout
        if self.sparse:
            values = dropout(features.values(), RATE, self.training)
            features = torch.sparse_coo_tensor(
                features.indices(), values, features.shape, is_coalesced=True
            )
        else:
            features = dropout(features, RATE, self.training)
        hidden = torch.nn.functional.elu(self.first(features, edge_index))
        return self.second(dropout(hidden, RATE, self.training), edge_index)


def torch_loop(graph, labels, weights, sparse):
    """A function that trains PyG's layers for EPOCHS epochs in a loop written by hand."""
    model = _TwoLayers(sparse)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    features = torch.from_numpy(graph.node_features)
    features = features.to_sparse_coo().coalesce() if sparse else features
    batch = graph.inputs()
    pairs = np.concatenate([batch["senders"], batch["receivers"]]).astype("int64")
    edge_index, targets = torch.from_numpy(pairs), torch.from_numpy(labels).long()
    train = torch.from_numpy(np.flatnonzero(weights))

    def loop():
        for _ in range(EPOCHS):
            model.train()
            optimizer.zero_grad()
            logits = model(features, edge_index)
            torch.nn.functional.cross_entropy(logits[train], targets[train]).backward()
            optimizer.step()

    return loop


def epoch_functions():
    """The four functions that are timed, each of EPOCHS epochs."""
    words, dense, labels, weights = graphs.papers()
    keras.utils.set_random_seed(0)
    return {
        "ours, word ids": fitted({"words": VOCABULARY}, words, labels, weights),
        "ours, dense": fitted({"dense": VOCABULARY}, dense, labels, weights),
        "PyG loop, dense": torch_loop(dense, labels, weights, sparse=False),
        "PyG loop, sparse": torch_loop(dense, labels, weights, sparse=True),
    }
