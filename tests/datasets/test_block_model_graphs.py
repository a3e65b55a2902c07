import pytest

from keras_gt import datasets
from keras_gt.datasets import block_model_graphs


def test_a_small_sample_is_drawn_once(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path))
    first = datasets.load("pattern", seed=3, sizes=(5, 2, 3))
    monkeypatch.setattr(
        block_model_graphs, "sample_graphs", lambda *_: pytest.fail("drawn a second time")
    )
    again = datasets.load("pattern", seed=3, sizes=(5, 2, 3))
    assert len(again.graphs) == 10 and again.num_classes == 2
    for graph, other in zip(first.graphs, again.graphs, strict=True):
        assert (graph.senders == other.senders).all()
        assert (graph.node_features == other.node_features).all()
        graph.validate()
    assert [len(part) for part in again.split().values()] == [5, 2, 3]
    graphs, labels = again.part("test")
    assert [len(values) for values in labels] == [graph.num_nodes for graph in graphs]
    assert "our own samples" in again.info.source


@pytest.mark.parametrize("sizes", [(1, 2), (1, 0, 1)])
def test_wrong_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="sizes must be three numbers of at least 1"):
        datasets.load("cluster", sizes=sizes)
