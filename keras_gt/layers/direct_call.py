"""Calls a layer within a model without the checks around it, where these have no use.

Before and after each `call` Keras converts the arguments, binds them to the signature, looks for
symbols, masks, types set around and whether the model trains. In a compiled program that is done
once; on PyTorch it is done in every step, and takes as long as the arithmetic of a small batch.
"""

import functools

from keras_gt import ops as graph_ops


def called_directly(takes_training=True):
    """Class decorator: calls go straight to `call` where Keras would change nothing on the way.

    A `mask` that is given stays with the result, as Keras has it.

    Args:
        takes_training: bool, whether `call` has the argument `training`, in all subclasses, too.
    """

    def decorate(layer_class):
        @functools.wraps(layer_class.__call__)
        def __call__(self, *args, **kwargs):
            told = not takes_training or kwargs.get("training") is not None
            if not told or not is_direct(self, [*args, *kwargs.values()]):
                return super(layer_class, self).__call__(*args, **kwargs)
            if not takes_training:
                kwargs.pop("training", None)  # models hand it to every layer
            result = self.call(*args, **kwargs)
            if kwargs.get("mask") is not None and self.supports_masking:
                result._keras_mask = kwargs["mask"]
            return result

        layer_class.__call__ = __call__
        return layer_class

    return decorate


def is_bare(layer):
    """Whether a call of the layer is its `call`, with nothing of Keras' own before or after."""
    return layer.built and layer.quantization_mode is None and layer.activity_regularizer is None


def is_direct(layer, arguments):
    """Whether a call of the layer with these arguments may go straight to its `call`."""
    return (
        is_bare(layer)
        and not layer._losses  # of the last call, which Keras forgets first
        and layer._remat_mode is None
        and graph_ops.taken_as_given(layer, arguments)
    )
