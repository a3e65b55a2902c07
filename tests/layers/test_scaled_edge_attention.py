import keras
import numpy as np
import pytest

from keras_gt import layers
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.examples import OTHER_LAYERS, WITH_VIRTUAL_NODES
from tests.references.layer_arrays import built

NAME = "scaled_edge_attention_virtual"
IDS, MASK = WITH_VIRTUAL_NODES["graph_ids"], WITH_VIRTUAL_NODES["node_mask"]


def inside_graphs():
    """The arguments with the edges inside one graph alone, as packed rows have them."""
    edges = WITH_VIRTUAL_NODES["edges"]
    row = np.arange(len(IDS))[:, None]
    same = IDS[row, edges["senders"]] == IDS[row, edges["receivers"]]
    return {**WITH_VIRTUAL_NODES, "edges": {**edges, "mask": edges["mask"] & same}}


def test_graphs_of_a_packed_row_do_not_see_each_other():
    """Each graph alone, the rest of its row masked, without any packing."""
    layer, packed = compiled(built(OTHER_LAYERS[NAME])), inside_graphs()
    nodes, virtual = layer(**packed)
    virtual = keras.ops.convert_to_numpy(virtual)
    for graph in np.unique(IDS[MASK]):
        mine = MASK & (IDS == graph)
        row = np.arange(len(IDS))[:, None]
        edge_mask = packed["edges"]["mask"] & mine[row, packed["edges"]["receivers"]]
        alone = {
            **{key: value for key, value in packed.items() if not key.startswith("graph_")},
            "node_mask": mine,
            "edges": {**packed["edges"], "mask": edge_mask},
            "virtual_nodes": packed["virtual_nodes"][:, graph : graph + 1],
        }
        found, found_virtual = layer(**alone)
        assert_close(found, nodes, where=mine)
        assert_close(found_virtual, virtual[:, graph : graph + 1])


def test_scores_sum_to_one_less_what_virtual_nodes_get():
    layer, arguments = built(OTHER_LAYERS[NAME]), dict(WITH_VIRTUAL_NODES)
    receivers, mask = arguments["edges"]["receivers"], arguments["edges"]["mask"]

    def sums(arguments):
        *_, scores = compiled(layer, return_attention_scores=True)(**arguments)
        scores = keras.ops.convert_to_numpy(scores)
        assert not scores[~mask].any()
        total = np.zeros((*MASK.shape, scores.shape[-1]))
        for row in range(len(total)):
            np.add.at(total[row], receivers[row, mask[row]], scores[row, mask[row]])
        return total[total > 0]

    assert (sums(arguments) < 0.99).all()
    del arguments["virtual_nodes"], arguments["virtual_edges"]
    plain = sums(arguments)
    assert_close(plain, np.ones_like(plain), 1e-4)


def test_dropout_is_on_every_weight_in_training_alone():
    layer = layers.ScaledEdgeAttention(2, 3, dropout=0.5, seed=1)
    calm, train = compiled(layer), compiled(layer, training=True)
    again = compiled(layer, training=False)(**WITH_VIRTUAL_NODES)
    results = zip(calm(**WITH_VIRTUAL_NODES), again, train(**WITH_VIRTUAL_NODES), strict=True)
    for one, same, other in (map(keras.ops.convert_to_numpy, parts) for parts in results):
        assert_close(same, one, 1e-6)
        assert np.abs(one - other).max() > 1e-3
    edges = WITH_VIRTUAL_NODES["edges"]
    without_edges = {**edges, "mask": np.zeros_like(edges["mask"])}
    alone = {**WITH_VIRTUAL_NODES, "edges": without_edges}
    dropped, whole = (keras.ops.convert_to_numpy(call(**alone)[0]) for call in (train, calm))
    assert np.abs(dropped - whole).max() > 1e-3


def test_errors():
    layer, arguments = compiled(layers.ScaledEdgeAttention(2, 3)), dict(WITH_VIRTUAL_NODES)
    with pytest.raises(ValueError, match="virtual_edges must be given with virtual_nodes"):
        layer(**{**arguments, "virtual_edges": None})
    with pytest.raises(ValueError, match="sender_features must not be given"):
        layer(**arguments, sender_features=arguments["node_features"])
    with pytest.raises(ValueError, match="edge_features must be given to ScaledEdgeAttention"):
        layers.ScaledEdgeAttention(2, 3)(arguments["node_features"], arguments["edges"])
    with pytest.raises(ValueError, match="head_dim must be a positive integer"):
        layers.ScaledEdgeAttention(2, 0)
    with pytest.raises(ValueError, match="graph_mask must be given with graph_ids"):
        layer(**{**arguments, "graph_mask": None})
