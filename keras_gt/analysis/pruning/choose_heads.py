def choose_heads(importance, count):
    """The heads to remove: greedily the least important, but never the last one of a layer.

    Args:
        importance: dictionary from layer name to (H,) array, as `head_importance` returns it.
        count: int, how many heads to remove.

    Returns:
        Dictionary from layer name to the sorted list of heads, for `remove_heads`; the layers
        that keep all heads are left out.

    Raises:
        ValueError: if there are not that many heads to remove.

    Example:
        >>> from keras_gt.analysis import pruning
        >>> pruning.choose_heads({"block_0": [0.1, 0.2], "block_1": [0.9, 0.3]}, 2)
        {'block_0': [0], 'block_1': [1]}

    Reference:
        Michel, Levy and Neubig, Are Sixteen Heads Really Better than One?, 2019,
        https://arxiv.org/abs/1905.10650, section 4.
    """
    most = sum(len(values) - 1 for values in importance.values())
    if not 0 <= count <= most:
        raise ValueError(
            "count must leave one head in every layer. Remove fewer. Received: "
            f"count={count} of {most} that can go"
        )
    ranked = sorted(
        (float(value), name, head)
        for name, values in importance.items()
        for head, value in enumerate(values)
    )
    chosen, removed = {name: [] for name in importance}, 0
    for _, name, head in ranked:
        if removed < count and len(chosen[name]) < len(importance[name]) - 1:
            chosen[name].append(head)
            removed += 1
    return {name: sorted(heads) for name, heads in chosen.items() if heads}
