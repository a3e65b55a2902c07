import keras

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import is_direct
from keras_gt.models.export import export
from keras_gt.models.steps import prepared_steps


def optional_inputs(model):
    """The names of the inputs that a functional model can do without."""
    layers = (layer for layer in model.layers if isinstance(layer, keras.layers.InputLayer))
    return {layer.name for layer in layers if layer.optional}


def check_given(x):
    """Raises where there is nothing to read, which Keras would tell as an empty set."""
    if x is None or (isinstance(x, list | tuple) and any(item is None for item in x)):
        raise ValueError(
            "x must be a dictionary of arrays, such as graph.inputs(), a loader, or for a task "
            f"graphs and what its preprocessor reads. Give one of them. Received: x={x!r:.100}"
        )


def _is_as_expected(x, symbol):
    """Whether Keras would take the input as it is."""
    if x is None:
        return symbol._keras_history.operation.optional
    dtype = keras.backend.standardize_dtype(x.dtype)
    return len(x.shape) == len(symbol.shape) and dtype == symbol.dtype


@keras.saving.register_keras_serializable(package="keras_gt")
class InputsByName(keras.Model):
    """Base of backbones and tasks: a functional model whose dictionary inputs go by name.

    Keras matches a dictionary with one unused key by sorted position, with only a warning, and
    gives wrong numbers. Here unused keys are dropped, absent optional inputs are filled with
    None, and a missing required one is named.
    """

    _run_steps = None  # made in the first call

    def _by_name(self, inputs):
        if not isinstance(inputs, dict):
            return inputs
        names = [tensor.name for tensor in self.inputs]
        if any(name not in inputs for name in names):
            required = set(names) - optional_inputs(self)
            if missing := sorted(required - set(inputs)):
                raise ValueError(
                    f"inputs must have the keys {sorted(required)}. Add {missing}. Received: keys "
                    f"{sorted(inputs)}"
                )
        return {name: inputs.get(name) for name in names}

    def __call__(self, inputs, *args, **kwargs):
        inputs = self._by_name(inputs)
        training, masks = kwargs.get("training"), keras.tree.flatten(kwargs.get("mask"))
        told = training is not None and kwargs.keys() <= {"training", "mask"}
        if told and not args and all(mask is None for mask in masks) and is_direct(self, [inputs]):
            return self.call(inputs, training=training)
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs, training=None, mask=None):
        return super().call(self._by_name(inputs), training=training, mask=mask)

    def _standardize_inputs(self, inputs):
        """Keras converts and compares all inputs: that has no use where each is as expected."""
        if isinstance(inputs, dict):
            flat = [inputs[symbol.name] for symbol in self.inputs]
            given = graph_ops.taken_as_given(self, flat)
            if given and all(map(_is_as_expected, flat, self.inputs)):
                return flat
        return super()._standardize_inputs(inputs)

    def _run_through_graph(self, inputs, operation_fn=lambda op: op, call_fn=None):
        if call_fn is not None or keras.config.is_nnx_enabled():
            return super()._run_through_graph(inputs, operation_fn, call_fn)
        if self._run_steps is None:
            self._run_steps = prepared_steps(self)
        return self._run_steps(keras.tree.flatten(inputs), operation_fn)

    def fit(self, x=None, *args, **kwargs):
        check_given(x)
        return super().fit(x, *args, **kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        check_given(x)
        return super().evaluate(x, *args, **kwargs)

    def predict(self, x, *args, **kwargs):
        check_given(x)
        return super().predict(x, *args, **kwargs)

    def export(self, filepath, format=None, sample=None):
        """Writes the model at inference for other programs, with open sizes.

        The exported model takes a dictionary of arrays (ONNX: inputs of these names) of any
        number of rows, nodes, edges and graphs, and no plan: it computes with plain operations.

        Args:
            filepath: path; it ends with ".onnx" or ".pt2" in these formats.
            format: "tf_saved_model" (TensorFlow and JAX), "onnx" (TensorFlow and PyTorch), "torch"
                (PyTorch: a `torch.export` program), or None for the backend's first of these.
            sample: dictionary of inputs such as `graph.inputs()`: the exported model takes the
                optional inputs that are in it. None for all of them.

        Raises:
            ValueError: for a format that the backend cannot write, a filepath with another
                suffix, or a sample without a required input.
        """
        export(self, filepath, format, sample, super().export)
