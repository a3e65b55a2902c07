"""What a pickle says of a SciPy sparse matrix."""

import numpy as np

from keras_gt.datasets._pickled_array import PickledArray


class PickledMatrix:
    """Stand-in for a SciPy sparse matrix: keeps its arrays; SciPy itself is not needed."""

    def __init__(self):
        self.attributes = {}

    def __setstate__(self, state):
        self.attributes = state

    @property
    def shape(self):
        rows, columns = self.attributes["_shape"]
        return int(rows), int(columns)

    def to_coordinates(self):
        """Returns `(rows, columns, values)` of the stored entries, in the stored order."""
        num_rows, num_columns = self.shape
        arrays = {
            name: value.to_numpy()
            for name, value in self.attributes.items()
            if isinstance(value, PickledArray)
        }
        if "indptr" in arrays:
            counts = np.diff(arrays["indptr"])
            if len(counts) != num_rows or (counts < 0).any():
                raise ValueError("indptr of a pickled matrix must rise and have one entry a row.")
            rows, columns = np.repeat(np.arange(num_rows), counts), arrays["indices"]
        elif "coords" in self.attributes:  # what newer SciPy calls (row, col)
            rows, columns = (index.to_numpy() for index in self.attributes["coords"])
        else:
            rows, columns = arrays["row"], arrays["col"]
        values = arrays["data"]
        if not len(rows) == len(columns) == len(values):
            raise ValueError("A pickled matrix must have one row, column and value an entry.")
        for index, size in ((rows, num_rows), (columns, num_columns)):
            if len(index) and not 0 <= index.min() <= index.max() < size:
                raise ValueError(f"Indices of a pickled matrix must lie in [0, {size}).")
        return rows.astype(np.int64), columns.astype(np.int64), values
