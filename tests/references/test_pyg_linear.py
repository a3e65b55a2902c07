"""PyG's SGFormer and Polynormer, layers and models, give the same numbers with the same weights.

PyG counts padding among the nodes and keys that it sums over, so one graph is compared at a time.
"""

import warnings

import keras
import numpy as np
import pytest
import torch

from keras_gt import layers, models
from keras_gt.graph import Graph, add_self_loops, normalise_gcn, symmetrise
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.references.layer_arrays import named_variables, randomise

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyG uses parts of torch that torch deprecates
    import torch_geometric.nn as pyg
    from torch_geometric.nn.attention import PolynormerAttention, SGFormerAttention

F, HEADS, SIZE = 4, 2, 3
RNG = np.random.default_rng(7)
NODES = RNG.normal(size=(1, 11, F)).astype("float32")
# PyG's heads are the last axis of what it splits, here they are the first
ORDER = np.arange(HEADS * SIZE).reshape(HEADS, SIZE).T.ravel()


def tensors(layer):
    """The layer's weights as torch tensors: kernels as (out, in)."""
    weights = {}
    for name, variable in named_variables(layer).items():
        value = torch.tensor(keras.ops.convert_to_numpy(variable), dtype=torch.float64)
        weights[name] = value.T if name.endswith("kernel") else value
    return weights


def random_layer(layer):
    keras.utils.set_random_seed(8)
    layer.build(NODES.shape)
    randomise(layer)
    return layer, tensors(layer)


def fill(module, weights):
    """Sets every parameter of the module, none left over."""
    with torch.no_grad():
        module.double().load_state_dict(weights, strict=True)
    return module.eval()


def run(module, nodes, *arguments):
    """The module in float64, which is also what it must make its own tensors of."""
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            return module(torch.tensor(nodes).double(), *arguments).numpy()
    finally:
        torch.set_default_dtype(torch.float32)


def linear(weights, name=""):
    return {"weight": weights[f"{name}kernel"], "bias": weights[f"{name}bias"]}


def norm(weights, name=""):
    found = {"weight": weights[f"{name}gamma"], "bias": weights[f"{name}beta"]}
    if f"{name}moving_mean" in weights:
        found["running_mean"] = weights[f"{name}moving_mean"]
        found["running_var"] = weights[f"{name}moving_variance"]
        found["num_batches_tracked"] = torch.tensor(0)
    return found


@pytest.mark.parametrize("bias", [False, True], ids=["plain", "biased"])
def test_simple_global_attention(bias):
    layer = layers.SimpleGlobalAttention(HEADS, SIZE, unit_norm="node", use_bias=bias)
    layer, weights = random_layer(layer)
    state = {}
    for name in ("query", "key", "value"):
        state[f"{name[0]}.weight"] = weights[f"{name}/kernel"]
        if bias:
            state[f"{name[0]}.bias"] = weights[f"{name}/bias"]
    module = fill(SGFormerAttention(F, HEADS, SIZE, qkv_bias=bias), state)
    expected = run(module, NODES)
    assert_close(compiled(layer)(NODES), expected, 1e-6)


def polynomial_state(weights, projection):
    state = {f"lns.{key}": value[ORDER] for key, value in norm(weights, "norm/").items()}
    for name, theirs in (("gate", "h_lins"), ("key", "k"), ("value", "v"), ("query", "q")):
        if f"{name}/kernel" in weights:
            state[f"{theirs}.weight"] = weights[f"{name}/kernel"][ORDER]
            state[f"{theirs}.bias"] = weights[f"{name}/bias"][ORDER]
    state["lin_out.weight"] = projection["weight"][:, ORDER]
    state["lin_out.bias"] = projection["bias"]
    return state


@pytest.mark.parametrize("shared", [False, True], ids=["query_and_key", "shared"])
def test_polynomial_attention(shared):
    layer = layers.PolynomialAttention(HEADS, SIZE, share_query_key=shared, beta=0.9)
    layer, weights = random_layer(layer)
    layer.beta_weight.assign(np.full(HEADS * SIZE, 0.9))
    eye = {"weight": torch.eye(HEADS * SIZE), "bias": torch.zeros(HEADS * SIZE)}
    module = PolynormerAttention(F, HEADS, SIZE, beta=0.9, qkv_bias=True, qk_shared=shared)
    module = fill(module, polynomial_state(weights, eye))
    expected = run(module, NODES)
    found = keras.ops.convert_to_numpy(compiled(layer)(NODES))
    assert_close(np.maximum(found, 0), expected, 1e-6)


def random_model(model):
    keras.utils.set_random_seed(8)
    randomise(model)
    found = {layer.name: tensors(layer) for layer in model.layers if layer.weights}
    return model, found


def random_graph():
    pairs = RNG.permutation(np.argwhere(~np.eye(11, dtype=bool)))[:17]
    return add_self_loops(symmetrise(Graph(11, *pairs.T, node_features=NODES[0])))


