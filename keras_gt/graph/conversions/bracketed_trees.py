"""Trees in brackets, such as (3 (2 no) (4 laughs))."""

import re

import numpy as np

_TOKENS = re.compile(r"[()]|[^()\s]+", re.ASCII)  # a no-break space is part of a word
_BRACKETS = {"-LRB-": "(", "-RRB-": ")"}


def parse_brackets(text):
    """Parses one tree whose nodes have a label and either one word or further nodes.

    Args:
        text: str, "(label word)" or "(label tree tree ...)". In words, the treebanks' -LRB- and
            -RRB- are turned into brackets, and a backslash before / and * is taken away.

    Returns:
        `(words, labels, parents)`: words in their order; for each node a label (str) and its
        parent's number, -1 for the root. Words come first, then the other nodes, each after its
        children: the root is last.

    Raises:
        ValueError: the brackets do not form one tree.
    """
    tokens = _TOKENS.findall(text)
    nodes = []  # [label, word or None, parent] in the order of their closing brackets
    opened = []  # [label, word or None, children]
    for before, token in zip(["", *tokens], tokens, strict=False):
        if nodes and not opened:
            raise _error("end with the bracket of its root", text)
        if token == "(":
            if before == "(" or (opened and opened[-1][1] is not None):
                raise _error("have a label, then one word or further brackets, in each", text)
            opened.append([None, None, []])
        elif not opened:
            raise _error("begin with a bracket", text)
        elif token == ")":
            _close(nodes, opened, text)
        elif before == "(":
            opened[-1][0] = token
        elif opened[-1][1] is None and not opened[-1][2]:
            opened[-1][1] = _BRACKETS.get(token, token.replace("\\/", "/").replace("\\*", "*"))
        else:
            raise _error("have a label, then one word or further brackets, in each", text)
    if opened or not nodes:
        raise _error("close every bracket", text)
    labels, words, parents = zip(*nodes, strict=True)
    order = np.argsort([word is None for word in words], kind="stable")  # words first
    number = np.argsort(order)
    parents = [-1 if parents[node] is None else int(number[parents[node]]) for node in order]
    words = tuple(word for word in words if word is not None)
    return words, tuple(labels[node] for node in order), parents


def _close(nodes, opened, text):
    """Ends the innermost node that is open."""
    label, word, children = opened.pop()
    if word is None and not children:
        raise _error("have a label, then one word or further brackets, in each", text)
    for child in children:
        nodes[child][2] = len(nodes)
    if opened:
        opened[-1][2].append(len(nodes))
    nodes.append([label, word, None])


def _error(rule, text):
    return ValueError(f"A tree must {rule}, as in '(3 (2 no) (4 laughs))'. Received: {text[:60]!r}")
