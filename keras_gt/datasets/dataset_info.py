"""What is known about a data set before it is loaded."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class DatasetInfo:
    """The registry's record of one data set.

    Args:
        name: str, the name that `keras_gt.datasets.load` takes.
        title: str, one line.
        kind: `"node"` (one graph), `"graph"` (many graphs) or `"text"`.
        task: str, what is predicted and the metric it is judged by.
        unit: str, unit of the labels; `""` for classes.
        label_names: tuple of str, class names, or target names where there are several; may be
            empty where the source names none.
        splits: str, the published splits and where they come from.
        licence: str, as the source states it.
        source: str, who publishes the files.
        reference: str, the paper and its address.
        statistics: dict of counts made from the data; the tests compare them.
        published: dict of the counts as the literature prints them.
        note: str, where ours and the published counts differ, and traps.
        transforms: tuple of `keras_gt.graph` transform names that `NodeDataset.inputs` applies.
        files: tuple of `FileRecord`; empty for a set that is generated or part of the code.
        folder: str, folder of the files in a cache, mirror or `KERAS_GT_DATA`.
    """

    name: str
    title: str
    kind: str
    task: str
    unit: str = ""
    label_names: tuple = ()
    splits: str = ""
    licence: str = ""
    source: str = ""
    reference: str = ""
    statistics: dict = dataclasses.field(default_factory=dict)
    published: dict = dataclasses.field(default_factory=dict)
    note: str = ""
    transforms: tuple = ()
    files: tuple = ()
    folder: str = ""
