"""How near are two sentences? Cosines of a sentence encoder against what people said.

    python examples/sentence_similarity.py MODEL PAIRS.csv

MODEL is a directory of Hugging Face or a preset of a TextEmbedder; PAIRS.csv has the columns first
sentence, second sentence and score, without a header, as the STS benchmark's files have. What is
printed is Spearman's rank correlation, which papers give as 100 times its value.
"""

import argparse
import csv
import pathlib

import numpy as np
from scipy.stats import spearmanr

from keras_gt.converters import from_hugging_face
from keras_gt.models import TextEmbedder


def read_pairs(path):
    """(first sentences, second sentences, scores) of a csv file."""
    with open(path, newline="", encoding="utf-8") as file:
        first, second, scores = zip(*csv.reader(file), strict=True)
    return list(first), list(second), np.array(scores, float)


def load_embedder(name):
    """The TextEmbedder of a preset, or of a directory of Hugging Face."""
    if (pathlib.Path(name) / "metadata.json").is_file() or not pathlib.Path(name).is_dir():
        return TextEmbedder.from_preset(name)
    return from_hugging_face(name)


def similarities(embedder, first, second):
    """The cosine of each pair."""
    vectors = embedder.predict([*first, *second], batch_size=64)
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors[: len(first)] * vectors[len(first) :]).sum(axis=1)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model")
    parser.add_argument("pairs", type=pathlib.Path)
    parsed = parser.parse_args(arguments)
    first, second, scores = read_pairs(parsed.pairs)
    cosines = similarities(load_embedder(parsed.model), first, second)
    correlation = 100 * spearmanr(cosines, scores).statistic
    print(f"{len(scores)} pairs, Spearman {correlation:.3f}")
    return correlation


if __name__ == "__main__":
    main()
