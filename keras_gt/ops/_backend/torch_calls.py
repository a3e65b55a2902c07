"""PyTorch: when its own kernels may be used, and when a layer's call needs no checks."""

import keras
import torch

with keras.device("cpu"):
    _VARIABLE = keras.Variable(0.0, dtype="float32", trainable=False)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def fast_paths_allowed():
    """False while exporting or compiling: tracers cannot look into own gradients on CSR."""
    return not (torch.compiler.is_compiling() or torch.onnx.is_in_onnx_export())


def taken_as_given(layer, arguments):
    """`keras_gt.ops.taken_as_given`."""
    return (
        layer.compute_dtype == layer.variable_dtype == "float32"
        and _VARIABLE.value.dtype is torch.float32  # no layer around casts the weights
        and fast_paths_allowed()
        and _need_no_conversion(arguments)
        and not any(getattr(layer, hooks) for hooks in _HOOKS)
    )


def _need_no_conversion(arguments):
    for value in arguments:
        if isinstance(value, torch.Tensor):
            other = value.is_floating_point() and value.dtype is not torch.float32
            if other or value.is_meta or getattr(value, "_keras_mask", None) is not None:
                return False
        elif isinstance(value, dict):
            if not _need_no_conversion(value.values()):
                return False
        elif value is not None and not isinstance(value, bool):
            return False
    return True
