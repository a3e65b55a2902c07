from keras_gt.analysis.plots.draw_matrix import check_matrix, plain

_ARC_COLOUR = "#c0392b"


def draw_sentence(tokens, matrix, strongest=None, axes=None):
    """Draws attention as arcs over a sentence: from the word that is read to the one that reads.

    Arcs above the words go to the right, arcs below them to the left, as dark as the attention.
    A word's attention to itself is not drawn. Needs the `[viz]` extra.

    Args:
        tokens: list of N str.
        matrix: (N, N) array, a head of `attention_matrices` or a mean of heads: row i shows whom
            token i reads.
        strongest: int, how many of the strongest arcs are drawn; None for 2 N.
        axes: matplotlib axes to draw into; None makes a figure.

    Returns:
        The matplotlib axes.

    Raises:
        ValueError: if the matrix is not (N, N).

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import plots
        >>> axes = plots.draw_sentence(["a", "dog", "barks"], np.eye(3, k=1))
        >>> len(axes.patches)
        2
    """
    from matplotlib import pyplot
    from matplotlib.patches import FancyArrowPatch

    matrix = check_matrix(matrix, tokens)
    arcs = [
        (matrix[reader, read], reader, read)
        for reader in range(len(tokens))
        for read in range(len(tokens))
        if reader != read and matrix[reader, read] > 0
    ]
    arcs = sorted(arcs)[::-1][: 2 * len(tokens) if strongest is None else strongest]
    if axes is None:
        axes = pyplot.subplots(figsize=(1 + 0.8 * len(tokens), 1 + 0.45 * len(tokens)))[1]
    highest = max((weight for weight, _, _ in arcs), default=1.0)
    reach = max((abs(reader - read) for _, reader, read in arcs), default=1)
    for weight, reader, read in arcs[::-1]:
        side = 1 if reader > read else -1
        axes.add_patch(
            FancyArrowPatch(
                (read, 0.12 * side),
                (reader, 0.12 * side),
                connectionstyle="arc3,rad=-0.5",  # bends to the left of its direction
                arrowstyle="-|>",
                mutation_scale=9,
                linewidth=0.5 + 2 * weight / highest,
                color=_ARC_COLOUR,
                alpha=0.15 + 0.85 * weight / highest,
            )
        )
    for place, token in enumerate(tokens):
        axes.annotate(plain(token), (place, 0), ha="center", va="center", fontsize=9)
    axes.set_xlim(-0.6, len(tokens) - 0.4)
    axes.set_ylim(-0.4 - 0.27 * reach, 0.4 + 0.27 * reach)
    axes.set_aspect("equal")  # an arc is a quarter as high as it is wide
    axes.axis("off")
    return axes
