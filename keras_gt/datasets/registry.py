"""The data sets that `load` knows."""

import functools
import json
from importlib import resources

from keras_gt.datasets.dataset_info import DatasetInfo
from keras_gt.datasets.file_record import FileRecord

_OTHER_NAMES = {
    "tu-mutag": "mutag",
    "tu-proteins": "proteins",
    "tu-nci1": "nci1",
    "tu-imdbbinary": "imdb-binary",
    "tu-imdb-binary": "imdb-binary",
}


@functools.cache
def _records():
    text = resources.files("keras_gt.datasets").joinpath("registry.json").read_text("utf-8")
    return json.loads(text)


def names():
    """Returns the names of the data sets that `keras_gt.datasets.load` takes.

    Example:

    >>> "cora" in names()
    True
    """
    return list(_records())


def info(name):
    """Returns what is known about a data set: files, licence, statistics, splits, papers.

    Args:
        name: str, one of `names()`; the TUDataset sets may carry `tu-` before their name.

    Returns:
        `DatasetInfo`.

    Raises:
        ValueError: there is no such data set.

    Example:

    >>> info("cora").statistics["nodes"]
    2708
    """
    key = str(name).lower().replace("_", "-")
    key = _OTHER_NAMES.get(key, key)
    record = _records().get(key)
    if record is None:
        raise ValueError(f"name must be one of {', '.join(names())}. Received: name={name!r}")
    values = dict(record)
    values["files"] = tuple(FileRecord(**item) for item in values.get("files", ()))
    for field in ("label_names", "transforms"):
        values[field] = tuple(values.get(field, ()))
    return DatasetInfo(name=key, **values)
