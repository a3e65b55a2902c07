"""Amazon and Coauthor graphs: .npz files whose members are pickled SciPy matrices."""

import io
import zipfile

import numpy as np

from keras_gt.datasets._pickled_array import PickledArray
from keras_gt.datasets.edge_lists import undirected_edges
from keras_gt.datasets.node_dataset import NodeDataset
from keras_gt.datasets.unpickler import NUMPY_CLASSES, SPARSE_CLASSES, load_pickle
from keras_gt.graph import Graph, to_bag_of_words

# A third of the entries of the Amazon features are ones: the dense matrix is the smaller form.
_DENSE_SHARE = 0.1


def read_co_purchase(info, files):
    """Reads one Amazon or Coauthor set.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: one .npz with `adj_matrix` and `node_attr`, object
            arrays that hold a SciPy CSR matrix each, `node_label`, and a dict `metadata`.

    Returns:
        `NodeDataset` without splits: none is published (see `random_node_split`).

    Raises:
        ValueError: the file is damaged, or names a class that such files do not hold.
    """
    from scipy import sparse

    (path,) = files.values()
    arrays = read_object_npz(path)
    labels = arrays["node_label"].astype(np.int32)
    num_nodes = len(labels)
    adjacency, attributes = arrays["adj_matrix"], arrays["node_attr"]
    senders, receivers, stored = adjacency.to_coordinates()
    present = stored != 0
    senders, receivers = undirected_edges(senders[present], receivers[present], num_nodes)
    rows, columns, values = attributes.to_coordinates()
    num_features = attributes.shape[1]
    features = sparse.csr_matrix((values, (rows, columns)), attributes.shape)
    if len(values) > _DENSE_SHARE * num_nodes * num_features:
        carried = {"node_features": features.toarray()}
    else:
        ids, weights = to_bag_of_words(features)
        carried = {"feature_ids": ids, "feature_values": weights}
    class_names = arrays["metadata"].get("class_names")
    class_names = () if class_names is None else tuple(map(str, class_names.to_numpy()))
    return NodeDataset(
        name=info.name,
        graph=Graph(num_nodes, senders, receivers, **carried),
        labels=labels,
        num_classes=int(labels.max()) + 1,
        num_features=num_features,
        label_names=class_names,
        splits={},
        info=info,
        transforms=info.transforms,
    )


def read_object_npz(path):
    """Reads an .npz file whose members may be object arrays of one pickled value.

    Args:
        path: `pathlib.Path`.

    Returns:
        dict from member name to a NumPy array, or to the single object that the member holds.

    Raises:
        ValueError: a member is damaged, or names a class that is not allowed.
    """
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            stream = io.BytesIO(archive.read(member))
            arrays[member.removesuffix(".npy")] = _read_member(stream, f"{path.name}:{member}")
    return arrays


def _read_member(stream, source):
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"{source} must be an .npy file of version 1 or 2. Received: {version}")
    _, _, dtype = read_header(stream)
    if not dtype.hasobject:
        stream.seek(0)
        return np.lib.format.read_array(stream, allow_pickle=False)
    content = load_pickle(stream, NUMPY_CLASSES | SPARSE_CLASSES, source)
    if isinstance(content, PickledArray):
        content = content.to_numpy()
    if not isinstance(content, np.ndarray) or content.shape != ():
        raise ValueError(f"{source} must hold one object. Received: {type(content).__name__}")
    return content.item()
