import pytest

from keras_gt.layers import FeedForward, MultiHeadAggregation, TransformerGraphBlock


def test_errors():
    aggregation = MultiHeadAggregation(1, 4)
    with pytest.raises(ValueError, match="edge_feed_forward must go with an aggregation that"):
        TransformerGraphBlock(aggregation, edge_feed_forward=FeedForward(3))
    with pytest.raises(ValueError, match="residual must be one of"):
        TransformerGraphBlock(aggregation, residual="gate")
    with pytest.raises(ValueError, match="normalization must be one of"):
        TransformerGraphBlock(aggregation, normalization="group")
