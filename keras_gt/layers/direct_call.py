"""Calls a layer within a model without the checks around it, where these have no use.

Before and after each `call` Keras converts the arguments, binds them to the signature, looks for
symbols, masks, types set around and whether the model trains. In a compiled program that is done
once; on PyTorch it is done in every step, and takes as long as the arithmetic of a small batch.
"""

import functools
import inspect

from keras_gt import ops as graph_ops


def called_directly(layer_class):
    """Class decorator: calls go straight to `call` where Keras would change nothing on the way.

    A `mask` that is given stays with the result, as Keras has it.
    """

    @functools.wraps(layer_class.__call__)
    def __call__(self, *args, **kwargs):
        if not _is_direct(self, args, kwargs):
            return super(layer_class, self).__call__(*args, **kwargs)
        if not _takes_training(type(self)):
            kwargs.pop("training", None)  # models hand it to every layer
        result = self.call(*args, **kwargs)
        if kwargs.get("mask") is not None and self.supports_masking:
            result._keras_mask = kwargs["mask"]
        return result

    layer_class.__call__ = __call__
    return layer_class


def _is_direct(layer, args, kwargs):
    return (
        layer.built
        and (not _takes_training(type(layer)) or kwargs.get("training") is not None)
        and layer.quantization_mode is None
        and layer.activity_regularizer is None
        and not layer._losses  # of the last call, which Keras forgets first
        and layer._remat_mode is None
        and graph_ops.taken_as_given(layer, (*args, *kwargs.values()))
    )


@functools.cache
def _takes_training(layer_class):
    return "training" in inspect.signature(layer_class.call).parameters
