"""PNA against PyTorch Geometric's, from the same weights."""

import keras
import pytest
import torch

from keras_gt import layers
from tests.references.layer_arrays import named_variables, randomise
from tests.references.test_pyg_parity import PLAIN, WITH_EDGES, C, F, compare, fill, pyg

HISTOGRAM = torch.tensor([1, 4, 2, 3])  # nodes of degree 0, 1, 2, 3
MEAN_LOG_DEGREE = float((HISTOGRAM * torch.log(torch.arange(4.0) + 1)).sum() / 10)


def built(inputs, **options):
    """The layer with random weights, and those as torch tensors, (in, out) for each tower."""
    layer = layers.PrincipalNeighbourhoodAggregation(10, MEAN_LOG_DEGREE, **options)
    keras.utils.set_random_seed(8)
    shapes = [inputs[key].shape for key in ("node_features", "edge_features") if key in inputs]
    layer.build(*shapes)
    randomise(layer)
    weights = {}
    for name, variable in named_variables(layer).items():
        weights[name] = torch.tensor(keras.ops.convert_to_numpy(variable), dtype=torch.float64)
    return layer, weights


def state_of(weights, towers, aggregation):
    """PyG's parameters: receiver, sender and edge side by side, and no mixing of the towers."""
    state = {f"aggr_module.{name}": value for name, value in aggregation.named_buffers()}
    state.update({"lin.weight": torch.eye(10), "lin.bias": torch.zeros(10)})
    for tower in range(towers):
        parts = [weights["query/kernel"][tower], weights["value/kernel"][tower]]
        if "edge/kernel" in weights:  # PyG projects the edges twice: the second time as they are
            state["edge_encoder.weight"] = weights["edge/kernel"].T
            state["edge_encoder.bias"] = torch.zeros(F)
            parts.append(torch.eye(F, dtype=torch.float64))
        state[f"pre_nns.{tower}.0.weight"] = torch.cat(parts).T
        state[f"pre_nns.{tower}.0.bias"] = weights["query/bias"][tower]
        state[f"post_nns.{tower}.0.weight"] = weights["projection/kernel"][tower].T
        state[f"post_nns.{tower}.0.bias"] = weights["projection/bias"][tower]
    return state


@pytest.mark.parametrize("towers, edges", [(1, False), (1, True), (5, False)])
def test_pna_conv(towers, edges):
    """PyG cuts the variance off at 1e-5 where the paper adds 1e-5; without either they are one."""
    inputs = WITH_EDGES if edges else PLAIN
    layer, weights = built(inputs, towers=towers, epsilon=0.0)
    module = pyg.PNAConv(
        F,
        10,
        layer.aggregators,
        layer.scalers,
        HISTOGRAM,
        edge_dim=C if edges else None,
        towers=towers,
        divide_input=True,
    )
    module = fill(module, state_of(weights, towers, module.aggr_module))
    compare(layer, module, inputs, **({"edge_attr": "edge_features"} if edges else {}))
