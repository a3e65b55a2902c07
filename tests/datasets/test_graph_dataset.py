import numpy as np
import pytest

from keras_gt import datasets


@pytest.fixture
def samples():
    return datasets.load("cluster", seed=1, sizes=(4, 2, 2))


def test_parts_keep_graphs_and_labels_together(samples):
    graphs, labels = samples.part("test")
    assert graphs == samples.graphs[6:]
    assert all(np.array_equal(a, b) for a, b in zip(labels, samples.labels[6:], strict=True))
    by_graph = samples.replace(labels=np.arange(8) * 10)
    assert by_graph.part("validation")[1].tolist() == [40, 50]


def test_selecting_keeps_the_order(samples):
    graphs, _ = samples.select([5, 0])
    assert graphs == [samples.graphs[5], samples.graphs[0]]


def test_unknown_parts_and_splits_are_refused(samples):
    with pytest.raises(ValueError, match="part must be one of"):
        samples.part("training")
    with pytest.raises(ValueError, match="name must be one of the splits of cluster: sampled"):
        samples.split(name="scaffold")
    with pytest.raises(ValueError, match=r"index must lie in \[0, 1\)"):
        samples.split(-1)
