"""A sentence whose words depend on one another."""

import dataclasses

import numpy as np

from keras_gt.graph.conversions.conllu import PARTS_OF_SPEECH, RELATIONS, universal
from keras_gt.graph.graph import Graph


@dataclasses.dataclass(frozen=True, eq=False)
class DependencyTree:
    """The words of a sentence, each with the word that it depends on, as in Universal Dependencies.

    Args:
        words: tuple of N str, the syntactic words in their order: "don't" is "do" and "n't".
        parts_of_speech: tuple of N str, among `PARTS_OF_SPEECH`.
        heads: (N,) int32 array, the word that each depends on, 0..N-1; -1 for the root.
        relations: tuple of N str, to the head: one of `RELATIONS`, perhaps with a subtype as in
            "nmod:poss".
        comments: dictionary of str, such as `text` and `sent_id`.

    Example:

    >>> from keras_gt.graph import read_conllu
    >>> lines = ["1 Rain rain NOUN _ _ 2 nsubj _ _", "2 falls fall VERB _ _ 0 root _ _"]
    >>> (tree,) = read_conllu("\\n".join(line.replace(" ", "\\t") for line in lines))
    >>> tree.words, tree.heads.tolist(), tree.relations
    (('Rain', 'falls'), [1, -1], ('nsubj', 'root'))
    >>> tree.graph()
    Graph(num_nodes=2, num_edges=2, node_features=(2,) int32, edge_features=(2, 2) int32)
    """

    words: tuple
    parts_of_speech: tuple
    heads: np.ndarray
    relations: tuple
    comments: dict

    def graph(self):
        """The tree as a graph: a node a word, each dependency in both directions.

        Returns:
            `Graph` with 2 (N - 1) edges: for each word but the root, the edge from its head to it
            and the edge back. Node features are the numbers of the parts of speech in
            `PARTS_OF_SPEECH`; edge features the number of the relation in `RELATIONS`, without its
            subtype, and 0 from the head, 1 to the head.
        """
        words = np.flatnonzero(self.heads >= 0)
        from_head = np.stack([self.heads[words], words], axis=1)  # sender, receiver
        relations = [RELATIONS.index(universal(self.relations[word])) for word in words]
        relations = np.repeat(np.array(relations, np.int32), 2)
        return Graph(
            num_nodes=len(self.words),
            senders=from_head.reshape(-1),  # head, word, head, word, ...
            receivers=from_head[:, ::-1].reshape(-1),
            node_features=np.array([PARTS_OF_SPEECH.index(p) for p in self.parts_of_speech]),
            edge_features=np.stack([relations, np.arange(relations.size) % 2], axis=1),
        ).validate()
