import types

import numpy as np
import pytest

from keras_gt.converters import from_keras_hub
from tests.converters.checkpoints import stored


def stand_in(name, **settings):
    """An object with what is read of KerasHub's: class name, config and weights."""
    config, weights, inputs, outputs = stored(name)
    config = {**config, **settings}
    members = {
        "name": config["name"],
        "get_config": lambda self: config,
        "weights": [
            types.SimpleNamespace(path=path, numpy=lambda value=value: value)
            for path, value in weights.items()
        ],
    }
    return type(name, (), members)(), inputs, outputs


@pytest.mark.parametrize(
    "name", ["BertBackbone", "RobertaBackbone", "AlbertBackbone", "GPT2Backbone"]
)
def test_equals_keras_hub(name):
    backbone, inputs, expected = stand_in(name)
    if name == "RobertaBackbone":
        del inputs["segment_ids"]
    found = np.asarray(from_keras_hub(backbone).predict_on_batch(inputs))
    assert np.abs(found - expected)[inputs["node_mask"]].max() < 1e-5


def test_what_is_not_supported_is_named():
    with pytest.raises(ValueError, match="backbone must be one of .*BertBackbone.*SimpleNamespace"):
        from_keras_hub(types.SimpleNamespace())
    with pytest.raises(ValueError, match="num_groups and num_inner_repetitions must be 1"):
        from_keras_hub(stand_in("AlbertBackbone", num_groups=2)[0])
    backbone = stand_in("BertBackbone", num_layers=1)[0]
    with pytest.raises(ValueError, match="parts that would be lost.*transformer_layer_1"):
        from_keras_hub(backbone)
