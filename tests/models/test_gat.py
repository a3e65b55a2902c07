import pytest

from keras_gt.layers import Dropout
from keras_gt.models import GAT


@pytest.mark.parametrize(("input_dropout", "rate"), [(None, 0.5), (0.0, 0.0), (0.25, 0.25)])
def test_the_dropout_of_the_features_may_differ(input_dropout, rate):
    model = GAT({"dense": 5}, 4, 2, dropout=0.5, input_dropout=input_dropout)
    rates = {layer.name: layer.rate for layer in model.layers if isinstance(layer, Dropout)}
    assert rates.get("input_dropout", 0.0) == rate
    assert rates["dropout_0"] == 0.5
    assert GAT.from_config(model.get_config()).input_dropout == input_dropout


def test_words_take_it_too():
    model = GAT({"words": 20}, 4, 2, dropout=0.5, input_dropout=0.0)
    assert model.get_layer("node_encoder").dropout == 0
