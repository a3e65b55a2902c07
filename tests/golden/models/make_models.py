"""Writes the golden models: `python -m tests.golden.models.make_models`.

Weights, inputs, outputs and the losses of twenty training steps are written on PyTorch; each
backend writes a preset. Every backend reads all of them.
"""

import pathlib

import keras
import numpy as np

from keras_gt.loaders import GraphLoader
from tests.models.small_models import TASKS, outputs

FOLDER = pathlib.Path(__file__).parent
STEPS = 20


def build(name):
    """The model of this name, with random weights."""
    return TASKS[name][0]()


def example(name):
    """(inputs, labels) of one batch."""
    make_graph, model = TASKS[name][1], build(name)
    rng = np.random.default_rng(0)
    if name == "words":
        graph = make_graph()
        return graph.inputs(), rng.integers(0, 3, (1, graph.num_nodes)).astype("int32")
    graphs = [make_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 5, 7)]

    def draw(count):
        classes = hasattr(model, "num_classes")
        return rng.integers(0, 2, count) if classes else rng.normal(2, 3, count)

    of_nodes = model.label_level == "node"
    labels = [draw(graph.num_nodes) for graph in graphs] if of_nodes else draw(3)
    rows = 3 if model.backbone.one_graph_a_row else 1
    options = {"graphs_per_batch": 3, "rows": rows, "label_level": model.label_level}
    return GraphLoader(graphs, labels, **options)[0]


def train(model, inputs, labels):
    """The losses of the training steps, each before its update."""
    size = len(labels)
    history = model.fit(inputs, labels, epochs=STEPS, batch_size=size, shuffle=False, verbose=0)
    return np.array(history.history["loss"])


def write_model(name):
    model = build(name)
    inputs, labels = example(name)
    arrays = {f"inputs/{key}": array for key, array in inputs.items()}
    arrays |= {f"weights/{i:03}": array for i, array in enumerate(model.get_weights())}
    arrays |= {"labels": labels, "outputs": outputs(model, inputs)}
    arrays["losses"] = train(model, inputs, labels)
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


def main():
    keras.utils.set_random_seed(0)
    if keras.backend.backend() == "torch":
        for name in TASKS:
            write_model(name)
    model = build("edges")
    folder = FOLDER / f"preset_{keras.backend.backend()}"
    model.save_to_preset(folder, sample=example("edges")[0])


if __name__ == "__main__":
    main()
