"""Dependency trees out of CoNLL-U."""

import numpy as np

from keras_gt.graph.conversions.conllu import sentences_of_conllu
from keras_gt.graph.dependency_tree import DependencyTree


def read_conllu(text, source="text"):
    """Reads the sentences of a text in CoNLL-U, the format of Universal Dependencies.

    Multiword tokens (lines 3-4) and empty nodes (lines 8.1) are left out: the words of a multiword
    token have lines of their own, and empty nodes are no part of the tree.

    Args:
        text: str, the content of a file; a sentence ends with an empty line.
        source: str, the file's name, for messages.

    Returns:
        List of `DependencyTree`.

    Raises:
        ValueError: a line is not in the format, or a sentence is not a tree; names the line.

    Example:

    >>> from keras_gt.graph import read_conllu
    >>> text = "1\\tStop\\tstop\\tVERB\\t_\\t_\\t0\\troot\\t_\\t_\\n"
    >>> [tree.words for tree in read_conllu(text)]
    [('Stop',)]

    Reference:
        Nivre et al., Universal Dependencies v2, 2020, https://arxiv.org/abs/2004.10643, and
        https://universaldependencies.org/format.html.
    """
    return [
        DependencyTree(**{**fields, "heads": np.array(fields["heads"], np.int32)})
        for fields in sentences_of_conllu(text, source)
    ]
