"""What a pickle says of an array's type."""

import re

import numpy as np

from keras_gt.datasets.refused_pickle_error import RefusedPickleError

_NUMBERS_OR_TEXT = re.compile(r"[<>=|]?[biufSUO]\d*")


class PickledDtype:
    """Stand-in for `numpy.dtype`: keeps the type code and the byte order."""

    def __init__(self, code="", align=False, copy=False):
        self.code = code
        self.byte_order = "="

    def __setstate__(self, state):
        _, self.byte_order, sub_array, names, fields = state[:5]
        if sub_array is not None or names is not None or fields is not None:
            raise RefusedPickleError("An array of the pickle must hold plain values, not records.")

    def to_numpy(self):
        if not isinstance(self.code, str) or not _NUMBERS_OR_TEXT.fullmatch(self.code):
            raise RefusedPickleError(
                f"Arrays must hold numbers or text. Received: dtype={self.code!r}"
            )
        dtype = np.dtype(self.code)
        return dtype.newbyteorder(self.byte_order) if self.byte_order in "<>" else dtype
