import time

import keras

from keras_gt.analysis.attention_scores import attention_scores
from keras_gt.analysis.loading import preprocessed_loader


def curve(model, builders, data, metric, *, batch_size=32, repeats=1, fine_tune=None):
    """What the same weights are worth on other edges: quality against edges, memory and time.

    Each builder gives every graph other edges. The graphs have gone through the model's
    preprocessor before, so encodings are those of the graph as it was. The weights are the
    model's own for every row, and are its own again afterwards.

    Args:
        model: a task, whose backbone reads edges.
        builders: dictionary from name to a function from `Graph` to `Graph`, such as
            `keep_random(0.5)`; None in the place of a function leaves the edges as they are, and
            so does a `keras.Model` such as `strongest_of_each_head(model, 4)`, which then predicts
            in the model's place.
        data: list of graphs (or what else the task's preprocessor reads).
        metric: function from `model.predict`'s result for `data` to a float.
        batch_size: int, graphs a batch.
        repeats: int, how often the time is taken; the least counts.
        fine_tune: function(model, builder) that trains the model a little on the builder's edges
            before they are scored, or None.

    Returns:
        List of one record a builder, in their order: `builder`; `quality`, the metric; `edges`,
        stored in all graphs; `score_bytes`, what one layer's attention scores of the largest graph
        take, in memory where they are stored (kernels that never store them need less); `seconds`
        to predict all graphs, after a first pass that compiles.

    Raises:
        ValueError: if there are no graphs or builders, or the model has no attention.

    Example:
        >>> import keras_gt, numpy as np
        >>> from keras_gt.analysis import sparsify
        >>> senders, receivers = keras_gt.graph.complete(4)
        >>> graph = keras_gt.graph.Graph(4, senders, receivers, node_features=np.eye(4))
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=1, num_heads=2)
        >>> task = keras_gt.models.GraphRegressor(backbone)
        >>> rows = sparsify.curve(
        ...     task, {"all": None, "none": sparsify.keep_random(0.0)}, [graph], lambda y: y.mean()
        ... )
        >>> [(row["builder"], row["edges"], row["score_bytes"]) for row in rows]
        [('all', 16, 128), ('none', 0, 0)]
    """
    if not builders or not len(data):
        raise ValueError(
            "builders and data must not be empty. Give a builder and a graph. Received: "
            f"{len(builders)} builders, {len(data)} items of data"
        )
    graphs = model.preprocess(data)
    smallest = min(graphs, key=lambda graph: graph.num_nodes)
    scores = list(attention_scores(model, smallest.inputs()).values())
    weights = model.get_weights()
    rows = []
    for name, builder in builders.items():
        predictor = builder if isinstance(builder, keras.Model) else model
        same = builder is None or predictor is builder
        built = graphs if same else [builder(graph) for graph in graphs]
        if fine_tune is not None:
            fine_tune(model, builder)
        loader = preprocessed_loader(model, built, batch_size)
        predictions, seconds = _timed(predictor, loader, repeats)
        rows.append(
            {
                "builder": name,
                "quality": float(metric(predictions)),
                "edges": sum(graph.num_edges for graph in built),
                "score_bytes": max(_score_bytes(score, built) for score in scores),
                "seconds": seconds,
            }
        )
        model.set_weights(weights)
    return rows


def _score_bytes(score, graphs):
    """Bytes of one layer's scores on the largest of the graphs; `score` shows their form."""
    if score.ndim == 3:
        entries = max(graph.num_edges for graph in graphs) * score.shape[2]
    else:
        entries = max(graph.num_nodes for graph in graphs) ** 2 * score.shape[1]
    return entries * score.dtype.itemsize


def _timed(model, loader, repeats):
    """(predictions, the least seconds of a pass over batches that are made already)."""
    batches = [loader[index][0] for index in range(len(loader))]
    outputs = [model.predict_on_batch(batch) for batch in batches]
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        outputs = [keras.ops.convert_to_numpy(model.predict_on_batch(batch)) for batch in batches]
        times.append(time.perf_counter() - start)
    return loader.restore(outputs), min(times)
