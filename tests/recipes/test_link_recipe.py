import numpy as np
import pytest

from keras_gt import recipes


@pytest.fixture
def recipe():
    recipe = recipes.get("gcn_karate_links")
    recipe.epochs = 10
    return recipe


def test_parts_are_disjoint_and_whole(recipe):
    parts = recipe.parts(3)
    links = np.concatenate([links for links, _ in parts.values()])
    others = np.concatenate([others for _, others in parts.values()])
    assert [len(links) for links, _ in parts.values()] == [62, 8, 8]
    assert len(np.unique(np.concatenate([links, others]), axis=0)) == 34 * 33 // 2
    assert not np.array_equal(parts["test"][0], recipe.parts(4)["test"][0])


def test_hidden_links_are_not_in_the_graph(recipe):
    graph = recipe.graph(3)
    seen = {tuple(pair) for pair in np.stack([graph.senders, graph.receivers], axis=1).tolist()}
    assert len(seen) == 2 * 62
    for part in ("validation", "test"):
        assert not seen & {tuple(pair) for pair in recipe.parts(3)[part][0].tolist()}


def test_a_run(recipe):
    task, record = recipe.train(1, "preset", None, 0.0)
    assert 0 <= record["value"] <= 100
    assert recipe.evaluate(task, "links 1")["value"] == pytest.approx(record["value"])
    assert recipe.evaluate(task, "links 2")["links"] == 8
    assert set(recipe.sample(task, 1)) >= {"pairs", "senders", "edge_weights"}
    again = recipes.get("gcn_karate_links")
    again.epochs = 10
    again.train(0, "preset", None, 0.0)
    assert again.train(1, "preset", None, 0.0)[1] == record
