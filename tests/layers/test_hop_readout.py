"""A single hop, and what is refused."""

import pytest

from keras_gt.layers import HopReadout
from keras_gt.testing import assert_close
from tests.layers.examples import TOKENS


def test_a_single_hop_has_weight_one():
    assert_close(HopReadout()(TOKENS[:, :, :2]), TOKENS[:, :, 0] + TOKENS[:, :, 1])


def test_tokens_without_hops_are_refused():
    with pytest.raises(ValueError, match="tokens must hold at least one hop"):
        HopReadout()(TOKENS[:, :, :1])
