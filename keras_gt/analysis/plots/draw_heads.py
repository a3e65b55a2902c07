from keras_gt.analysis.attention_matrices import attention_matrices


def draw_heads(inputs, scores, figure=None):
    """Draws what every head of every layer attends to on one graph, as a table of matrices.

    One row a layer, one column a head; row i of a matrix shows whom node i reads. Each matrix has
    its own scale: pale is 0, dark its largest weight. Needs matplotlib, of the `[viz]` extra.

    Args:
        inputs: dictionary with one row of arrays, such as `Graph.inputs()`.
        scores: dictionary from layer name to scores, as `attention_scores` returns it.
        figure: matplotlib figure to draw into; None makes one.

    Returns:
        The matplotlib figure.

    Raises:
        ValueError: if there are no scores, or they belong to other inputs.

    Example:
        >>> import keras_gt, numpy as np
        >>> inputs = keras_gt.graph.Graph(2, [0, 1], [1, 0]).inputs()
        >>> scores = {"block_0": np.ones((1, 2, 3)), "block_1": np.ones((1, 2, 3))}
        >>> len(keras_gt.analysis.plots.draw_heads(inputs, scores).axes)
        6
    """
    from matplotlib import pyplot

    if not scores:
        raise ValueError("scores must hold a layer. Use attention_scores. Received: scores={}")
    rows = {name: attention_matrices(inputs, value) for name, value in scores.items()}
    columns = max(len(heads) for heads in rows.values())
    if figure is None:
        figure = pyplot.figure(figsize=(1 + 1.1 * columns, 0.6 + 1.1 * len(rows)))
    grid = figure.add_gridspec(len(rows), columns, wspace=0.08, hspace=0.08)
    for row, (name, heads) in enumerate(rows.items()):
        for column, matrix in enumerate(heads):
            axes = figure.add_subplot(grid[row, column])
            axes.imshow(matrix, cmap="Blues", vmin=0, vmax=max(matrix.max(initial=0), 1e-9))
            axes.set_xticks([])
            axes.set_yticks([])
            if column == 0:
                axes.set_ylabel(name, fontsize=8)
            if row == 0:
                axes.set_title(f"head {column}", fontsize=8)
    return figure
