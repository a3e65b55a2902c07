"""What a pickle says of an array."""

import numpy as np

from keras_gt.datasets.refused_pickle_error import RefusedPickleError


class PickledArray:
    """Stand-in for `numpy.ndarray`: keeps shape, type and bytes until `to_numpy` is called."""

    def __init__(self):
        self.state = None

    def __setstate__(self, state):
        self.state = state

    def to_numpy(self):
        if self.state is None:
            raise RefusedPickleError("An array of the pickle has no content.")
        _, shape, dtype, is_fortran, values = self.state
        dtype = dtype.to_numpy()
        if dtype.hasobject:
            array = np.empty(len(values), dtype=object)
            array[:] = values
        else:
            values = values.encode("latin1") if isinstance(values, str) else values
            array = np.frombuffer(values, dtype=dtype)
        return array.reshape(shape, order="F" if is_fortran else "C")
