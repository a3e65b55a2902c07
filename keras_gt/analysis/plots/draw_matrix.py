import numpy as np


def check_matrix(matrix, labels):
    """The matrix as an array, checked against the labels of its nodes."""
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape != (len(labels), len(labels)):
        raise ValueError(
            "matrix must be (N, N) for N labels. Take one head of attention_matrices, or their "
            f"mean over heads. Received: shape {matrix.shape} for {len(labels)} labels"
        )
    return matrix


def draw_matrix(labels, matrix, axes=None):
    """Draws attention as a matrix: row i shows whom node i reads. Needs the `[viz]` extra.

    Args:
        labels: list of N str, the tokens of a sentence or the names of nodes.
        matrix: (N, N) array, a head of `attention_matrices` or a mean of heads.
        axes: matplotlib axes to draw into; None makes a figure.

    Returns:
        The matplotlib axes.

    Raises:
        ValueError: if the matrix is not (N, N).

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import plots
        >>> axes = plots.draw_matrix(["a", "dog"], np.eye(2))
        >>> [text.get_text() for text in axes.get_yticklabels()]
        ['a', 'dog']
    """
    from matplotlib import pyplot

    matrix = check_matrix(matrix, labels)
    if axes is None:
        size = 1.5 + 0.32 * len(labels)
        axes = pyplot.subplots(figsize=(size, size))[1]
    axes.imshow(matrix, cmap="Blues", vmin=0, vmax=max(matrix.max(initial=0), 1e-9))
    axes.set_xticks(range(len(labels)), [plain(label) for label in labels], rotation=90)
    axes.set_yticks(range(len(labels)), [plain(label) for label in labels])
    axes.set_xlabel("is read")
    axes.set_ylabel("reads")
    return axes


def plain(label):
    """The label as matplotlib shows it letter by letter: dollars would start a formula."""
    return str(label).replace("$", r"\$")
