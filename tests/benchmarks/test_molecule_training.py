"""What `model.fit` is timed against is a model with the same parameters."""

import math
import warnings

import numpy as np
import pytest
import torch

from benchmarks.names import TRAINED

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PyG uses parts of torch that torch deprecates
    from benchmarks import molecule_training


@pytest.mark.parametrize("name", TRAINED)
def test_both_models_have_the_same_number_of_parameters(name):
    some, _ = molecule_training.molecules(6)
    backbone, module = (make(some) for make in molecule_training.MODELS[name])
    states = ("moving_mean", "moving_variance", "seed_generator_state")
    ours = sum(
        math.prod(weight.shape)
        for weight in molecule_training.regressor(backbone).weights
        if weight.name not in states
    )
    assert ours == sum(parameter.numel() for parameter in module.parameters())


def test_both_train_an_epoch():
    graphs, labels = molecule_training.molecules(6)
    backbone, module = (make(graphs) for make in molecule_training.MODELS["GIN"])
    before = [parameter.detach().clone() for parameter in module.parameters()]
    molecule_training.torch_loop(module, graphs, labels)()
    assert not all(torch.equal(*pair) for pair in zip(before, module.parameters(), strict=True))
    history = molecule_training.fitted(backbone, graphs, labels)()
    assert np.isfinite(history.history["loss"]).all()
