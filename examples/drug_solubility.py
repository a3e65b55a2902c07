"""How well do twenty well-known drugs dissolve in water? A trained preset predicts, offline.

`make demo BACKEND=jax|tensorflow|torch` runs this. It loads graph_transformer_esol by name, sets
its predictions beside the measured values of twenty drugs that the training never saw, fine-tunes
it on ten of them and checks the other ten, and draws which atoms read which.
"""

import json
import pathlib
import time

import keras
import numpy as np
from rich.console import Console
from rich.table import Table

import keras_gt

PRESET = "graph_transformer_esol"
HERE = pathlib.Path(__file__).parent
OUT = HERE.parent / "out"
DRUGS = pathlib.Path(keras_gt.__file__).parent / "recipes" / "data" / "twenty_drugs.json"
ELEMENTS = {5: "C", 6: "N", 7: "O", 8: "F", 15: "S", 16: "Cl"}
COLOURS = {"C": "#e8eef5", "N": "#9db7f5", "O": "#f5a9a0", "F": "#b8e6c1", "S": "#f2dd8a"}
SHOWN = "Paracetamol"

console = Console(width=100)


def read_drugs():
    """Name, use, SMILES and measured solubility of the twenty drugs."""
    return json.loads(DRUGS.read_text(encoding="utf-8"))["drugs"]


def read_molecules():
    """The graphs of the twenty drugs and where their atoms go on paper."""
    graphs, positions = [], []
    with np.load(HERE / "twenty_drugs.npz") as data:
        node_stops, edge_stops = np.cumsum(data["num_nodes"]), np.cumsum(data["num_edges"])
        for node_stop, edge_stop, num_nodes, num_edges in zip(
            node_stops, edge_stops, data["num_nodes"], data["num_edges"], strict=True
        ):
            nodes = slice(node_stop - num_nodes, node_stop)
            edges = slice(edge_stop - num_edges, edge_stop)
            graph = keras_gt.graph.Graph(
                int(num_nodes),
                data["senders"][edges],
                data["receivers"][edges],
                node_features=data["node_features"][nodes],
                edge_features=data["edge_features"][edges],
            )
            graphs.append(graph.validate())
            positions.append(data["positions"][nodes])
    return graphs, positions


def root_mean_squared_error(predicted, measured):
    return float(np.sqrt(np.mean((predicted - measured) ** 2)))


def show_predictions(drugs, predicted):
    table = Table(title="Solubility in water, log10(mol per litre): -1 dissolves well, -6 hardly")
    for name in ("drug", "taken for", "measured", "predicted", "off by"):
        table.add_column(name, justify="left" if name in ("drug", "taken for") else "right")
    for drug, value in zip(drugs, predicted, strict=True):
        measured = drug["measured"]
        off = value - measured
        cells = f"{measured:.2f}", f"{value:.2f}", f"{off:+.2f}"
        table.add_row(drug["name"], drug["used_for"], *cells)
    console.print(table)


def show_numbers(predicted, measured):
    metadata = keras_gt.presets.open_preset(PRESET).metadata
    metric, paper = metadata["metric"], metadata["paper"]
    error = root_mean_squared_error(predicted, measured)
    naive = root_mean_squared_error(measured.mean(), measured)
    console.print(f"These drugs:          RMSE {error:.2f}; answering their mean: {naive:.2f}")
    console.print(
        f"The preset's card:    {metric['name']} {metric['mean']:.3f} ± {metric['std']:.3f} over "
        f"{len(metric['runs'])} runs on the whole data set"
    )
    spread = f" ± {paper['std']}" if paper.get("std") is not None else ""
    value = paper.get("mean", paper.get("value"))
    console.print(f"Published:            {value}{spread} ({paper.get('title', '')})")


def fine_tune(model, graphs, predicted, measured):
    """Fits the head to ten of the drugs and says what that does to them and to the other ten."""
    halves = np.arange(0, 20, 2), np.arange(1, 20, 2)

    def errors(predicted):
        return [root_mean_squared_error(predicted[half], measured[half]) for half in halves]

    # Ten molecules are too few to learn from far, or to take a norm's statistics from: on the
    # preset's validation molecules this is what left those not tuned on as good as they were.
    model.backbone.trainable = False
    model.get_layer("head").norm.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(1e-5), loss=model.loss)
    start = time.perf_counter()
    chosen = [graphs[index] for index in halves[0]]
    model.fit(chosen, measured[halves[0]], epochs=20, batch_size=10, verbose=0)
    seconds = time.perf_counter() - start
    after = model.predict(graphs, verbose=0)[:, 0]
    tuned, others = zip(errors(predicted), errors(after), strict=True)
    console.print(
        f"The head fine-tuned on ten of them: 20 epochs of model.fit in {seconds:.0f} s. RMSE of "
        f"these ten {tuned[0]:.2f} -> {tuned[1]:.2f}, of the other ten {others[0]:.2f} -> "
        f"{others[1]:.2f}"
    )


def draw(model, drug, graph, positions):
    """Axes with the atoms of one drug and arrows as dark as what they attend to."""
    (graph,) = model.preprocess(graph)
    inputs = graph.inputs()
    scores = keras_gt.analysis.attention_scores(model, inputs)
    labels = [ELEMENTS.get(int(atom), "?") for atom in graph.node_features[:, 0]]
    axes = keras_gt.analysis.draw_attention(
        inputs,
        list(scores.values()),
        positions=positions,
        labels=labels,
        colours=[COLOURS.get(label, "#dddddd") for label in labels],
    )
    axes.set_title(f"{drug['name']}: which atoms read which, mean over layers and heads")
    return axes


def save_picture(model, drug, graph, positions):
    """Draws one drug into out/attention.png."""
    import matplotlib

    matplotlib.use("Agg")
    axes = draw(model, drug, graph, positions)
    OUT.mkdir(exist_ok=True)
    axes.figure.savefig(OUT / "attention.png", dpi=150, bbox_inches="tight")
    console.print(f"Picture of what the model attends to in {drug['name']}: out/attention.png")


def main():
    keras.utils.set_random_seed(0)
    start = time.perf_counter()
    drugs = read_drugs()
    graphs, positions = read_molecules()
    measured = np.array([drug["measured"] for drug in drugs])
    model = keras_gt.models.GraphRegressor.from_preset(PRESET)
    predicted = model.predict(graphs, verbose=0)[:, 0]  # (20,)
    seconds = time.perf_counter() - start
    console.print(
        f"{PRESET} on {keras.backend.backend()}: {model.count_params():,} parameters, loaded and "
        f"predicted in {seconds:.1f} s.\nIts training left these twenty drugs out.\n"
    )
    show_predictions(drugs, predicted)
    show_numbers(predicted, measured)
    shown = [drug["name"] for drug in drugs].index(SHOWN)
    fine_tune(model, graphs, predicted, measured)
    save_picture(model, drugs[shown], graphs[shown], positions[shown])


if __name__ == "__main__":
    main()
