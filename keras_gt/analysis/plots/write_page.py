import html
import json
from pathlib import Path

import numpy as np

from keras_gt.analysis.attention_matrices import attention_matrices, node_count
from keras_gt.analysis.draw_attention import spring_layout

_TEMPLATE = Path(__file__).with_name("page.html")
_MAX_WEIGHTS = 2_000_000


def write_page(path, inputs, scores, labels=None, positions=None, title="Attention"):
    """Writes an interactive page of a model's attention on one graph: one file, no network.

    The page has a picker for the layer and one for the head (or the mean of the heads), a bound
    below which edges are hidden, and shows on pointing at a node whom it reads. It loads nothing
    from elsewhere, and labels and title are text whatever they hold.

    Args:
        path: path of the HTML file.
        inputs: dictionary with one row of arrays, such as `Graph.inputs()`.
        scores: dictionary from layer name to scores, as `attention_scores` returns it.
        labels: list of N str for the nodes, such as the tokens of a sentence; None for numbers.
        positions: (N, 2) array, where the nodes go; "line" for places side by side, as for a
            sentence; None for a spring layout, which needs the `[viz]` extra.
        title: str.

    Returns:
        The path as a `pathlib.Path`.

    Raises:
        ValueError: if labels or positions are not as many as nodes, there are no scores, or there
            are more weights than a browser holds easily.

    Example:
        >>> import keras_gt, numpy as np, pathlib, tempfile
        >>> inputs = keras_gt.graph.Graph(2, [0, 1], [1, 0]).inputs()
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "page.html"
        >>> scores = {"block_0": np.ones((1, 2, 1))}
        >>> keras_gt.analysis.plots.write_page(path, inputs, scores, positions="line").name
        'page.html'
    """
    if not scores:
        raise ValueError("scores must hold a layer. Use attention_scores. Received: scores={}")
    layers = [_layer(name, attention_matrices(inputs, value)) for name, value in scores.items()]
    num_nodes = layers[0].pop("num_nodes")
    if any(layer.pop("num_nodes", num_nodes) != num_nodes for layer in layers):
        raise ValueError(
            "scores must be of the same nodes in all layers. Leave the other layers out. Received: "
            f"layers {list(scores)}"
        )
    labels = [str(node) for node in range(num_nodes)] if labels is None else list(labels)
    if len(labels) != num_nodes:
        raise ValueError(
            f"labels must name the {num_nodes} nodes of the scores. Give one str a node. Received: "
            f"{len(labels)} labels"
        )
    weights = sum(len(layer["senders"]) * len(layer["weights"]) for layer in layers)
    if weights > _MAX_WEIGHTS:
        raise ValueError(
            f"scores must hold at most {_MAX_WEIGHTS} weights for a page. Leave layers out, or "
            f"take part of the graph. Received: {weights} weights"
        )
    line = isinstance(positions, str)
    data = {
        "labels": [str(label) for label in labels],
        "positions": _positions(positions, inputs, layers, num_nodes),
        "line": line,
        "bend": 0.5 if line else 0.14,
        "layers": layers,
    }
    page = _TEMPLATE.read_text("utf-8").replace("@TITLE@", html.escape(str(title)))
    path = Path(path)
    path.write_text(page.replace("@DATA@", _escaped(data)), "utf-8")
    return path


def _layer(name, matrices):
    """Name, edges and (H, E) weights of one layer, of plain values."""
    receivers, senders = np.nonzero(matrices.max(axis=0) > 0)
    weights = matrices[:, receivers, senders].astype(float).round(4)
    return {
        "name": str(name),
        "senders": senders.tolist(),
        "receivers": receivers.tolist(),
        "weights": weights.tolist(),
        "num_nodes": matrices.shape[-1],
    }


def _positions(positions, inputs, layers, num_nodes):
    """Places between 0 and 1, with one scale for both axes; y goes down, as pages have it."""
    if isinstance(positions, str):
        if positions != "line":
            raise ValueError(
                "positions must be an (N, 2) array, 'line' or None. Received: "
                f"positions={positions!r}"
            )
        places = np.stack([np.arange(num_nodes), np.zeros(num_nodes)], axis=1)
    elif positions is None:
        edges = layers[0]
        if inputs.get("senders") is not None and node_count(inputs) == num_nodes:
            edges = {name: np.asarray(inputs[name])[0] for name in ("senders", "receivers")}
        places = spring_layout(*(np.array(edges[n]) for n in ("senders", "receivers")), num_nodes)
    else:
        places = np.asarray(positions, float)
    if places.shape != (num_nodes, 2):
        raise ValueError(
            f"positions must be (N, 2) for the {num_nodes} nodes of the scores. Give each node a "
            f"place. Received: shape {places.shape}"
        )
    low, high = places.min(axis=0), places.max(axis=0)
    centred = (places - (low + high) / 2) / max((high - low).max(), 1e-9)
    return (0.5 + centred * (1, -1)).round(4).tolist()


def _escaped(data):
    """JSON that ends no script element and starts no comment, whatever its strings hold."""
    text = json.dumps(data, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text
