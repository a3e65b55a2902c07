import keras

from keras_gt.layers.graph_layer import serialized_policy
from keras_gt.models.inputs_by_name import InputsByName


def resolve_policy(dtype):
    """A dtype policy from a name, a policy, a serialised policy or None."""
    return keras.dtype_policies.get(dtype or keras.config.dtype_policy())


def split_result(result):
    """(node features, graph features or None) of what a backbone returns."""
    if isinstance(result, dict):
        return result["node_features"], result["graph_features"]
    return result, None


def check_heads(hidden_dim, num_heads):
    """Raises unless the heads share the width evenly."""
    if hidden_dim % num_heads:
        raise ValueError(
            "hidden_dim must be a multiple of num_heads. Change one of them. Received: "
            f"hidden_dim={hidden_dim}, num_heads={num_heads}"
        )


def heads_of_layers(hidden_dim, num_layers, num_heads, head_dim):
    """(the number of heads of each layer, the size of a head).

    Heads share the width evenly where head_dim is None. A list of numbers, one a layer, comes
    with head_dim: it is how a model with heads removed says what is left.
    """
    if head_dim is None and not isinstance(num_heads, int):
        raise ValueError(
            "head_dim must be given where num_heads is a list. Give the size of a head. Received: "
            f"num_heads={num_heads}, head_dim=None"
        )
    if head_dim is None:
        check_heads(hidden_dim, num_heads)
        head_dim = hidden_dim // num_heads
    if isinstance(num_heads, int):
        return [num_heads] * num_layers, head_dim
    if len(num_heads) != num_layers:
        raise ValueError(
            "num_heads must have one number for each of num_layers. Change one of them. Received: "
            f"num_heads={num_heads}, num_layers={num_layers}"
        )
    return list(num_heads), head_dim


@keras.saving.register_keras_serializable(package="keras_gt")
class Backbone(InputsByName):
    """Base of the architectures: a functional model from graph arrays to node features.

    A subclass builds its layers and the functional graph in `__init__`, keeps every argument as
    an attribute and returns them from `get_config`.

    Args:
        inputs: dictionary of Keras inputs, by name.
        outputs: the (B, N, D) node features.
        dtype: dtype policy of the layers.
        graph_features: the (B, D') features that an architecture with graph tokens of its own
            reads off them, or None. Graph tasks take them with readout="token".
        **kwargs: `name` and `trainable` of `keras.Model`.

    Call arguments:
        inputs: dictionary of arrays, see `keras_gt.graph`: `senders`, `receivers`, the node
            features and whatever else the architecture reads; unused keys are ignored.

    Returns:
        (B, N, D); with graph tokens the dictionary of these `node_features` and of the
        `graph_features` (B, D').

    Example:
        >>> import keras
        >>> from keras_gt.models import Backbone
        >>> nodes = keras.Input((None, 5), name="node_features")
        >>> Backbone({"node_features": nodes}, keras.layers.Dense(16)(nodes)).output_width
        16
    """

    def __init__(self, inputs, outputs, dtype=None, graph_features=None, **kwargs):
        if graph_features is not None:
            outputs = {"graph_features": graph_features, "node_features": outputs}
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.dtype_policy = resolve_policy(dtype)

    counts_places = False  # whether a node's place is counted from the start of its row

    @property
    def one_graph_a_row(self):
        """bool, whether tasks feed it one graph in each row.

        So it is where all pairs of a row's nodes are made: of graphs that share a row, most pairs
        would join nodes of different graphs, and be masked.
        """
        return bool(getattr(self, "pair_encodings", None))

    @property
    def has_graph_tokens(self):
        """bool, whether it returns graph features; then a row must hold one graph."""
        return split_result(self.output)[1] is not None

    @property
    def output_width(self):
        """int D, the width of the node features."""
        return split_result(self.output)[0].shape[-1]

    def get_config(self):
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialized_policy(self),
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    @classmethod
    def from_preset(cls, handle, load_weights=True, sha256=None, trusted_packages=(), **overrides):
        """A backbone from a preset; see `keras_gt.presets.load_preset`."""
        from keras_gt import presets

        return presets.load_preset(
            cls,
            handle,
            load_weights=load_weights,
            sha256=sha256,
            trusted_packages=trusted_packages,
            **overrides,
        )

    def save_to_preset(self, directory, metadata=None):
        """Writes a preset directory; see `keras_gt.presets.save_preset`."""
        from keras_gt import presets

        presets.save_preset(self, directory, metadata=metadata)