def ends_of(graph):
    return torch.tensor(np.stack([graph.senders, graph.receivers])).long()


def flat_state(parts):
    """The state of a module from that of its parts, by their names in it."""
    return {f"{part}.{key}": value for part, state in parts.items() for key, value in state.items()}


def assert_same_distribution(model, module, graph, nodes):
    """PyG's models end with a log-softmax, ours with what goes into it."""
    found = keras.ops.convert_to_numpy(compiled(model)(graph.inputs()))[0].astype("float64")
    found = found - np.log(np.exp(found).sum(axis=1, keepdims=True))
    ends = torch.tensor(np.stack([graph.senders, graph.receivers])).long()
    expected = run(module, nodes, ends, torch.zeros(graph.num_nodes, dtype=torch.long))
    assert_close(found, expected, 1e-6)


def test_sg_former():
    graph = normalise_gcn(random_graph())
    model = models.SGFormer(
        {"dense": F},
        5,
        num_layers=2,
        num_graph_layers=2,
        graph_weight=0.3,
        unit_norm="node",
        attention_activation="relu",
    )
    model, weights = random_model(model)
    for index in range(2):  # PyG's projections have no biases
        layer = model.get_layer(f"attention_{index}")
        for dense in (layer.query, layer.key, layer.value):
            dense.bias.assign(np.zeros(5))
    trans, convolutional = "trans_conv", "graph_conv"
    parts = {
        f"{trans}.fcs.0": linear(weights["node_encoder"]),
        f"{trans}.bns.0": norm(weights["encoder_norm"]),
        f"{convolutional}.fcs.0": linear(weights["graph_encoder"]),
        f"{convolutional}.bns.0": norm(weights["graph_encoder_norm"]),
    }
    for index in range(2):
        attention = weights[f"attention_{index}"]
        parts[f"{trans}.attns.{index}"] = {
            f"{name[0]}.weight": attention[f"{name}/kernel"] for name in ("query", "key", "value")
        }
        parts[f"{trans}.bns.{index + 1}"] = norm(weights[f"attention_{index}_norm"])
        convolution = weights[f"convolution_{index}"]
        parts[f"{convolutional}.convs.{index}"] = {
            "bias": convolution["bias"],
            "lin.weight": convolution["value/kernel"],
        }
        parts[f"{convolutional}.bns.{index + 1}"] = norm(weights[f"convolution_{index}_norm"])
    module = pyg.SGFormer(F, 5, 5, 2, 1, gnn_num_layers=2, graph_weight=0.3)
    module.fc = torch.nn.Identity()
    assert_same_distribution(model, fill(module, flat_state(parts)), graph, NODES[0])


def test_polynormer():
    """PyG's model has no encoder (its first layer reads the features) and one head here."""
    graph = random_graph()
    model = models.Polynormer(
        {"dense": F}, 5, num_heads=1, num_local_layers=2, num_global_layers=2, beta=0.9
    )
    model, weights = random_model(model)
    for index in range(2):  # PyG's beta is a constant, and its keys and values have no biases
        attention = model.get_layer(f"global_attention_{index}")
        for layer in (model.get_layer(f"block_{index}"), attention):
            layer.beta_weight.assign(np.full(5, 0.9))
        attention.key.bias.assign(np.zeros(5))
        attention.value.bias.assign(np.zeros(5))
    parts = {"ln": norm(weights["global_norm"])}
    for index in range(2):
        block, attention = weights[f"block_{index}"], weights[f"global_attention_{index}"]
        parts |= {
            f"h_lins.{index}": linear(block, "gate/"),
            f"lins.{index}": linear(block, "own/"),
            f"lns.{index}": norm(block, "norm/"),
            f"local_convs.{index}": {
                "att_src": block["aggregation/sender_score"][None],
                "att_dst": block["aggregation/receiver_score"][None],
                "lin.weight": block["aggregation/value/kernel"],
            },
            f"global_attn.{index}.h_lins": linear(attention, "gate/"),
            f"global_attn.{index}.k": {"weight": attention["key/kernel"]},
            f"global_attn.{index}.v": {"weight": attention["value/kernel"]},
            f"global_attn.{index}.lns": norm(attention, "norm/"),
            f"global_attn.{index}.lin_out": linear(weights["global_projection"]),
        }
    module = pyg.Polynormer(5, 5, 5, 2, 2, qk_shared=True, post_bn=False, local_attn=True)
    module.lin_in = module.pred_local = module.pred_global = torch.nn.Identity()
    module._global = True
    encoder = {name: value.numpy() for name, value in linear(weights["node_encoder"]).items()}
    nodes = NODES[0].astype("float64") @ encoder["weight"].T + encoder["bias"]
    assert_same_distribution(model, fill(module, flat_state(parts)), graph, nodes)
