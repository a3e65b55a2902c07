"""One batch as our layers take it and as PyTorch Geometric's do."""

import numpy as np
import torch

from benchmarks.steps import layer_steps, torch_steps

EDGE_KEYS = ("senders", "receivers", "receiver_offsets", "sender_offsets", "sender_order")


def edges_of(batch):
    """The edges argument of a layer, from a batch."""
    return {"mask": batch["edge_mask"], **{key: batch[key] for key in EDGE_KEYS}}


def edge_index(graph_or_batch):
    """PyG's edge index of the real edges of a one-row batch, sorted by receiver."""
    real = graph_or_batch["edge_mask"][0]
    pairs = np.stack([graph_or_batch[key][0][real] for key in ("senders", "receivers")])
    return torch.from_numpy(pairs.astype("int64"))


def on_batch(layer, module, batch):
    """Our layer and PyG's on one batch of a single row."""
    real = batch["node_mask"][0]
    features = torch.from_numpy(batch["node_features"][0][real])
    return {
        "ours": layer_steps(layer, batch["node_features"], {"edges": edges_of(batch)}),
        "PyG": torch_steps(module, features, edge_index(batch)),
    }
