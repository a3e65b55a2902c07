"""Writes attention.png, the picture of README.md: what a preset attends to in a molecule."""

import pathlib

import matplotlib

import keras_gt
from examples.drug_solubility import PRESET, draw, read_drugs, read_molecules

SHOWN = "Warfarin"
PICTURE = pathlib.Path(__file__).with_name("attention.png")


def main():
    matplotlib.use("Agg")
    drugs = read_drugs()
    graphs, positions = read_molecules()
    model = keras_gt.models.GraphRegressor.from_preset(PRESET)
    chosen = [drug["name"] for drug in drugs].index(SHOWN)
    axes = draw(model, drugs[chosen], graphs[chosen], positions[chosen])
    axes.figure.savefig(PICTURE, dpi=110, bbox_inches="tight")


if __name__ == "__main__":
    main()
