import time

import keras
import numpy as np


def compare_cost(before, after, inputs, repeats=5):
    """What a smaller model saves: weights, bytes and the time to predict.

    The two models take turns, so that a busy machine slows both; the least time of each counts.

    Args:
        before: a built Keras model.
        after: the model without some heads.
        inputs: dictionary of arrays, a batch that both take.
        repeats: int, how often each predicts.

    Returns:
        Dictionary of `parameters`, `bytes` and `seconds`, each {"before": a, "after": b, "ratio":
        b / a}.

    Raises:
        ValueError: if repeats is less than 1.

    Example:
        >>> import keras_gt, numpy as np
        >>> from keras_gt.analysis import pruning
        >>> graph = keras_gt.graph.Graph(2, [0, 1], [1, 0], node_features=np.eye(2, 4))
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=1, num_heads=2)
        >>> smaller = pruning.remove_heads(backbone, {"block_0": [0]})
        >>> cost = pruning.compare_cost(backbone, smaller, graph.inputs())
        >>> cost["parameters"]["before"] - cost["parameters"]["after"]
        140
    """
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1. Received: repeats={repeats}")
    models = {"before": before, "after": after}
    seconds = {name: [] for name in models}
    for model in models.values():
        model.predict_on_batch(inputs)  # compiles
    for _ in range(repeats):
        for name, model in models.items():
            start = time.perf_counter()
            model.predict_on_batch(inputs)
            seconds[name].append(time.perf_counter() - start)
    values = {
        "parameters": {name: _parameters(model) for name, model in models.items()},
        "bytes": {name: _bytes(model) for name, model in models.items()},
        "seconds": {name: min(times) for name, times in seconds.items()},
    }
    return {
        kind: {**pair, "ratio": pair["after"] / pair["before"]} for kind, pair in values.items()
    }


def _parameters(model):
    return sum(int(np.prod(weight.shape)) for weight in model.weights)


def _bytes(model):
    """Of the weights, as the saved file holds them."""
    size = {
        weight.dtype: keras.ops.convert_to_numpy(weight).dtype.itemsize for weight in model.weights
    }
    return sum(int(np.prod(weight.shape)) * size[weight.dtype] for weight in model.weights)
