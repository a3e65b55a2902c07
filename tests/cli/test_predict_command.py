import csv
import json

import numpy as np
import pytest

import keras_gt
from keras_gt.cli.predict_command import read_input
from tests.recipes.small_texts import small_texts, tree_task, word_task
from tests.recipes.test_language_recipe import make_task


def rows(run, *arguments):
    status, output, errors = run("predict", *arguments, "--json")
    assert status == 0, errors
    return json.loads(output)


def test_nodes_of_the_own_data_set(zoo, run):
    found = rows(run, "club_nodes")
    assert [row["node"] for row in found] == list(range(34))
    assert {row["prediction"] for row in found} <= {"instructor", "officer"}
    for row in found:
        assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-6)
        assert row["probability"] == max(row["probabilities"])
    task = keras_gt.models.NodeClassifier.from_preset("club_nodes")
    logits = task.predict(keras_gt.datasets.load("karate-club").graph, verbose=0)
    assert [row["prediction"] == "officer" for row in found] == (logits.argmax(1) == 1).tolist()


def test_table_is_cut_and_says_so(zoo, run):
    status, output, _ = run("predict", "club_nodes")
    assert status == 0
    assert "... and 14 more; --json or --output gives all" in output


def test_molecules(zoo, run, tmp_path):
    given = rows(run, "solubility", "--smiles", "CCO", "c1ccccc1")
    assert [row["molecule"] for row in given] == ["CCO", "c1ccccc1"]
    assert given[0]["unit"] == "log mol/l"
    assert given[0]["prediction"] != given[1]["prediction"]
    (tmp_path / "list.smi").write_text("CCO ethanol\n\nc1ccccc1 benzene\n")
    (tmp_path / "list.csv").write_text("name,smiles\nethanol,CCO\nbenzene,c1ccccc1\n")
    for name in ("list.smi", "list.csv"):
        assert rows(run, "solubility", "--input", tmp_path / name) == given


def test_texts_and_trees(run, tmp_path):
    data = small_texts()
    word_task(data, data.texts).save_to_preset(tmp_path / "words")
    found = rows(run, tmp_path / "words", "--text", "it0 Good", "bad")
    assert [row["text"] for row in found] == ["it0 Good", "bad"]
    assert {row["prediction"] for row in found} <= {"no", "yes"}
    tree_task(data, data.trees).save_to_preset(tmp_path / "trees")
    tree, word = "(S (NN film) (JJ good))", "(NN film)"
    found = rows(run, tmp_path / "trees", "--text", tree, word)
    places = [(row["text"], row["node"]) for row in found]
    assert places == [(tree, 0), (tree, 1), (tree, 2), (word, 0)]


def test_a_language_model_writes_in_python(run, tmp_path):
    make_task("to be").save_to_preset(tmp_path / "causal")
    status, _, errors = run("predict", tmp_path / "causal", "--text", "to")
    assert status == 1 and "Use its `generate` in Python" in errors


def test_encodings_of_a_file(tmp_path):
    arrays = {"senders": [0], "receivers": [1], "num_nodes": 2, "encodings/pe": np.ones((2, 3))}
    np.savez(tmp_path / "graph.npz", **arrays, **{"pair_encodings/walks": np.eye(2)})
    graph = read_input(tmp_path / "graph.npz")
    assert graph.encodings["pe"].shape == (2, 3)
    assert graph.pair_encodings["walks"].tolist() == [[1, 0], [0, 1]]


def test_graph_of_a_file(zoo, run, tmp_path):
    graph = keras_gt.datasets.load("karate-club").graph
    arrays = {"senders": graph.senders, "receivers": graph.receivers}
    arrays["feature_ids"] = graph.feature_ids
    np.savez(tmp_path / "graph.npz", **arrays)
    assert rows(run, "club_nodes", "--input", tmp_path / "graph.npz") == rows(run, "club_nodes")
    molecule = keras_gt.graph.Graph.from_smiles("CCO")
    arrays = {"senders": molecule.senders, "receivers": molecule.receivers, "num_nodes": 3}
    arrays.update(node_features=molecule.node_features, edge_features=molecule.edge_features)
    np.savez(tmp_path / "molecule.npz", **arrays)
    (found,) = rows(run, "solubility", "--input", tmp_path / "molecule.npz")
    (expected,) = rows(run, "solubility", "--smiles", "CCO")
    assert found["prediction"] == pytest.approx(expected["prediction"], rel=1e-5)


def test_links(zoo, run):
    found = rows(run, "club_links")
    assert len(found) == 34 * 33 // 2 - 78
    assert [row["probability"] for row in found] == sorted(
        (row["probability"] for row in found), reverse=True
    )
    chosen = rows(run, "club_links", "--pairs", "0,33", "4,9")
    assert {(row["node"], row["other"]) for row in chosen} == {(0, 33), (4, 9)}


def test_csv_output(zoo, run, tmp_path):
    status, output, _ = run("predict", "club_nodes", "--output", tmp_path / "out.csv")
    assert (status, output) == (0, "")
    with open(tmp_path / "out.csv", newline="") as file:
        written = list(csv.DictReader(file))
    assert len(written) == 34
    assert list(written[0]) == ["node", "prediction", "probability"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["solubility"], "--smiles, --text or --input must name"),
        (["solubility", "--smiles", "not a molecule"], "(?i)smiles"),
        (["solubility", "--pairs", "0,1", "--smiles", "C"], "--pairs must come with"),
        (["club_links", "--pairs", "0-1"], "--pairs must be like"),
        (["club_links", "--pairs", "0,34"], "pairs must name nodes from 0 to 33"),
        (["club_links", "--smiles", "C"], "--input must name the arrays of one graph"),
        (["club_nodes", "--smiles", "C"], "reads no SMILES"),
    ],
)
def test_errors(zoo, run, arguments, message):
    import re

    status, output, errors = run("predict", *arguments)
    assert (status, output) == (1, "")
    assert re.search(message, errors), errors


def test_wrong_files(tmp_path):
    for name, content in (("a.smi", ""), ("a.csv", "name\nethanol\n")):
        (tmp_path / name).write_text(content)
        with pytest.raises(ValueError, match="--input must hold molecules"):
            read_input(tmp_path / name)
    with pytest.raises(ValueError, match="--input must end in"):
        read_input(tmp_path / "a.pdf")
    np.savez(tmp_path / "a.npz", edge_index=[[0], [1]])
    with pytest.raises(ValueError, match="--input must hold senders, receivers"):
        read_input(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", senders=[0], receivers=[1])
    with pytest.raises(ValueError, match="num_nodes or node features"):
        read_input(tmp_path / "b.npz")
