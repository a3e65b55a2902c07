import keras
import numpy as np
from keras import ops

from keras_gt.analysis.pruning.prunable_layers import prunable_layers


def head_importance(model, batches, loss=None, normalize=True):
    """How much each head matters: the expected size of the loss's gradient in the head's gate.

        I_h = E_x |d L(x) / d g_h|  at g_h = 1,

    where a gate g_h multiplies the result of head h. Because the head reaches the model through
    its rows W_h of the output projection alone, the derivative is sum(W_h * dL/dW_h): one
    backward pass gives it for all heads. The model runs as at inference, without dropout and with
    the moving statistics of batch norms, and is not changed.

    Args:
        model: a task, or any Keras model around a backbone, whose projections are trainable.
        batches: iterable of (inputs, labels) or (inputs, labels, weights), such as a
            `GraphLoader`. The absolute value is taken batch by batch: give one example a batch
            for the importance of the paper.
        loss: a Keras loss, or function of (labels, predictions); None for the loss the model was
            compiled with.
        normalize: bool, divides by the L2 norm of each layer, as the paper does before heads of
            different layers are compared.

    Returns:
        Dictionary from layer name to (H,) float64 array.

    Raises:
        ValueError: if there are no batches, the model has no heads to weigh, or a projection is
            not trainable.

    Example:
        >>> import keras_gt, numpy as np
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=1, num_heads=2)
        >>> model = keras_gt.models.GraphRegressor(backbone)
        >>> graph = keras_gt.graph.Graph(2, [0, 1], [1, 0], node_features=np.eye(2, 4))
        >>> loader = model.loader([graph], np.ones((1, 1)))
        >>> importance = keras_gt.analysis.pruning.head_importance(model, loader)
        >>> {name: values.shape for name, values in importance.items()}
        {'block_0': (2,)}

    Reference:
        Michel, Levy and Neubig, Are Sixteen Heads Really Better than One?, 2019,
        https://arxiv.org/abs/1905.10650, equation 2.
    """
    layers = prunable_layers(model)
    for name, layer in layers.items():
        if not layer.projection.kernel.trainable:
            raise ValueError(
                "model must be trainable, or its heads have no gradient. Unfreeze its projections. "
                f"Received: a frozen projection in {name!r}"
            )
    weigher = _AtInference(model)
    gates = _GateGradients(
        [(layer.projection.kernel, layer.num_heads) for layer in layers.values()]
    )
    weigher.compile(optimizer=gates, loss=model.loss if loss is None else loss)
    count = 0
    for batch in batches:
        weigher.train_on_batch(*batch)
        count += 1
    if not count:
        raise ValueError("batches must not be empty. Give an example. Received: no batches")
    totals = [ops.convert_to_numpy(total).astype(np.float64) / count for total in gates.totals]
    if normalize:
        totals = [total / max(np.linalg.norm(total), 1e-30) for total in totals]
    return dict(zip(layers, totals, strict=True))


class _AtInference(keras.Model):
    """A model whose training step runs the given one as at inference."""

    def __init__(self, model):
        super().__init__(name="at_inference")
        self.model = model

    def call(self, inputs, training=None):
        return self.model(inputs, training=False)


class _GateGradients(keras.optimizers.Optimizer):
    """Changes no weight: adds up |sum(W_h * dL/dW_h)| of the heads of each projection W."""

    def __init__(self, projections):
        super().__init__(learning_rate=1.0, name="gate_gradients")
        # The numbers alone: an optimizer would take the kernels for variables of its own.
        self._numbers = {id(kernel): place for place, (kernel, _) in enumerate(projections)}
        self._num_heads = [num_heads for _, num_heads in projections]

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self._places = {
            self._get_variable_index(variable): self._numbers[id(variable)]
            for variable in variables
            if id(variable) in self._numbers
        }
        self.totals = [
            self.add_variable((num_heads,), name=f"gates_{place}")
            for place, num_heads in enumerate(self._num_heads)
        ]

    def update_step(self, gradient, variable, learning_rate):
        place = self._places.get(self._get_variable_index(variable))
        if place is None:
            return
        product = ops.cast(gradient * variable, "float32")
        by_head = ops.sum(ops.reshape(product, (self._num_heads[place], -1)), axis=1)
        self.totals[place].assign_add(ops.abs(by_head))
