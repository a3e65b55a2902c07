import pytest

from keras_gt.analysis.pruning import compare_cost, remove_heads
from keras_gt.models import GraphTransformer
from tests.analysis.pruning.test_remove_heads import small_graph


def test_the_smaller_model_has_fewer_weights():
    before = GraphTransformer({"dense": 3}, 6, 1, 3)
    after = remove_heads(before, {"block_0": [0]})
    cost = compare_cost(before, after, small_graph().inputs(), repeats=2)
    assert cost["parameters"]["before"] == before.count_params()
    assert cost["parameters"]["after"] == after.count_params() == before.count_params() - 54
    assert cost["bytes"]["after"] == 4 * after.count_params()
    assert cost["bytes"]["ratio"] == cost["parameters"]["ratio"] < 1
    assert all(0 < cost["seconds"][name] < 60 for name in ("before", "after"))
    with pytest.raises(ValueError, match="repeats must be at least 1"):
        compare_cost(before, after, {}, repeats=0)
