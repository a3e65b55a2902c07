"""`keras-gt predict`: a preset's predictions for molecules, texts, a graph, or its own data set."""

import csv
from pathlib import Path

from keras_gt.cli.printing import print_json, print_table
from keras_gt.presets import open_preset

_SHOWN_ROWS = 20


def add_parser(commands):
    parser = commands.add_parser(
        "predict",
        help="predict for molecules, for texts, for a graph, or for the preset's own data set",
        description="Without items of its own, a preset of nodes or links predicts for the "
        "graph it was trained on. A file is one SMILES string a line (.smi, .txt), a table with a "
        "column `smiles` (.csv), or the arrays of one graph (.npz: senders, receivers, "
        "node_features, ...).",
    )
    parser.add_argument("preset", help="a name from `keras-gt list`, a directory or an address")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--smiles", nargs="+", metavar="SMILES", help="molecules")
    source.add_argument("--text", nargs="+", metavar="TEXT", help="texts, or trees in brackets")
    source.add_argument("--input", type=Path, metavar="FILE", help=".smi, .txt, .csv or .npz")
    parser.add_argument("--pairs", nargs="+", metavar="I,J", help="node pairs, for link presets")
    parser.add_argument("--sha256", help="the hash that its metadata.json must have")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write a .csv file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(arguments):
    from keras_gt.cli.models import load_model
    from keras_gt.cli.predictions import predict

    files = open_preset(arguments.preset, sha256=arguments.sha256)
    task = load_model(files)
    items = arguments.smiles or arguments.text
    if arguments.input is not None:
        items = read_input(arguments.input)
    elif items is None:
        items = _own_graph(files, task)
    rows = predict(task, items, _pairs(arguments.pairs, task))
    if arguments.output is not None:
        _write_csv(arguments.output, rows)
    if arguments.json:
        print_json(rows)
    elif arguments.output is None:
        columns = [key for key in rows[0] if key != "probabilities"]
        shown = [[_short(row[key]) for key in columns] for row in rows[:_SHOWN_ROWS]]
        print_table(columns, shown)
        if len(rows) > _SHOWN_ROWS:
            print(f"... and {len(rows) - _SHOWN_ROWS} more; --json or --output gives all")
    return 0


def _short(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _own_graph(files, task):
    """The graph that the preset was trained on, as its task takes it."""
    level, name = getattr(task, "label_level", None), files.metadata.get("dataset", {}).get("name")
    if level not in ("node", "pair") or name is None:
        raise ValueError(
            f"--smiles, --text or --input must name what '{files.handle}' is to predict for. "
            "Give one. Received: none"
        )
    from keras_gt import datasets

    dataset = datasets.load(name)
    if not hasattr(dataset, "graph"):
        raise ValueError(
            f"--input must name a graph for '{files.handle}', whose data set has many. Give a .npz "
            "file. Received: no --input"
        )
    return dataset.graph if task.preprocessor is not None else dataset.prepared_graph


def read_input(path):
    """The molecules, or the graph, of a file.

    Args:
        path: path of a .smi or .txt file (one SMILES string a line), a .csv file (column `smiles`)
            or a .npz file (arrays of one graph under the names of `keras_gt.graph.Graph`).

    Returns:
        A list of str, or a `keras_gt.graph.Graph`.
    """
    path = Path(path)
    if path.suffix == ".npz":
        return _read_graph(path)
    if path.suffix == ".csv":
        with open(path, newline="", encoding="utf-8") as file:
            found = [row.get("smiles") for row in csv.DictReader(file)]
    elif path.suffix in (".smi", ".txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        found = [line.split()[0] for line in lines if line.strip()]
    else:
        raise ValueError(f"--input must end in .smi, .txt, .csv or .npz. Received: {path}")
    if not found or None in found:
        raise ValueError(
            f"--input must hold molecules: one a line, or in a column `smiles`. Received: {path}"
        )
    return found


def _read_graph(path):
    import numpy as np

    from keras_gt.graph import Graph

    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    encodings = _taken(arrays, "encodings/")
    pair_encodings = _taken(arrays, "pair_encodings/")
    known = {"num_nodes", "senders", "receivers", "node_features", "feature_ids", "feature_values"}
    known |= {"edge_features", "edge_weights"}
    found = ", ".join(sorted(arrays))
    if not {"senders", "receivers"} <= set(arrays) or not set(arrays) <= known:
        raise ValueError(
            f"--input must hold senders, receivers and any of {', '.join(sorted(known))}, "
            f"encodings/NAME, pair_encodings/NAME. Rename them. Received: {found} in {path}"
        )
    if "num_nodes" in arrays:
        num_nodes = int(arrays.pop("num_nodes"))
    else:
        features = arrays.get("node_features", arrays.get("feature_ids"))
        if features is None:
            raise ValueError(f"--input must hold num_nodes or node features. Received: {path}")
        num_nodes = len(features)
    return Graph(num_nodes, **arrays, encodings=encodings, pair_encodings=pair_encodings)


def _taken(arrays, prefix):
    """Takes the arrays whose names begin with the prefix out of the dictionary."""
    names = [name for name in arrays if name.startswith(prefix)]
    return {name.removeprefix(prefix): arrays.pop(name) for name in names}


def _pairs(texts, task):
    if texts is None:
        return None
    if getattr(task, "label_level", None) != "pair":
        raise ValueError("--pairs must come with a preset that predicts links. Leave it out.")
    try:
        return [tuple(int(part) for part in text.split(",", 1)) for text in texts]
    except ValueError:
        raise ValueError(f"--pairs must be like 0,33 1,5. Received: {' '.join(texts)}") from None


def _write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [key for key in rows[0] if key != "probabilities"])
        writer.writeheader()
        for row in rows:
            writer.writerow({key: value for key, value in row.items() if key != "probabilities"})
