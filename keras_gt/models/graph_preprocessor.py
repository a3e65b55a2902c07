import keras

from keras_gt import graph as graphs

_TRANSFORMS = ("add_self_loops", "normalise_gcn", "row_normalise", "symmetrise")
_ENCODINGS = ("laplacian_eigenvectors", "random_walk_probabilities", "degrees")
_PAIR_ENCODINGS = ("shortest_path_distances",)


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphPreprocessor:
    """What a graph goes through before a model sees it, kept with the preset.

    Args:
        transforms: list of names of `keras_gt.graph` transforms, applied in order:
            "symmetrise", "add_self_loops", "normalise_gcn", "row_normalise".
        encodings: dictionary from an input's name to {"kind": ..., ...}, such as
            {"positional_encoding": {"kind": "laplacian_eigenvectors", "k": 8}}; the kinds are
            "laplacian_eigenvectors" (k), "random_walk_probabilities" (steps) and "degrees", and
            for pairs of nodes "shortest_path_distances" (max_distance), which go to the graph's
            `pair_encodings`.
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
        for name in transforms:
            if name not in _TRANSFORMS:
                raise ValueError(
                    f"transforms must be of {list(_TRANSFORMS)}. Name one of them. "
                    f"Received: {name!r}"
                )
        for options in (encodings or {}).values():
            if options.get("kind") not in _ENCODINGS + _PAIR_ENCODINGS:
                raise ValueError(
                    f"encodings must have a kind of {list(_ENCODINGS + _PAIR_ENCODINGS)}. Name one "
                    "of them. "
                    f"Received: {options!r}"
                )
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
        """
        if isinstance(graph, str):
            graph = self._molecule(graph)
        for name in self.transforms:
            graph = getattr(graphs, name)(graph)
        encodings, pair_encodings = dict(graph.encodings), dict(graph.pair_encodings)
        for name, options in self.encodings.items():
            options = dict(options)
            kind = options.pop("kind")
            found = pair_encodings if kind in _PAIR_ENCODINGS else encodings
            if name not in found:
                found[name] = getattr(graphs, kind)(graph, **options)
        return graph.replace(encodings=encodings, pair_encodings=pair_encodings)

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
