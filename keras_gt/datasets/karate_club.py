"""Zachary's karate club, written out: 34 members, 78 friendships, two factions."""

import numpy as np

from keras_gt.datasets.edge_lists import undirected_edges
from keras_gt.datasets.node_dataset import NodeDataset
from keras_gt.graph import Graph

# Friends of each member with a higher number, members numbered from 1 as in the paper's figure 1.
FRIENDS = {
    1: (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32),
    2: (3, 4, 8, 14, 18, 20, 22, 31),
    3: (4, 8, 9, 10, 14, 28, 29, 33),
    4: (8, 13, 14),
    5: (7, 11),
    6: (7, 11, 17),
    7: (17,),
    9: (31, 33, 34),
    10: (34,),
    14: (34,),
    15: (33, 34),
    16: (33, 34),
    19: (33, 34),
    20: (34,),
    21: (33, 34),
    23: (33, 34),
    24: (26, 28, 30, 33, 34),
    25: (26, 28, 32),
    26: (32,),
    27: (30, 34),
    28: (34,),
    29: (32, 34),
    30: (33, 34),
    31: (33, 34),
    32: (33, 34),
    33: (34,),
}
# Who joined the administrator's club after the split (table 3 of the paper).
ADMINISTRATORS = (10, 15, 16, 19, 21, *range(23, 35))
NUM_MEMBERS = 34


def read_karate_club(info, files):
    """Builds the karate club; nothing is read.

    Args:
        info: `DatasetInfo`.
        files: empty dict.

    Returns:
        `NodeDataset` without splits. Each member is a word of their own (`feature_ids` 0..33);
        label 0 is the instructor's faction, 1 the administrator's.
    """
    pairs = [(member, friend) for member, friends in FRIENDS.items() for friend in friends]
    senders, receivers = undirected_edges(*(np.array(pairs).T - 1), NUM_MEMBERS)
    labels = np.isin(np.arange(NUM_MEMBERS) + 1, ADMINISTRATORS)
    members = np.arange(NUM_MEMBERS, dtype=np.int32)
    return NodeDataset(
        name=info.name,
        graph=Graph(NUM_MEMBERS, senders, receivers, feature_ids=members[:, None]),
        labels=labels.astype(np.int32),
        num_classes=2,
        num_features=NUM_MEMBERS,
        label_names=info.label_names,
        splits={},
        info=info,
        transforms=info.transforms,
    )
