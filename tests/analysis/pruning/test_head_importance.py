import keras
import numpy as np
import pytest

from keras_gt.analysis.pruning import head_importance
from keras_gt.graph import Graph
from keras_gt.models import GAT, GraphClassifier, GraphTransformer


def small_model():
    backbone = GraphTransformer(
        {"dense": 3}, 6, 2, 3, activation="gelu", dropout=0.5, attention_dropout=0.5
    )
    return GraphClassifier(backbone, 2)


def small_graphs(count):
    generator = np.random.default_rng(0)
    for _ in range(count):
        nodes = generator.normal(size=(4, 3))
        yield Graph(4, [0, 1, 2, 3, 3], [1, 2, 0, 1, 0], node_features=nodes)


def loss_value(model, batch):
    inputs, labels = batch
    logits = model.predict_on_batch(inputs).astype(float)[0, 0]
    return np.log(np.exp(logits).sum()) - logits[labels[0, 0]]


def slope(model, batch, kernel, head, step=0.02):
    """d loss / d gate by central differences, with the gate on the rows of the projection."""
    whole, rows = keras.ops.convert_to_numpy(kernel), np.zeros((6, 1))
    rows[2 * head : 2 * head + 2] = step
    values = []
    for sign in (1, -1):
        kernel.assign(whole * (1 + sign * rows))
        values.append(loss_value(model, batch))
    kernel.assign(whole)
    return (values[0] - values[1]) / (2 * step)


def test_importance_is_the_mean_size_of_the_slope_in_each_gate():
    model = small_model()
    batches = model.loader(list(small_graphs(3)), np.array([0, 1, 1]), batch_size=1)
    kernels = [model.backbone.get_layer(f"block_{i}").aggregation.projection.kernel for i in (0, 1)]
    slopes = np.array(
        [
            [
                [slope(model, batches[index], kernel, head) for head in range(3)]
                for kernel in kernels
            ]
            for index in range(3)
        ]
    )
    before = model.get_weights()
    importance = head_importance(model, batches, normalize=False)
    assert list(importance) == ["block_0", "block_1"]
    expected = np.abs(slopes).mean(axis=0)
    assert expected.max() > 1e-3
    np.testing.assert_allclose(list(importance.values()), expected, rtol=0.02, atol=2e-5)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)

    normed = head_importance(model, batches, lambda labels, logits: keras.ops.sum(logits**2))
    np.testing.assert_allclose(np.linalg.norm(list(normed.values()), axis=1), 1, atol=1e-6)


def test_a_model_that_cannot_be_weighed_is_refused():
    model = small_model()
    with pytest.raises(ValueError, match="batches must not be empty"):
        head_importance(model, [])
    model.trainable = False
    with pytest.raises(ValueError, match="model must be trainable, or its heads"):
        head_importance(model, [])
    with pytest.raises(ValueError, match="model must have attention layers of the kind MultiHead"):
        head_importance(GAT({"dense": 3}, 4, 2, num_layers=1), [])
