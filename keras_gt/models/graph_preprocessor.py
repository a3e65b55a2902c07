import keras

from keras_gt import graph as graphs
from keras_gt.graph.encode import add_encodings, check_kinds

_TRANSFORMS = (
    "add_expander_edges",
    "add_self_loops",
    "add_virtual_node",
    "normalise_gcn",
    "row_normalise",
    "symmetrise",
)

# Their edges are for attention alone: encodings describe the graph without them.
_AFTER_ENCODINGS = ("add_expander_edges",)


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphPreprocessor:
    """What a graph goes through before a model sees it, kept with the preset.

    Args:
        transforms: list of names of `keras_gt.graph` transforms, applied in order:
            "symmetrise", "add_self_loops", "add_virtual_node", "normalise_gcn", "row_normalise",
            "add_expander_edges"; or {"kind": name, ...} with further arguments of the transform.
            Encodings come after all of them, but before expander edges.
        encodings: dictionary from an input's name to {"kind": ..., ...}, such as
            {"positional_encoding": {"kind": "laplacian_eigenvectors", "k": 8}}; the kinds are
            functions of `keras_gt.graph`: of nodes "laplacian_eigenvectors" and
            "laplacian_eigenvalues" (k), "random_walk_probabilities" (steps), "degrees" and
            "hop_features" (hops); of pairs "shortest_path_distances" and
            "shortest_path_features" (max_distance) and "random_walk_pairs" (steps).
        molecules: bool, whether SMILES strings are accepted, which needs RDKit.
        label_names: list of str, the classes or the targets, or None.
        unit: str, the unit of the targets, or None.

    Raises:
        ValueError: for an unknown transform or encoding.

    Example:
        >>> from keras_gt.graph import Graph
        >>> from keras_gt.models import GraphPreprocessor
        >>> preprocessor = GraphPreprocessor(["symmetrise", "add_self_loops"])
        >>> preprocessor(Graph(2, [0], [1])).num_edges
        4
    """

    def __init__(self, transforms=(), encodings=None, molecules=False, label_names=None, unit=None):
        for transform in transforms:
            name = transform.get("kind") if isinstance(transform, dict) else transform
            if name not in _TRANSFORMS:
                raise ValueError(
                    f"transforms must be of {list(_TRANSFORMS)}. Name one of them. "
                    f"Received: {name!r}"
                )
        check_kinds(encodings or {})
        self.transforms = list(transforms)
        self.encodings = dict(encodings or {})
        self.molecules = molecules
        self.label_names = label_names
        self.unit = unit

    def __call__(self, graph):
        """The graph as the model reads it.

        Args:
            graph: `keras_gt.graph.Graph`, or a SMILES string where `molecules` is set.

        Returns:
            `keras_gt.graph.Graph`; encodings that it carries already are kept.

        Raises:
            ValueError: for anything else.
        """
        if isinstance(graph, str):
            graph = self._molecule(graph)
        if not isinstance(graph, graphs.Graph):
            strings = " or SMILES strings" if self.molecules else ""
            raise ValueError(
                f"inputs must be graphs{strings}. Build a keras_gt.graph.Graph. Received: "
                f"{graph!r:.100}"
            )
        for transform in self.transforms:
            options = dict(transform) if isinstance(transform, dict) else {"kind": transform}
            kind = options.pop("kind")
            if kind in _AFTER_ENCODINGS:
                graph = add_encodings(graph, self.encodings)
            graph = getattr(graphs, kind)(graph, **options)
        return add_encodings(graph, self.encodings)

    def _molecule(self, smiles):
        if not self.molecules:
            raise ValueError(
                "inputs must be graphs for this model: it reads no SMILES. Build a "
                f"keras_gt.graph.Graph. Received: {smiles!r}"
            )
        return graphs.Graph.from_smiles(smiles)

    def get_config(self):
        return {
            "transforms": self.transforms,
            "encodings": self.encodings,
            "molecules": self.molecules,
            "label_names": self.label_names,
            "unit": self.unit,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)
