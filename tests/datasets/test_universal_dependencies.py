import pytest

from keras_gt import datasets
from keras_gt.datasets.universal_dependencies import read_universal_dependencies
from keras_gt.graph import RELATIONS

YES = (
    "# text = Yes!\n1\tYes\t_\tINTJ\t_\t_\t0\troot\t_\t_\n2\t!\t_\tPUNCT\t_\t_\t1\tpunct\t_\t_\n\n"
)
NO = YES.replace("# text = Yes!\n", "").replace("Yes", "No").replace("!", ".")


def test_a_tiny_treebank_is_read(make_info, write_files):
    files = {"x-dev.conllu": NO, "x-test.conllu": YES, "x-train.conllu": YES + NO}
    dataset = read_universal_dependencies(make_info("x", kind="text"), write_files(files))
    assert dataset.texts == ["Yes!", "No .", "No .", "Yes!"]
    assert dataset.labels is None
    parts = {part: numbers.tolist() for part, numbers in dataset.split().items()}
    assert parts == {"train": [0, 1], "validation": [2], "test": [3]}
    assert dataset.trees[2].graph().senders.tolist() == [0, 1]


def test_errors_name_file_and_line(make_info, write_files):
    files = {"x-dev.conllu": NO + "1\tNo", "x-test.conllu": YES, "x-train.conllu": YES}
    with pytest.raises(ValueError, match="x-dev.conllu must have 10 columns.*line 4"):
        read_universal_dependencies(make_info("x", kind="text"), write_files(files))


@pytest.mark.real_data
def test_real_treebank_statistics():
    dataset = datasets.load("ud-english-ewt")
    counts = dataset.info.statistics
    parts = dataset.split().values()
    assert [len(numbers) for numbers in parts] == counts["sentences"]
    words = [sum(len(dataset.trees[number].words) for number in numbers) for numbers in parts]
    assert words == counts["words"]
    relations = {relation for tree in dataset.trees for relation in tree.relations}
    assert len(relations) == counts["relations_with_subtypes"]
    parts_of_speech = {part for tree in dataset.trees for part in tree.parts_of_speech}
    assert len(parts_of_speech) == counts["parts_of_speech"]
    tree = dataset.trees[dataset.split()["validation"][0]]
    assert dataset.texts[dataset.split()["validation"][0]] == "From the AP comes this story :"
    assert tree.heads.tolist() == [2, 2, 3, -1, 5, 3, 3]
    graph = tree.graph()
    assert (graph.num_nodes, graph.num_edges) == (7, 12)
    assert [RELATIONS[r] for r in graph.edge_features[::2, 0]] == [
        "case", "det", "obl", "det", "nsubj", "punct",
    ]  # fmt: skip
