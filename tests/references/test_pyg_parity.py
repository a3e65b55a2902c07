"""The same weights in PyTorch Geometric's layers give the same numbers, on every backend."""

import warnings

import keras
import numpy as np
import pytest
import torch

from keras_gt import layers
from keras_gt.graph import Graph, add_self_loops, normalise_gcn, symmetrise
from keras_gt.testing import assert_close, layer_function, random_graph_inputs
from tests.layers.compiled import compiled
from tests.references.layer_arrays import named_variables, randomise

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyG uses parts of torch that torch deprecates
    import torch_geometric.nn as pyg

F, C = 5, 3
PLAIN = random_graph_inputs(num_features=F, plan=True)
WITH_EDGES = random_graph_inputs(num_features=F, num_edge_features=C, plan=True)
SQUARE = random_graph_inputs(num_features=F, num_edge_features=F, plan=True)
WEIGHTED = random_graph_inputs(num_features=F, edge_weights=True, plan=True)


def built(layer, inputs):
    """The layer with random weights, and those as torch tensors: kernels as (out, in)."""
    keras.utils.set_random_seed(8)
    shapes = [inputs["node_features"].shape]
    if "edge_features" in inputs:
        shapes.append(inputs["edge_features"].shape)
    layer.build(*shapes)
    randomise(layer)
    weights = {}
    for name, variable in named_variables(layer).items():
        value = torch.tensor(keras.ops.convert_to_numpy(variable), dtype=torch.float64)
        weights[name] = value.T if name.endswith("kernel") else value
    return layer, weights


def fill(module, weights):
    """Sets every parameter of the module, none left over."""
    module = module.double()
    with torch.no_grad():
        module.load_state_dict(weights, strict=True)
    return module


def compare(layer, module, inputs, **arguments):
    """Row by row: PyG has no batch axis."""
    found = layer_function(compiled(layer), "plan")(inputs)
    found = keras.ops.convert_to_numpy(found[0] if isinstance(found, tuple) else found)
    for row in range(len(found)):
        real = inputs["edge_mask"][row]
        ends = np.stack([inputs["senders"][row, real], inputs["receivers"][row, real]])
        nodes = torch.tensor(inputs["node_features"][row]).double()
        extra = {
            name: torch.tensor(inputs[key][row, real]).double() for name, key in arguments.items()
        }
        with torch.no_grad():
            expected = module(nodes, torch.tensor(ends).long(), **extra).numpy()
        mask = inputs["node_mask"][row]
        assert_close(found[row], expected, 1e-6, mask, f"row {row}")


def test_gcn():
    layer, weights = built(layers.GraphConvolution(7), WEIGHTED)
    module = pyg.GCNConv(F, 7, normalize=False, add_self_loops=False)
    module = fill(module, {"lin.weight": weights["value/kernel"], "bias": weights["bias"]})
    compare(layer, module, WEIGHTED, edge_weight="edge_weights")


@pytest.mark.parametrize("edges", [False, True], ids=["plain", "edges"])
@pytest.mark.parametrize("concat", [True, False], ids=["concatenated", "averaged"])
def test_gat(edges, concat):
    inputs = WITH_EDGES if edges else PLAIN
    layer, weights = built(layers.GraphAttention(2, 3, concat_heads=concat), inputs)
    module = pyg.GATConv(F, 3, 2, concat, edge_dim=C if edges else None, add_self_loops=False)
    state = {
        "att_src": weights["sender_score"][None],
        "att_dst": weights["receiver_score"][None],
        "bias": weights["bias"],
        "lin.weight": weights["value/kernel"],
    }
    if edges:
        # PyG scores a projected edge, which is one number a head: its width is redundant
        wide = torch.zeros(6, C, dtype=torch.float64)
        wide[::3] = weights["edge/kernel"]
        first = torch.zeros(1, 2, 3, dtype=torch.float64)
        first[..., 0] = 1
        state.update({"lin_edge.weight": wide, "att_edge": first})
    compare(layer, fill(module, state), inputs, **({"edge_attr": "edge_features"} if edges else {}))


