"""Graph properties as asserts: what every layer and model that reads edges must fulfil.

Each helper takes `function`, called with the dictionary of batch arrays and returning node
features (B, N, D), node and edge features, or graph features: a model, or a layer wrapped by
`layer_function`.
"""

from keras_gt.testing.comparison import assert_close as assert_close
from keras_gt.testing.direction import (
    assert_messages_follow_direction as assert_messages_follow_direction,
)
from keras_gt.testing.edge_forms import (
    assert_complete_graph_forms_agree as assert_complete_graph_forms_agree,
)
from keras_gt.testing.edge_forms import assert_edge_forms_agree as assert_edge_forms_agree
from keras_gt.testing.edge_multiplicity import (
    assert_duplicate_edge_counts_twice as assert_duplicate_edge_counts_twice,
)
from keras_gt.testing.edge_multiplicity import (
    assert_self_loop_is_an_edge as assert_self_loop_is_an_edge,
)
from keras_gt.testing.layer_function import layer_function as layer_function
from keras_gt.testing.lonely_nodes import assert_isolated_node as assert_isolated_node
from keras_gt.testing.lonely_nodes import assert_no_edges as assert_no_edges
from keras_gt.testing.lonely_nodes import assert_single_node as assert_single_node
from keras_gt.testing.padding import assert_batch_equals_rows as assert_batch_equals_rows
from keras_gt.testing.padding import assert_padding_invariance as assert_padding_invariance
from keras_gt.testing.permutations import (
    assert_edge_order_invariance as assert_edge_order_invariance,
)
from keras_gt.testing.permutations import (
    assert_node_permutation_equivariance as assert_node_permutation_equivariance,
)
from keras_gt.testing.random_inputs import random_graph_inputs as random_graph_inputs
