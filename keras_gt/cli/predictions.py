"""Predictions as rows that say what they mean."""

import numpy as np

_MOST_NODES_FOR_ALL_PAIRS = 1000


def predict(task, items, pairs=None):
    """What a task predicts, a row for each molecule, text, graph, node or pair.

    Args:
        task: a `keras_gt.models.Task`.
        items: list of SMILES strings, of texts or of trees in brackets, or a
            `keras_gt.graph.Graph`.
        pairs: list of (i, j), for a task on links; all pairs that are not linked by default.

    Returns:
        A list of dicts: the `molecule`, `text`, `graph`, `node` or nodes, and `prediction` with
        its `probability` and `probabilities`, or the value and its `unit`, or the `probability`
        of a link, the most probable first.
    """
    level = getattr(task, "label_level", None)
    if level is None:
        raise ValueError("A preset must hold a task to predict. Received: a backbone")
    if level == "pair":
        return _predict_links(task, items, pairs)
    if hasattr(task, "generate"):
        raise ValueError(
            "A preset must classify or measure to predict here. Use its `generate` in Python to "
            "write a text on. Received: a language model"
        )
    outputs = task.predict(items, verbose=0)
    if isinstance(items, list):
        kind = "text" if hasattr(task.preprocessor, "tokenizer") else "molecule"
        subjects = [{kind: item} for item in items]
        if level == "node":
            counts = [len(nodes) for nodes in outputs]
            subjects = [
                {**subject, "node": node}
                for subject, count in zip(subjects, counts, strict=True)
                for node in range(count)
            ]
            outputs = np.concatenate(outputs)
    elif level == "graph":
        subjects = [{"graph": 0}]
        outputs = np.atleast_1d(outputs)
    else:
        subjects = [{"node": index} for index in range(items.num_nodes)]
    outputs = np.asarray(outputs).reshape(len(subjects), -1)
    describe = _describe_classes if hasattr(task, "num_classes") else _describe_values
    described = describe(task, outputs)
    return [{**subject, **row} for subject, row in zip(subjects, described, strict=True)]


def _names(task, count):
    names = getattr(task.preprocessor, "label_names", None)
    return list(names) if names and len(names) == count else [str(i) for i in range(count)]


def _describe_classes(task, logits):
    names = _names(task, logits.shape[1])
    if getattr(task, "multi_label", False):
        table = 1 / (1 + np.exp(-logits.astype("float64")))
        return [dict(zip(names, row.tolist(), strict=True)) for row in table]
    table = np.exp(logits - logits.max(axis=1, keepdims=True), dtype="float64")
    table /= table.sum(axis=1, keepdims=True)
    return [
        {
            "prediction": names[int(row.argmax())],
            "probability": float(row.max()),
            "probabilities": row.tolist(),
        }
        for row in table
    ]


def _describe_values(task, values):
    unit = getattr(task.preprocessor, "unit", None)
    names = _names(task, values.shape[1]) if values.shape[1] > 1 else ["prediction"]
    rows = [dict(zip(names, map(float, row), strict=True)) for row in values]
    return [{**row, "unit": unit} for row in rows] if unit else rows


def _predict_links(task, graph, pairs):
    if isinstance(graph, list):
        raise ValueError("--input must name the arrays of one graph for a preset of links.")
    if pairs is None:
        if graph.num_nodes > _MOST_NODES_FOR_ALL_PAIRS:
            raise ValueError(
                f"--pairs must be given for a graph of over {_MOST_NODES_FOR_ALL_PAIRS} nodes. "
                f"Received: {graph.num_nodes} nodes"
            )
        linked = np.eye(graph.num_nodes, dtype=bool)
        linked[graph.senders, graph.receivers] = True
        pairs = np.argwhere(np.triu(~(linked | linked.T)))
    pairs = np.asarray(pairs).reshape(-1, 2)
    scores = np.asarray(task.predict_links(graph, pairs))
    return [
        {"node": int(pairs[i, 0]), "other": int(pairs[i, 1]), "probability": float(scores[i])}
        for i in np.argsort(-scores, kind="stable")
    ]
