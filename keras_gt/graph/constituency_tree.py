"""A sentence and the phrases that it is made of."""

import dataclasses

import numpy as np

from keras_gt.graph.conversions.bracketed_trees import parse_brackets
from keras_gt.graph.graph import Graph


@dataclasses.dataclass(frozen=True, eq=False)
class ConstituencyTree:
    """The words of a sentence and above them its phrases, each with a label.

    Nodes 0..W-1 are the words in their order; then come the phrases, each after those inside it,
    so that the last node is the whole sentence.

    Args:
        words: tuple of W str.
        labels: tuple of N str, a label for each node.
        parents: (N,) int32 array, the phrase that each node is a part of; -1 for the root.

    Example:

    >>> from keras_gt.graph import ConstituencyTree
    >>> tree = ConstituencyTree.from_brackets("(3 (1 (2 not) (2 bad)) (2 .))")
    >>> tree.words, tree.labels, tree.parents.tolist()
    (('not', 'bad', '.'), ('2', '2', '2', '1', '3'), [3, 3, 4, 4, -1])
    >>> tree.graph()
    Graph(num_nodes=5, num_edges=8, edge_features=(8,) int32)
    """

    words: tuple
    labels: tuple
    parents: np.ndarray

    @classmethod
    def from_brackets(cls, text):
        """The tree of a text such as "(3 (2 no) (4 laughs))", as treebanks write it.

        Args:
            text: str, one tree. In words, the treebanks' -LRB- and -RRB- are turned into brackets,
                and a backslash before / and * is taken away.

        Returns:
            `ConstituencyTree`.

        Raises:
            ValueError: the brackets do not form one tree.
        """
        words, labels, parents = parse_brackets(text)
        return cls(words, labels, np.array(parents, np.int32))

    def graph(self):
        """The tree as a graph: a node a word or phrase, each part and its whole joined both ways.

        Returns:
            `Graph` with 2 (N - 1) edges and no node features: for each node but the root, the edge
            to its parent, of edge feature 0, and the edge back, of edge feature 1.
        """
        parts = np.flatnonzero(self.parents >= 0)
        to_parent = np.stack([parts, self.parents[parts]], axis=1)  # sender, receiver
        return Graph(
            num_nodes=len(self.labels),
            senders=to_parent.reshape(-1),
            receivers=to_parent[:, ::-1].reshape(-1),
            edge_features=np.arange(2 * parts.size) % 2,
        ).validate()
