"""Nothing to read is refused by name; a call is Keras' own wherever it does anything."""

import keras
import numpy as np
import pytest

from tests.models.small_models import dense_graph, dot_classifier, edge_graph, edge_regressor

ON_TORCH = keras.backend.backend() == "torch"


def tensors(**changed):
    inputs = {k: keras.ops.convert_to_tensor(v) for k, v in dense_graph().inputs().items()}
    return {**inputs, **changed}


def doubles():
    return tensors(node_features=keras.ops.cast(tensors()["node_features"], "float64"))


def longs():
    return tensors(senders=keras.ops.cast(tensors()["senders"], "int64"))


@pytest.mark.parametrize(
    ("make", "training", "is_direct"),
    [
        (tensors, False, True),
        (lambda: dense_graph().inputs(), False, False),
        (tensors, None, False),
        *([(longs, False, True), (doubles, False, False)] if ON_TORCH else []),  # converted
    ],
)
def test_a_model_is_called_without_checks_where_they_have_no_use(
    monkeypatch, make, training, is_direct
):
    model = dot_classifier()
    expected = model(tensors(), training=False)
    called, original = [], keras.layers.Layer.__call__

    def call(self, *args, **kwargs):
        called.append(self)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(keras.layers.Layer, "__call__", call)
    result = model(make(), training=training)
    assert (model in called) == (not (ON_TORCH and is_direct))
    np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (result, expected)))


def test_the_mask_of_the_result_is_kept():
    model = edge_regressor()
    batch = model.loader([edge_graph(), edge_graph()], batch_size=2)[0][0]
    inputs = {k: keras.ops.convert_to_tensor(v) for k, v in batch.items()}
    mask = model(inputs, training=False)._keras_mask
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(mask), batch["graph_mask"])


@pytest.mark.parametrize("x", [None, [None], (None, None)])
def test_nothing_is_refused(x):
    model = dot_classifier()
    for call in (model.fit, model.evaluate, model.predict, model.backbone.predict):
        with pytest.raises(ValueError, match="x must be a dictionary of arrays.* Received: x="):
            call(x, verbose=0)


def test_what_is_no_graph_is_refused_among_graphs():
    with pytest.raises(ValueError, match="inputs must be graphs. Build .* Received: 3"):
        edge_regressor().predict([edge_graph(), 3], verbose=0)
