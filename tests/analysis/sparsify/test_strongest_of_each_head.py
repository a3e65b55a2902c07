import keras
import numpy as np
import pytest

from keras_gt.analysis import sparsify
from keras_gt.analysis.attention_scores import attending
from keras_gt.graph import Graph, complete
from keras_gt.loaders import GraphLoader
from keras_gt.models import BERT, GAT, GCN, GraphGPS, GraphTransformer
from tests.models.small_models import dot_classifier, outputs

NODES, HEADS, WIDTH = 7, 2, 8


def graph(size=NODES, seed=0):
    """All pairs but two, edges in no order."""
    rng = np.random.default_rng(seed)
    senders, receivers = complete(size)
    order = rng.permutation(size * size)[2:]
    features = 3 * rng.normal(size=(size, 5))
    return Graph(size, senders[order], receivers[order], node_features=features)


def backbone(attention="sparse", **options):
    keras.utils.set_random_seed(3)
    return GraphTransformer({"dense": 5}, WIDTH, 2, HEADS, attention=attention, **options)


def by_loops(model, given, count):
    """The model's nodes, each head of each layer with its own edges, in float64."""
    weight = {variable.path: keras.ops.convert_to_numpy(variable) for variable in model.weights}
    read = np.zeros((NODES, NODES), bool)
    read[given.receivers, given.senders] = True

    def dense(name, x):
        found = [path for path in weight if path.endswith(f"{name}/kernel")]
        assert len(found) == 1, found
        return x @ weight[found[0]] + weight[found[0].replace("kernel", "bias")]

    def norm(name, x):
        gamma, beta, mean, variance = (
            weight[next(path for path in weight if path.endswith(f"{name}/{part}"))]
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta

    x = dense("node_encoder", given.node_features.astype("float64"))
    for layer in range(2):
        query, key, value = (
            dense(f"attention_{layer}/{name}", x).reshape(NODES, HEADS, -1)
            for name in ("query", "key", "value")
        )
        out = np.zeros((NODES, HEADS, WIDTH // HEADS))
        for node in range(NODES):
            for head in range(HEADS):
                scores = key[:, head] @ query[node, head] / np.sqrt(WIDTH // HEADS)
                scores = np.where(read[node], scores, -np.inf)
                chosen = np.argsort(-scores)[:count]
                chosen = chosen[np.isfinite(scores[chosen])]
                powers = np.exp(scores[chosen])
                out[node, head] = powers / powers.sum() @ value[chosen, head]
        update = dense(f"attention_{layer}/projection", out.reshape(NODES, WIDTH))
        x = norm(f"block_{layer}/aggregation_norm", x + update)
        hidden = np.maximum(dense(f"feed_forward_{layer}/expand", x), 0)
        update = dense(f"feed_forward_{layer}/contract", hidden)
        x = norm(f"block_{layer}/feed_forward_norm", x + update)
    return x


@pytest.mark.parametrize("attention", ["sparse", "dense"])
@pytest.mark.parametrize("count", [1, 3])
def test_each_head_reads_the_edges_that_it_likes_best(attention, count):
    model, given = backbone(attention), graph()
    inputs = given.inputs()
    before = outputs(model, inputs)
    found = outputs(sparsify.strongest_of_each_head(model, count), inputs)[0]
    np.testing.assert_allclose(found, by_loops(model, given, count), rtol=1e-4, atol=1e-5)
    assert np.abs(found - before[0]).max() > 1e-3
    np.testing.assert_array_equal(outputs(model, inputs), before)  # the model is as it was


def test_enough_edges_for_all_change_nothing():
    for model in (backbone(), GAT({"dense": 5}, 4, 2), backbone(residual="pre")):
        inputs = graph().inputs()
        found = outputs(sparsify.strongest_of_each_head(model, NODES), inputs)
        np.testing.assert_allclose(found, outputs(model, inputs), rtol=1e-5, atol=1e-6)


def test_graph_gps_chooses_among_all_pairs():
    model = GraphGPS({"dense": 5}, WIDTH, 1, HEADS)
    few = Graph(NODES, [0], [1], node_features=graph().node_features)
    inputs = few.inputs()
    found = outputs(sparsify.strongest_of_each_head(model, 2), inputs)
    assert np.abs(found - outputs(model, inputs)).max() > 1e-3
    found = outputs(sparsify.strongest_of_each_head(model, NODES), inputs)
    np.testing.assert_allclose(found, outputs(model, inputs), rtol=1e-5, atol=1e-6)


def test_words_choose_alike_whatever_the_form_of_their_edges():
    keras.utils.set_random_seed(3)
    model = BERT(11, WIDTH, 2, HEADS, num_positions=9)
    for layer in model.layers:
        if attending(layer) is not None:  # far from even weights, in which nothing is strongest
            for part in (attending(layer).query, attending(layer).key):
                part.kernel.assign(40 * part.kernel)
    words = Graph(NODES, *complete(NODES), node_features=np.arange(NODES))
    lists = words.inputs()
    plain = {"node_features": lists["node_features"]}
    sparse = sparsify.strongest_of_each_head(model, 2)
    found = outputs(sparse, plain)
    np.testing.assert_allclose(outputs(sparse, lists), found, rtol=1e-4, atol=1e-5)
    assert np.abs(found - outputs(model, plain)).max() > 1e-3


def test_a_task_shares_its_weights_and_padding_takes_no_place():
    model = dot_classifier()
    sparse = sparsify.strongest_of_each_head(model, 2)
    for weight in attending(model.backbone.layers[-1]).weights:
        weight.assign_add(0.1 * keras.ops.ones(weight.shape))  # the other follows
    again = sparsify.strongest_of_each_head(model, 2)
    graphs = [graph(size, size) for size in (4, 6)]
    inputs = GraphLoader(graphs, graphs_per_batch=2, rows=2)[0][0]
    together = outputs(sparse, inputs)
    np.testing.assert_allclose(outputs(again, inputs), together, rtol=1e-5)
    for index, one in enumerate(graphs):
        alone = outputs(sparse, GraphLoader([one])[0][0])
        np.testing.assert_allclose(alone[0, 0], together[index, 0], rtol=1e-4, atol=1e-5)


def test_a_row_of_the_curve():
    model, data = dot_classifier(), [graph(size, size) for size in (4, 6)]
    sparse = sparsify.strongest_of_each_head(model, 2)
    seen = []

    def metric(predictions):
        seen.append(predictions)
        return predictions[0, 0]

    rows = sparsify.curve(model, {"all": None, "each head": sparse}, data, metric)
    assert rows[1]["edges"] == rows[0]["edges"] == 14 + 34  # it looks at all of them
    inputs = [GraphLoader([one])[0][0] for one in data]
    expected = np.stack([outputs(sparse, one)[0, 0] for one in inputs])
    np.testing.assert_allclose(seen[1], expected, rtol=1e-4, atol=1e-5)
    assert np.abs(seen[1] - seen[0]).max() > 1e-3


def test_what_cannot_choose_is_refused():
    with pytest.raises(ValueError, match="count must be at least 1"):
        sparsify.strongest_of_each_head(None, 0)
    with pytest.raises(ValueError, match="model must attend by .* Received: attention by \\[\\]"):
        sparsify.strongest_of_each_head(GCN({"dense": 5}, 4), 1)
    edged = backbone(edge_features={"dense": 1})
    with pytest.raises(ValueError, match="model must attend by .*EdgeAttention"):
        sparsify.strongest_of_each_head(edged, 1)
