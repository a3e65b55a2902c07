"""A sentence and the phrases that it is made of."""

import dataclasses

import numpy as np

from keras_gt.graph.conversions.bracketed_trees import parse_brackets
from keras_gt.graph.graph import Graph

EDGES = ("parents", "spans")


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

    def graph(self, edges="parents"):
        """The tree as a graph: a node a word or phrase.

        With "parents" each part and its whole are joined both ways, so that a layer carries what
        is known one step along the tree. With "spans" each phrase reads all words and phrases
        inside it, however deep; nobody reads what lies outside, and words read nobody. The first
        layer then knows each phrase by its words and the second by its phrases, too, whatever the
        tree's depth, as a reader does who is shown the phrase alone.

        Args:
            edges: "parents" or "spans".

        Returns:
            `Graph` without node features. Edge feature 0 is an edge from a part to its whole, 1
            the edge back ("parents" alone), 2 an edge to a phrase further up ("spans" alone).

        Raises:
            ValueError: edges is another word.
        """
        if edges not in EDGES:
            raise ValueError(
                f"edges must be one of {list(EDGES)}. Choose one of them. Received: edges={edges!r}"
            )
        parts = np.flatnonzero(self.parents >= 0)
        to_parent = np.stack([parts, self.parents[parts]], axis=1)  # sender, receiver
        if edges == "parents":
            pairs = np.stack([to_parent, to_parent[:, ::-1]], axis=1).reshape(-1, 2)
            kinds = np.arange(len(pairs)) % 2
        else:
            above = self._past_the_parent()
            pairs = np.concatenate([to_parent, above])
            kinds = np.repeat([0, 2], [len(to_parent), len(above)])
        return Graph(
            num_nodes=len(self.labels),
            senders=pairs[:, 0],
            receivers=pairs[:, 1],
            edge_features=kinds,
        ).validate()

    def _past_the_parent(self):
        """(node, phrase) for each phrase that a node is in, but its parent."""
        pairs = []
        for node, phrase in enumerate(self.parents):
            while phrase >= 0 and (phrase := self.parents[phrase]) >= 0:
                pairs.append((node, phrase))
        return np.array(pairs, np.int32).reshape(-1, 2)
