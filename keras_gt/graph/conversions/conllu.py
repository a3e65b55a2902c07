"""The lines of CoNLL-U, the format of Universal Dependencies."""

NUM_COLUMNS = 10
PARTS_OF_SPEECH = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
RELATIONS = (
    "acl", "advcl", "advmod", "amod", "appos", "aux", "case", "cc", "ccomp", "clf", "compound",
    "conj", "cop", "csubj", "dep", "det", "discourse", "dislocated", "expl", "fixed", "flat",
    "goeswith", "iobj", "list", "mark", "nmod", "nsubj", "nummod", "obj", "obl", "orphan",
    "parataxis", "punct", "reparandum", "root", "vocative", "xcomp",
)  # fmt: skip


def universal(relation):
    """A relation without its subtype: "nmod" of "nmod:poss"."""
    return relation.partition(":")[0]


def sentences_of_conllu(text, source="text"):
    """Parses CoNLL-U into the fields of its sentences.

    Args:
        text: str; sentences end with an empty line, lines that begin with # are comments.
        source: str, a file's name, for messages.

    Yields:
        For each sentence a dictionary of `words`, `parts_of_speech`, `heads` (list of int, -1 for
        the root), `relations` and `comments`. Lines of multiword tokens (3-4) are left out, their
        words have lines of their own; so are empty nodes (8.1), which depend on nothing.

    Raises:
        ValueError: a line or a sentence is not what the format says; with its line number.
    """
    rows, comments, start = [], {}, 1
    lines = [*text.split("\n"), ""]
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\r")
        if line.startswith("#"):
            name, _, value = line[1:].partition("=")
            comments[name.strip()] = value.strip()
        elif line.strip():
            row = _parse_line(line, number, len(rows) + 1, source)
            rows += [] if row is None else [row]
        else:
            if rows:
                words, parts, heads, relations = map(list, zip(*rows, strict=True))
                _check_tree(heads, start, source)
                yield {
                    "words": tuple(words),
                    "parts_of_speech": tuple(parts),
                    "heads": heads,
                    "relations": tuple(relations),
                    "comments": comments,
                }
            rows, comments, start = [], {}, number + 1


def _parse_line(line, number, expected, source):
    """(word, part of speech, head, relation), or None for a line that holds no word."""
    columns = line.split("\t")
    if len(columns) != NUM_COLUMNS:
        raise _error(source, number, f"have {NUM_COLUMNS} columns between tabs", line)
    identifier, word, _, part, _, _, head, relation, _, _ = columns
    first, mark, _ = identifier.partition("-" if "-" in identifier else ".")
    if mark and first.isdecimal():
        return None
    if identifier != str(expected):
        raise _error(source, number, f"number the words 1, 2, ...; here {expected}", line)
    part = "X" if part == "_" else part
    if part not in PARTS_OF_SPEECH:
        raise _error(source, number, f"have a part of speech among {PARTS_OF_SPEECH}", line)
    if not head.isdecimal():
        raise _error(source, number, "have the number of a word, or 0, in column 7", line)
    if universal(relation) not in RELATIONS:
        raise _error(source, number, f"have a relation among {RELATIONS} in column 8", line)
    return word, part, int(head) - 1, relation


def _check_tree(heads, start, source):
    """Raises unless every word leads to one root."""
    if max(heads) >= len(heads):
        rule = f"have heads among its {len(heads)} words, and 0"
        raise _error(source, start, rule, f"head {max(heads) + 1}")
    if heads.count(-1) != 1:
        raise _error(source, start, "have one root, a word of head 0", f"{heads.count(-1)} roots")
    for word, head in enumerate(heads):
        for _ in heads:
            if head < 0:
                break
            head = heads[head]
        else:
            rule = "be a tree, in which all words lead to the root"
            raise _error(source, start, rule, f"a circle from word {word + 1}")


def _error(source, number, rule, received):
    return ValueError(f"{source} must {rule}. Received: line {number}: {received}")
