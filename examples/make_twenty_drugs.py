"""Writes twenty_drugs.npz: the parsed molecules of the demo, so that it needs no RDKit.

Run with the `[chem]` extra: `python examples/make_twenty_drugs.py`. The drugs, their SMILES and
measured values are those of keras_gt/recipes/data/twenty_drugs.json.
"""

import json
import pathlib

import numpy as np
from rdkit import Chem
from rdkit.Chem import rdDepictor

import keras_gt

HERE = pathlib.Path(__file__).parent
DRUGS = pathlib.Path(keras_gt.__file__).parent / "recipes" / "data" / "twenty_drugs.json"


def positions(smiles):
    """Where the atoms go on paper: (N, 2)."""
    molecule = Chem.MolFromSmiles(smiles)
    rdDepictor.SetPreferCoordGen(True)
    rdDepictor.Compute2DCoords(molecule)
    return molecule.GetConformer().GetPositions()[:, :2].astype("float32")


def main():
    drugs = json.loads(DRUGS.read_text(encoding="utf-8"))["drugs"]
    graphs = [keras_gt.graph.Graph.from_smiles(drug["smiles"]) for drug in drugs]
    np.savez_compressed(
        HERE / "twenty_drugs.npz",
        num_nodes=np.array([graph.num_nodes for graph in graphs]),
        num_edges=np.array([graph.num_edges for graph in graphs]),
        positions=np.concatenate([positions(drug["smiles"]) for drug in drugs]),
        **{
            name: np.concatenate([getattr(graph, name) for graph in graphs])
            for name in ("senders", "receivers", "node_features", "edge_features")
        },
    )
    print(f"{len(graphs)} molecules, {sum(graph.num_nodes for graph in graphs)} atoms")


if __name__ == "__main__":
    main()
