import pytest

from keras_gt.testing import assert_messages_follow_direction, random_graph_inputs
from tests.testing import broken_functions as functions

INPUTS = random_graph_inputs()


def test_sound_functions_pass():
    assert_messages_follow_direction(functions.sum_neighbours, INPUTS)
    assert_messages_follow_direction(functions.sum_neighbours, random_graph_inputs(plan=True))


@pytest.mark.parametrize("function", [functions.sends_both_ways, functions.sends_backwards])
def test_messages_against_the_arrows_are_caught(function):
    with pytest.raises(AssertionError, match="nodes out of reach: differs"):
        assert_messages_follow_direction(function, INPUTS)


def test_more_hops_than_said_are_caught():
    def two_layers(inputs):
        nodes, _ = functions.sum_neighbours(inputs)
        return functions.sum_neighbours({**inputs, "node_features": nodes})

    assert_messages_follow_direction(two_layers, INPUTS, hops=2)
    with pytest.raises(AssertionError, match="nodes out of reach: differs"):
        assert_messages_follow_direction(two_layers, INPUTS, hops=1)


def test_reading_nobody_is_caught():
    with pytest.raises(AssertionError, match="a receiver does not notice its sender"):
        assert_messages_follow_direction(functions.reads_nobody, INPUTS)