@pytest.mark.parametrize("edges", [False, True], ids=["plain", "edges"])
def test_gatv2(edges):
    inputs = WITH_EDGES if edges else PLAIN
    layer, weights = built(layers.GraphAttention(2, 3, score="gatv2"), inputs)
    module = pyg.GATv2Conv(F, 3, 2, bias=True, edge_dim=C if edges else None, add_self_loops=False)
    zero = torch.zeros(6, dtype=torch.float64)
    state = {
        "att": weights["score_vector"][None],
        "bias": weights["bias"],
        "lin_l.weight": weights["value/kernel"],
        "lin_l.bias": zero,
        "lin_r.weight": weights["query/kernel"],
        "lin_r.bias": zero,
    }
    if edges:
        state["lin_edge.weight"] = weights["edge/kernel"]
    compare(layer, fill(module, state), inputs, **({"edge_attr": "edge_features"} if edges else {}))


@pytest.mark.parametrize("kind", ["sum", "mean", "max", "min"])
def test_sage(kind):
    layer = layers.MultiHeadAggregation(1, 7, aggregation=kind, use_root_weight=True)
    layer, weights = built(layer, PLAIN)
    if kind in ("sum", "mean"):
        module = pyg.SAGEConv(F, 7, aggr=kind)
        state = {
            "lin_l.weight": weights["value/kernel"],
            "lin_l.bias": weights["bias"],
            "lin_r.weight": weights["root/kernel"],
        }
        compare(layer, fill(module, state), PLAIN)
        return
    compare(layer, ProjectThenAggregate(weights, kind), PLAIN)


class ProjectThenAggregate(torch.nn.Module):
    """PyG aggregates, then projects: for other kinds than sum and mean the order matters."""

    def __init__(self, weights, kind):
        super().__init__()
        self.weights = weights
        self.aggregate = pyg.SimpleConv(aggr=kind)

    def forward(self, nodes, edge_index):
        value = nodes @ self.weights["value/kernel"].T
        rows = self.aggregate(value, edge_index)
        return rows + nodes @ self.weights["root/kernel"].T + self.weights["bias"]


def perceptron():
    return torch.nn.Sequential(torch.nn.Linear(F, 13), torch.nn.GELU(), torch.nn.Linear(13, 7))


def fill_perceptron(module, weights):
    """GIN's feed-forward; after the layer is made, which resets it."""
    state = {
        "0.weight": weights["feed_forward/expand/kernel"],
        "0.bias": weights["feed_forward/expand/bias"],
        "2.weight": weights["feed_forward/contract/kernel"],
        "2.bias": weights["feed_forward/contract/bias"],
    }
    fill(module, state)


def test_gin():
    feed_forward = layers.FeedForward(13, output_dim=7, activation="gelu")
    layer, weights = built(layers.GraphIsomorphism(feed_forward, epsilon=0.25), PLAIN)
    module = pyg.GINConv(perceptron(), eps=0.25).double()
    fill_perceptron(module.nn, weights)
    compare(layer, module, PLAIN)


def test_gine():
    feed_forward = layers.FeedForward(13, output_dim=7, activation="gelu")
    layer, weights = built(layers.GraphIsomorphism(feed_forward, train_epsilon=True), WITH_EDGES)
    module = pyg.GINEConv(perceptron(), train_eps=True, edge_dim=C).double()
    fill_perceptron(module.nn, weights)
    with torch.no_grad():
        module.eps.copy_(weights["epsilon"])
        module.lin.weight.copy_(weights["edge/kernel"])
        module.lin.bias.copy_(weights["edge/bias"])
    compare(layer, module, WITH_EDGES, edge_attr="edge_features")


