"""What stands beside our layers as the same equations gives the same results."""

import warnings

import keras
import numpy as np
import pytest
import torch

from keras_gt.testing import assert_close
from tests.references.layer_arrays import named_variables

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyG uses parts of torch that torch deprecates
    from benchmarks import edge_architectures, graphs

MAKERS = {**edge_architectures.ALONG_EDGES, **edge_architectures.OVER_PAIRS}


def fill(module, layer):
    """The layer's weights in the module, under the same names; none left over."""
    state = {}
    for name, variable in named_variables(layer).items():
        value = torch.from_numpy(np.array(keras.ops.convert_to_numpy(variable)))
        owner, _, kind = name.rpartition("/")
        parameter = {"kernel": "weight"}.get(kind, kind)
        state[f"{owner}.{parameter}".strip(".")] = value.T if kind == "kernel" else value
    module.load_state_dict(state, strict=True)


def masks_of(edges):
    """The real nodes and the real edges of a layer's `edges`: a mask of pairs, or a list."""
    if not isinstance(edges, dict):
        return edges.any(axis=-1), edges
    node_mask = np.zeros((1, edges["receivers"].max() + 1), bool)
    node_mask[0, edges["receivers"][edges["mask"]]] = True  # of graphs with self-loops
    return node_mask, edges["mask"]


@pytest.mark.parametrize("architecture", MAKERS)
def test_same_equations_give_the_same_results(architecture):
    keras.utils.set_random_seed(3)
    parts = MAKERS[architecture](graphs.molecules, 3)
    layer, features, arguments = parts["ours"]
    module, *inputs = parts[edge_architectures.SAME]
    ours = layer(features, **arguments)
    fill(module, layer)
    with torch.no_grad():
        theirs = module(*inputs)
    ours, theirs = (x if isinstance(x, tuple) else (x,) for x in (ours, theirs))
    masks = masks_of(arguments["edges"])
    for our, their, mask in zip(ours, theirs, masks[: len(ours)], strict=True):
        their = their.numpy()
        padded = their.ndim == our.ndim
        assert_close(keras.ops.convert_to_numpy(our)[mask], their[mask] if padded else their)
