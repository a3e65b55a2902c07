"""A layer's weights by the roles they play, a batch as rows, and the layer as a pure function."""

import keras
import numpy as np
from keras import ops

from tests.layers.examples import call_arguments
from tests.layers.functional import symbolic
from tests.references.numpy_layers import Row

ROLES = (
    *("query", "key", "value", "edge", "projection", "root", "edge_projection"),
    *("own", "sender_gate", "receiver_gate", "expand", "norm", "contract"),
    *("aggregation", "aggregation_norm", "feed_forward", "feed_forward_norm"),
    *("edge_aggregation_norm", "edge_feed_forward", "edge_feed_forward_norm"),
    "block",
    *("local", "attention", "local_norm", "attention_norm"),
    *("node_update_norm", "edge_update_norm"),
)


def named_variables(layer):
    """The layer's variables by role: "bias", "value/kernel", "aggregation/query/kernel"."""
    inner = {role: getattr(layer, role, None) for role in ROLES}
    inner = {role: value for role, value in inner.items() if isinstance(value, keras.layers.Layer)}
    found, taken = {}, set()
    for role, sublayer in inner.items():
        for name, variable in named_variables(sublayer).items():
            found[f"{role}/{name}"] = variable
            taken.add(id(variable))
    for variable in layer.weights:
        if id(variable) not in taken:
            parent = variable.path.split("/")[-2]
            name = variable.name if parent == layer.name else f"{parent}/{variable.name}"
            assert name not in found, name
            found[name] = variable
    return found


def randomise(layer, seed=6):
    """Moves every float weight that begins as a constant away from it."""
    rng = np.random.default_rng(seed)
    for variable in layer.weights:
        value = ops.convert_to_numpy(variable)
        if value.dtype.kind == "f" and np.ptp(value) == 0:
            variable.assign(value + rng.uniform(0.1, 0.5, value.shape))


def built(example, seed=6):
    """The example's layer with random weights throughout."""
    keras.utils.set_random_seed(seed)
    layer = example.make()
    layer(**symbolic(call_arguments(example)))  # builds it
    randomise(layer, seed)
    return layer


def rows_of(inputs):
    """Each row of the batch as a graph of its real edges."""
    for row in range(len(inputs["node_mask"])):
        real = inputs["edge_mask"][row]
        extra = {
            name: np.asarray(inputs[key][row, real], "float64")
            for name, key in (("edges", "edge_features"), ("edge_weights", "edge_weights"))
            if key in inputs
        }
        yield Row(
            np.asarray(inputs["node_features"][row], "float64"),
            inputs["senders"][row, real].tolist(),
            inputs["receivers"][row, real].tolist(),
            **extra,
        )


def real_entries(outputs, inputs, concatenate, take):
    """What is real of the node and edge features, as one vector."""
    masks = (inputs["node_mask"], inputs["edge_mask"])
    parts = []
    for output, mask in zip(outputs, masks, strict=False):
        parts.append(take(output, np.flatnonzero(mask)))
    return concatenate(parts)


def pure_function(layer, example):
    """The layer as function(**features, **weights), whose result is the vector of real entries."""
    names = {id(variable): name for name, variable in named_variables(layer).items()}
    rest = [ops.convert_to_numpy(variable) for variable in layer.non_trainable_variables]
    arguments = call_arguments(example)

    def take(output, index):
        flat = ops.reshape(output, (-1, output.shape[-1]))
        return ops.reshape(ops.take(flat, index, axis=0), (-1,))

    def function(**arrays):
        features = {key: arrays[key] for key in ("node_features", "edge_features") if key in arrays}
        trained = [arrays[names[id(variable)]] for variable in layer.trainable_variables]
        outputs, _ = layer.stateless_call(trained, rest, **{**arguments, **features})
        outputs = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
        return real_entries(outputs, example.inputs, ops.concatenate, take)

    return function
