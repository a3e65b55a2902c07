"""What new nodes and edges carry: the arrays of a graph, made longer."""

import numpy as np


def longer(array, values):
    """The array with a further row of each value."""
    values = np.asarray(values, array.dtype).reshape(-1, *(1,) * (array.ndim - 1))
    return np.concatenate([array, np.broadcast_to(values, (len(values), *array.shape[1:]))])


def value_of_new(name, array, value):
    """The value of new rows of `name`; 0 for floats when not given, categories have no default."""
    argument = name.replace("features", "value")
    if value is None and array.dtype == np.int32:
        raise ValueError(
            f"{argument} must be given for a graph whose {name} are categories. Give the new ones "
            f"a category of their own, such as {array.max(initial=-1) + 1}. Received: "
            f"{argument}=None"
        )
    return 0 if value is None else value
