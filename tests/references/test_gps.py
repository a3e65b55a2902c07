"""GraphGPS' block against loops written from the paper, and against PyTorch Geometric's layer."""

import functools
import warnings

import keras
import numpy as np
import pytest
import torch

from keras_gt import layers
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.examples import OTHER_LAYERS, SQUARE
from tests.ops.backend_gradients import value_and_gradients
from tests.references import numpy_layers as reference
from tests.references.layer_arrays import built, named_variables, pure_function, rows_of
from tests.references.numpy_gps import global_local_block
from tests.references.test_pyg_parity import built as built_for_torch
from tests.references.test_pyg_parity import compare, fill

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyG uses parts of torch that torch deprecates
    import torch_geometric.nn as pyg

REFERENCES = {
    "gps": functools.partial(
        global_local_block,
        local=functools.partial(reference.graph_isomorphism, epsilon=0.0),
        heads=2,
        size=3,
        norm=reference.layer_norm,
    ),
    "gps_gated": functools.partial(
        global_local_block,
        local=reference.gated_convolution,
        heads=1,
        size=3,
        norm=reference.batch_norm,
    ),
}


def reference_vector(name, arrays):
    """The reference's real entries, in the order of `pure_function`."""
    weights = {key: value for key, value in arrays.items() if not key.endswith("_features")}
    features = {key: value for key, value in arrays.items() if key.endswith("_features")}
    outputs = []
    for row, mask in zip(rows_of({**SQUARE, **features}), SQUARE["node_mask"], strict=True):
        row.nodes = row.nodes[mask]  # the first ones
        outputs.append(REFERENCES[name](weights, row))
    return np.concatenate([part.ravel() for parts in zip(*outputs, strict=True) for part in parts])


@pytest.mark.parametrize("name", REFERENCES)
def test_value_and_gradients(name):
    example = OTHER_LAYERS[name]
    layer = built(example)
    variables = named_variables(layer)
    weights = {key: keras.ops.convert_to_numpy(value) for key, value in variables.items()}
    features = {key: value for key, value in SQUARE.items() if key.endswith("_features")}
    trained = {key: weights[key] for key, value in variables.items() if value.trainable}
    everything = {key: value.astype("float64") for key, value in {**weights, **features}.items()}

    expected = reference_vector(name, everything)
    rng = np.random.default_rng(0)
    upstream = rng.normal(size=expected.shape).astype("float32")
    on_jax = keras.backend.backend() == "jax"
    function = pure_function(layer, example)
    found, gradients = value_and_gradients(function, {**features, **trained}, upstream, on_jax)
    assert_close(found, expected, 1e-5, name=name)
    for key, gradient in gradients.items():
        direction = rng.normal(size=gradient.shape)
        step, ends = 1e-6, []
        for sign in (1, -1):
            moved = {**everything, key: everything[key] + sign * step * direction}
            ends.append(reference_vector(name, moved) @ upstream)
        slope = (ends[0] - ends[1]) / (2 * step)
        assert_close(np.sum(gradient * direction), slope, 2e-4, name=f"gradient of {key}")


WIDTH, HEADS = 10, 2


def torch_state(weights):
    """The block's weights under the names of PyG's layer."""
    query, key, value = (f"attention/{name}" for name in ("query", "key", "value"))
    state = {
        "attn.in_proj_weight": torch.cat([weights[f"{x}/kernel"] for x in (query, key, value)]),
        "attn.in_proj_bias": torch.cat([weights[f"{x}/bias"] for x in (query, key, value)]),
        "attn.out_proj.weight": weights["attention/projection/kernel"],
        "attn.out_proj.bias": weights["attention/projection/bias"],
        "conv.eps": torch.zeros(1, dtype=torch.float64),
    }
    for ours, theirs in (("local/feed_forward", "conv.nn"), ("feed_forward", "mlp")):
        for ours_part, number in (("expand", 0), ("contract", 3 if theirs == "mlp" else 2)):
            state[f"{theirs}.{number}.weight"] = weights[f"{ours}/{ours_part}/kernel"]
            state[f"{theirs}.{number}.bias"] = weights[f"{ours}/{ours_part}/bias"]
    norms = (("local_norm", 1), ("attention_norm", 2), ("feed_forward_norm", 3))
    names = {"gamma": "weight", "beta": "bias"}
    names |= {"moving_mean": "running_mean", "moving_variance": "running_var"}
    for norm, number in norms:
        for ours, theirs in names.items():
            state[f"norm{number}.module.{theirs}"] = weights[f"{norm}/{ours}"]
        state[f"norm{number}.module.num_batches_tracked"] = torch.tensor(0)
    return state


@pytest.fixture(scope="module")
def parity():
    """Our block, PyG's layer with its weights, and a batch."""
    rng = np.random.default_rng(1)
    inputs = {
        **SQUARE,
        "node_features": rng.normal(size=(2, 11, WIDTH)).astype("float32"),
        "edge_features": rng.normal(size=(2, 31, WIDTH)).astype("float32"),
    }
    block = layers.GlobalLocalBlock(
        layers.GraphIsomorphism(layers.FeedForward(WIDTH), use_edge_projection=False),
        layers.MultiHeadAggregation(HEADS, WIDTH // HEADS, output_dim=WIDTH),
        layers.FeedForward(2 * WIDTH),
    )
    block, weights = built_for_torch(block, inputs)
    perceptron = torch.nn.Sequential(
        torch.nn.Linear(WIDTH, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, WIDTH)
    )
    module = pyg.GPSConv(WIDTH, pyg.GINEConv(perceptron), HEADS)
    return block, fill(module, torch_state(weights)).eval(), inputs


def test_pyg_s_layer(parity):
    block, module, inputs = parity

    class RealNodes(torch.nn.Module):
        """Padding would be read in PyG's attention: only its first nodes are given."""

        def forward(self, nodes, ends, edge_attr):
            mask = next(masks)
            out = torch.zeros_like(nodes)
            out[mask] = module(nodes[mask], ends, edge_attr=edge_attr)
            return out

    masks = iter(torch.tensor(inputs["node_mask"]))
    compare(block, RealNodes(), inputs, edge_attr="edge_features")


def test_pyg_s_layer_in_training(parity):
    """The batch statistics, over the real nodes of all graphs, and what they leave behind."""
    block, module, inputs = parity
    mask = inputs["node_mask"]
    lists = {"senders": inputs["senders"], "receivers": inputs["receivers"]}
    lists["mask"] = inputs["edge_mask"]
    train = compiled(block, training=True)
    found = train(inputs["node_features"], lists, inputs["edge_features"], node_mask=mask)
    starts = np.array([0, mask[0].sum()])[:, None]
    new = [(inputs[end] + starts)[inputs["edge_mask"]] for end in ("senders", "receivers")]
    module.train()
    module.attn.dropout = 0.0
    expected = module(
        torch.tensor(inputs["node_features"][mask]).double(),
        torch.tensor(np.stack(new)).long(),
        torch.tensor(np.nonzero(mask)[0]),
        edge_attr=torch.tensor(inputs["edge_features"][inputs["edge_mask"]]).double(),
    )
    module.eval()
    found = keras.ops.convert_to_numpy(found)[mask]
    assert_close(found, expected.detach().numpy(), 1e-5)
    moved = keras.ops.convert_to_numpy(block.local_norm.moving_mean)
    assert_close(moved, module.norm1.module.running_mean.numpy(), 1e-6)
