"""Segment reductions: `num_segments` is required and an empty segment is 0 on every backend."""

import math

from keras import ops

from keras_gt.ops import rows
from keras_gt.ops._backend import generic, native


def _flat(data):
    """(E, ...) -> (E, D), and the trailing shape to restore."""
    trailing = tuple(data.shape[1:])
    return rows.reshape(data, (-1, math.prod(trailing))), trailing


def _count(segment_ids, num_segments, dtype):
    ones = ops.ones_like(segment_ids, dtype=dtype)[:, None]
    return native("segment_sum")(ones, segment_ids, num_segments)  # (R, 1)


def segment_sum(data, segment_ids, num_segments, mask=None):
    """Sum of each segment's rows.

    Args:
        data: (E, ...) tensor; the trailing sizes are static.
        segment_ids: (E,) int32 tensor, every entry in 0..num_segments-1, in any order.
        num_segments: integer or scalar tensor.
        mask: (E,) bool tensor or None; masked rows are left out, whatever they hold.

    Returns:
        (num_segments, ...) tensor in the type of data; half types are summed in float32.

    Example:
        >>> data, ids = ops.array([[1.0], [2.0], [4.0]]), ops.array([0, 0, 2])
        >>> ops.convert_to_numpy(segment_sum(data, ids, 3)).tolist()
        [[3.0], [0.0], [4.0]]
    """
    flat, trailing = _flat(data)
    if mask is None:
        total = native("segment_sum")(flat, segment_ids, num_segments)
    else:
        fast = native("fast_paths_allowed")()  # exporters cannot take the native form
        masked = native("masked_segment_sum") if fast else generic.masked_segment_sum
        total = masked(flat, segment_ids, num_segments, mask)
    return rows.reshape(total, (-1, *trailing))


def segment_mean(data, segment_ids, num_segments):
    """Mean of each segment's rows; arguments as `segment_sum`.

    Example:
        >>> data, ids = ops.array([[1.0], [2.0], [4.0]]), ops.array([0, 0, 2])
        >>> ops.convert_to_numpy(segment_mean(data, ids, 3)).tolist()
        [[1.5], [0.0], [4.0]]
    """
    flat, trailing = _flat(data)
    dtype = generic.accumulation_dtype(data.dtype)
    total = native("segment_sum")(ops.cast(flat, dtype), segment_ids, num_segments)
    mean = total / ops.maximum(_count(segment_ids, num_segments, dtype), 1)
    return rows.reshape(ops.cast(mean, data.dtype), (-1, *trailing))


def segment_max(data, segment_ids, num_segments):
    """Maximum of each segment's rows, 0 where a segment is empty; arguments as `segment_sum`.

    Example:
        >>> data, ids = ops.array([[1.0], [2.0], [-4.0]]), ops.array([0, 0, 2])
        >>> ops.convert_to_numpy(segment_max(data, ids, 3)).tolist()
        [[2.0], [0.0], [-4.0]]
    """
    flat, trailing = _flat(data)
    flat = ops.cast(flat, generic.accumulation_dtype(data.dtype))  # float16 has no 1e30
    top = native("segment_max")(flat, segment_ids, num_segments)
    count = _count(segment_ids, num_segments, "int32")
    top = ops.where(count > 0, top, ops.cast(0, top.dtype))
    return rows.reshape(ops.cast(top, data.dtype), (-1, *trailing))


def segment_softmax(scores, segment_ids, num_segments, mask=None):
    """Softmax of the scores within each segment.

    Args:
        scores: (E, H) tensor.
        segment_ids: (E,) int32 tensor.
        num_segments: integer or scalar tensor.
        mask: (E,) bool tensor or None; masked entries get 0, also where all are masked.

    Returns:
        (E, H) tensor, float32 for the half types.

    Example:
        >>> scores, ids = ops.array([[5.0], [5.0], [4.0]]), ops.array([0, 0, 2])
        >>> ops.convert_to_numpy(segment_softmax(scores, ids, 3)).tolist()
        [[0.5], [0.5], [1.0]]
    """
    plan = {"receivers": segment_ids, "mask": mask}
    return generic.edge_softmax(scores, plan, num_segments)