@pytest.mark.parametrize("edges", [False, True], ids=["plain", "edges"])
def test_transformer_conv(edges):
    inputs = WITH_EDGES if edges else PLAIN
    layer, weights = built(layers.MultiHeadAggregation(2, 3, use_root_weight=True), inputs)
    module = pyg.TransformerConv(F, 3, 2, edge_dim=C if edges else None)
    state = {"lin_skip.weight": weights["root/kernel"]}
    state["lin_skip.bias"] = torch.zeros(6, dtype=torch.float64)
    for name in ("query", "key", "value"):
        state[f"lin_{name}.weight"] = weights[f"{name}/kernel"]
        state[f"lin_{name}.bias"] = weights[f"{name}/bias"]
    if edges:
        state["lin_edge.weight"] = weights["edge/kernel"]
    compare(layer, fill(module, state), inputs, **({"edge_attr": "edge_features"} if edges else {}))


def test_residual_gated_convolution_has_the_same_gates():
    """PyG leaves out the division by the gates' sum: multiplied back, both are one formula."""
    layer, weights = built(layers.GatedGraphConvolution(7), WITH_EDGES)
    found, edges = layer_function(compiled(layer), "plan")(WITH_EDGES)
    found, edges = (keras.ops.convert_to_numpy(x).astype("float64") for x in (found, edges))
    module = pyg.ResGatedGraphConv(F, 7, edge_dim=C).double()
    pad = torch.zeros(7, C, dtype=torch.float64)
    half = {name: weights[f"{name}/kernel"] for name in ("own", "value", "edge")}
    gates = {name: weights[f"{name}/kernel"] for name in ("sender_gate", "receiver_gate")}
    biases = ("edge/bias", "sender_gate/bias", "receiver_gate/bias")
    state = {
        "bias": weights["own/bias"],
        # edges enter once, beside the sender
        "lin_query.weight": torch.cat([gates["sender_gate"], half["edge"]], dim=1),
        "lin_query.bias": sum(weights[name] for name in biases),
        "lin_key.weight": torch.cat([gates["receiver_gate"], pad], dim=1),
        "lin_key.bias": torch.zeros(7, dtype=torch.float64),
        "lin_value.weight": torch.cat([half["value"], pad], dim=1),
        "lin_value.bias": weights["value/bias"],
        "lin_skip.weight": half["own"],
    }
    module = fill(module, state)
    for row in range(len(found)):
        real = WITH_EDGES["edge_mask"][row]
        receivers = WITH_EDGES["receivers"][row, real]
        ends = np.stack([WITH_EDGES["senders"][row, real], receivers])
        nodes = torch.tensor(WITH_EDGES["node_features"][row]).double()
        pairs = torch.tensor(WITH_EDGES["edge_features"][row, real]).double()
        with torch.no_grad():
            expected = module(nodes, torch.tensor(ends).long(), pairs).numpy()
        total = np.zeros_like(found[row])
        np.add.at(total, receivers, 1 / (1 + np.exp(-edges[row, real])))
        own = (nodes @ half["own"].T + weights["own/bias"]).numpy()
        multiplied = own + (found[row] - own) * (total + 1e-6)
        assert_close(multiplied, expected, 2e-6, WITH_EDGES["node_mask"][row], f"row {row}")


def test_gcn_normalisation_is_that_of_the_paper():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(9, F)).astype("float32")
    pairs = rng.permutation(np.argwhere(~np.eye(9, dtype=bool)))[:14]
    graph = Graph(9, pairs[:, 0], pairs[:, 1], node_features=features)
    graph = normalise_gcn(add_self_loops(symmetrise(graph)))
    inputs = graph.inputs()
    layer, weights = built(layers.GraphConvolution(7), inputs)
    edges = {"senders": inputs["senders"], "receivers": inputs["receivers"]}
    edges["weights"] = inputs["edge_weights"]
    found = keras.ops.convert_to_numpy(compiled(layer)(inputs["node_features"], edges))[0]
    module = pyg.GCNConv(F, 7)
    module = fill(module, {"lin.weight": weights["value/kernel"], "bias": weights["bias"]})
    pairs = np.stack([graph.senders, graph.receivers])
    pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
    with torch.no_grad():
        expected = module(torch.tensor(features).double(), torch.tensor(pairs).long()).numpy()
    assert_close(found, expected, 1e-6)
