import warnings

import keras
import numpy as np

from keras_gt.graph import Graph
from keras_gt.graph.epoch_planner import round_up
from keras_gt.layers.graph_layer import serialized_policy
from keras_gt.loaders import GraphLoader
from keras_gt.models.backbone import Backbone
from keras_gt.models.feature_check import (
    check_against_backbone,
    check_labels,
    check_places,
    check_values,
)
from keras_gt.models.inputs_by_name import InputsByName


@keras.saving.register_keras_serializable(package="keras_gt")
class Task(InputsByName):
    """Base of the tasks: a backbone, a head and a preprocessor, ready for `fit`.

    `fit`, `evaluate` and `predict` take arrays or a loader as any Keras model does, or raw
    graphs (and SMILES where the preprocessor reads molecules), which go through the preprocessor
    once. A subclass builds the functional graph, compiles itself with a loss and metrics that
    are right under masks, and says by `label_level` what a label belongs to.

    Args:
        inputs: dictionary of Keras inputs, by name.
        outputs: the predictions, masked.
        backbone: the `Backbone`.
        preprocessor: `GraphPreprocessor` or None.
        **kwargs: `name`, `trainable`.

    Raises:
        ValueError: by its methods, for no graphs, graphs that are not the backbone's, a
            `validation_split` on graphs, or a `class_weight` without labels of classes.

    Example:
        >>> from keras_gt.models import GCN, NodeClassifier, Task
        >>> task = NodeClassifier(GCN({"dense": 5}, 16), num_classes=3)
        >>> isinstance(task, Task), task.label_level, task.backbone.output_width
        (True, 'node', 16)
    """

    takes_backbone = True
    label_level = "node"

    def __init__(self, inputs, outputs, backbone, preprocessor=None, **kwargs):
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self.dtype_policy = backbone.dtype_policy
        self.backbone = backbone
        self.preprocessor = preprocessor

    # === Raw graphs ===

    def _is_raw(self, x):
        if isinstance(x, Graph | str):
            return True
        return isinstance(x, list | tuple) and bool(x) and isinstance(x[0], Graph | str)

    def preprocess(self, x):
        """The graphs as the model reads them.

        Args:
            x: a graph or SMILES string, or a list of them.

        Returns:
            list of `keras_gt.graph.Graph`.

        Raises:
            ValueError: for a string without a preprocessor, what is no graph, or features that are
                not those the backbone was made for.
        """
        items = [x] if isinstance(x, Graph | str) else list(x)
        if self.preprocessor is not None:
            items = [self.preprocessor(item) for item in items]
        if any(isinstance(item, str) for item in items):
            raise ValueError(
                "inputs must be graphs for a task without a preprocessor. Give it "
                "GraphPreprocessor(molecules=True) to read SMILES. Received: a string"
            )
        for graph in items:
            if not isinstance(graph, Graph):
                raise ValueError(
                    f"inputs must be graphs. Build a keras_gt.graph.Graph. Received: {graph!r:.100}"
                )
            arrays = graph.node_arrays() | graph.pair_encodings | graph.edge_arrays()
            check_against_backbone(self.backbone, arrays)
        return items

    def loader(
        self, x, y=None, sample_weight=None, batch_size=None, shuffle=False, seed=0, **options
    ):
        """A `keras_gt.loaders.GraphLoader` over raw graphs, preprocessed.

        For a backbone that makes all pairs of a row's nodes each row holds one graph.

        Args:
            x: a graph or SMILES string, or a list of them.
            y: labels in the form that the loader takes, or None.
            sample_weight: weights in the form of the labels, or None.
            batch_size: int, graphs a batch, default 32.
            shuffle: bool.
            seed: int.
            **options: of `GraphLoader`.
        """
        single = isinstance(x, Graph | str)
        if single and self.label_level == "node":
            y = None if y is None else [np.asarray(y)]
            sample_weight = None if sample_weight is None else [np.asarray(sample_weight)]
        elif single:
            y = None if y is None else np.asarray(y)[None]
        graphs, batch_size = self.preprocess(x), batch_size or 32
        if self.backbone.one_graph_a_row:
            enough = round_up(len(graphs)) if options.get("round_sizes") else len(graphs)
            batch_size = min(batch_size, enough)
            options.setdefault("rows", batch_size)
        return GraphLoader(
            graphs,
            y,
            sample_weight,
            graphs_per_batch=batch_size,
            shuffle=shuffle,
            seed=seed,
            label_level=self.label_level,
            **options,
        )

    def _check(self, x, y=None):
        """Refuses what no model can read: no graphs, features of another kind, unknown classes."""
        if isinstance(x, list | tuple) and not x:
            raise ValueError("x must hold at least one graph. Give a graph. Received: no graphs")
        if isinstance(x, GraphLoader):
            y = x.labels
            if self.backbone.one_graph_a_row:
                batch = x[0][0]  # one stands for all
                check_against_backbone(self.backbone, batch)
                check_places(self.backbone, batch)
                self._warn_of_pairs(x.budgets[0].num_graphs)
        if isinstance(x, dict):
            check_against_backbone(self.backbone, x)
            check_values(self.backbone, x)
            check_places(self.backbone, x)
        if hasattr(self, "num_classes") and not self.multi_label:
            check_labels(y, self.num_classes)

    def _warn_of_pairs(self, several):
        if several > 1:
            warnings.warn(
                f"each row should hold one graph for {type(self.backbone).__name__}, which makes "
                "all pairs of a row's nodes: the numbers are the same, but it is slow. Use "
                "task.loader, or GraphLoader(..., rows=graphs_per_batch). Received: rows of "
                f"{several} graphs",
                stacklevel=4,
            )

    # === Keras' three methods ===

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        **kwargs,
    ):
        """As `keras.Model.fit`; x may be raw graphs, and so may x of `validation_data`.

        Raises:
            ValueError: for `validation_split` on one graph, `class_weight` that cannot be turned
                into sample weights, or arrays that are not what the model was made for.
        """
        self._check(x, y)
        single = isinstance(x, Graph) or (isinstance(x, dict) and _num_rows(x) == 1)
        if validation_split and (single or self._is_raw(x)):
            raise ValueError(
                "validation_split must be left out for graphs. Give validation_data=(x, y, "
                "weights) instead: for one graph the same x and y with sample weights that are 1 "
                f"on the validation nodes. Received: validation_split={validation_split}"
            )
        if class_weight is not None:
            sample_weight = self._class_weights(y, class_weight, sample_weight)
        if isinstance(validation_data, tuple | list):
            self._check(*validation_data[:2])
            if self._is_raw(validation_data[0]):
                raw, *targets = validation_data
                size = kwargs.pop("validation_batch_size", None) or batch_size
                validation_data = self.loader(raw, *targets, batch_size=size)
        if self._is_raw(x):
            x = self.loader(x, y, sample_weight, batch_size, shuffle)
            y = sample_weight = batch_size = None
        return super().fit(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            sample_weight=sample_weight,
            **kwargs,
        )

    def make_train_function(self, force=False):
        # An optimizer that makes its variables within the step has TensorFlow trace it twice.
        if self.optimizer is not None and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
        return super().make_train_function(force=force)

    def evaluate(
        self, x=None, y=None, batch_size=None, verbose="auto", sample_weight=None, **kwargs
    ):
        """As `keras.Model.evaluate`; x may be raw graphs."""
        self._check(x, y)
        if self._is_raw(x):
            x = self.loader(x, y, sample_weight, batch_size)
            y = sample_weight = batch_size = None
        return super().evaluate(
            x, y, batch_size=batch_size, verbose=verbose, sample_weight=sample_weight, **kwargs
        )

    def predict(self, x, batch_size=None, verbose="auto", **kwargs):
        """As `keras.Model.predict` for arrays; raw graphs and loaders give one result a graph.

        Returns:
            For arrays the model's output. For raw graphs and loaders: (graphs, T) for graph
            labels; for node labels a list of one (nodes, C) array a graph, or that array alone
            for one graph.
        """
        self._check(x)
        if not self._is_raw(x) and not isinstance(x, GraphLoader):
            return super().predict(x, batch_size=batch_size, verbose=verbose, **kwargs)
        loader = x
        if not isinstance(x, GraphLoader):  # one program serves many calls
            loader = self.loader(x, batch_size=batch_size, max_shapes=1, round_sizes=True)
        outputs = [self.predict_on_batch(loader[index][0]) for index in range(len(loader))]
        results = loader.restore(outputs)
        return results[0] if isinstance(x, Graph | str) else results

    def _class_weights(self, y, class_weight, sample_weight):
        """Sample weights that carry the class weights; the integer labels alone allow it."""
        many = isinstance(y, list | tuple)
        labels = list(y) if many else [] if y is None else [y]
        if not labels or any(np.asarray(part).dtype.kind not in "iu" for part in labels):
            raise ValueError(
                "class_weight must come with an array of integer labels. Give a loader's or a "
                f"float target's weights as sample_weight instead. Received: y={type(y).__name__}"
            )
        if not class_weight or any(not 0 <= number == int(number) for number in class_weight):
            raise ValueError(
                "class_weight must be a dictionary from classes 0, 1, ... to weights. Leave it out "
                f"for equal weights. Received: class_weight={class_weight}"
            )
        table = np.ones(max(max(class_weight), *(int(np.max(part)) for part in labels)) + 1)
        table[list(class_weight)] = list(class_weight.values())
        weights = [table[np.maximum(part, 0)].astype("float32") for part in labels]
        if sample_weight is not None:
            given = list(sample_weight) if many else [sample_weight]
            pairs = zip(weights, given, strict=True)
            weights = [weight * np.asarray(part) for weight, part in pairs]
        return weights if many else weights[0]

    # === Presets and configs ===

    @classmethod
    def from_preset(cls, handle, load_weights=True, sha256=None, trusted_packages=(), **overrides):
        """A task from a preset; see `keras_gt.presets.load_preset`."""
        from keras_gt import presets

        return presets.load_preset(
            cls,
            handle,
            load_weights=load_weights,
            sha256=sha256,
            trusted_packages=trusted_packages,
            **overrides,
        )

    def save_to_preset(self, directory, metadata=None, sample=None):
        """Writes a preset directory; see `keras_gt.presets.save_preset`."""
        from keras_gt import presets

        presets.save_preset(self, directory, metadata=metadata, sample=sample)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialized_policy(self),
            "backbone": serialize(self.backbone),
            "preprocessor": serialize(self.preprocessor),
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("backbone", "preprocessor"):
            if isinstance(config[name], dict):
                config[name] = keras.saving.deserialize_keras_object(config[name])
        return cls(**config)


def _num_rows(arrays):
    """B of a dictionary of arrays, absent ones left out."""
    return next(len(array) for array in arrays.values() if array is not None)


def head_policy(backbone, dtype):
    """The policy of a task's own layers: its own where given, else the backbone's."""
    return keras.dtype_policies.get(dtype) if dtype is not None else backbone.dtype_policy


def check_backbone(backbone):
    """Raises where the argument is no backbone."""
    if not isinstance(backbone, Backbone):
        raise ValueError(
            "backbone must be a keras_gt.models.Backbone. Build one, or use from_preset. "
            f"Received: {type(backbone).__name__}"
        )
