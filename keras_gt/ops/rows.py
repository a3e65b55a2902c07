"""Row gathers, dropout, batch norm, bags of words: native where it matters, equal everywhere."""

import itertools

from keras import ops

from keras_gt.ops._backend import generic, native


def reshape(x, shape):
    """`keras.ops.reshape`, whose checks take PyTorch longer than a small sum."""
    return native("reshape")(x, shape)


def gather_rows(x, index):
    """Rows of x at the index.

    Args:
        x: (S, ...) tensor.
        index: (E,) integer tensor, every entry in 0..S-1.

    Returns:
        (E, ...) tensor.

    Example:
        >>> rows = gather_rows(ops.array([[1.0], [2.0]]), ops.array([1, 0, 1]))
        >>> ops.convert_to_numpy(rows).tolist()
        [[2.0], [1.0], [2.0]]
    """
    return native("gather_rows")(x, index)


def dropout(x, rate, seed_generator):
    """Dropout with a generator that stays fast under XLA on a CPU.

    Args:
        x: tensor of any shape.
        rate: float in [0, 1), the probability of a zero.
        seed_generator: `keras.random.SeedGenerator`, advanced by one draw.

    Returns:
        Tensor of the shape of x; kept entries are scaled by 1 / (1 - rate).

    Example:
        >>> import keras
        >>> dropped = dropout(ops.ones((4, 5)), 0.5, keras.random.SeedGenerator(0))
        >>> sorted(set(ops.convert_to_numpy(dropped).ravel().tolist()))
        [0.0, 2.0]
    """
    return native("dropout")(x, rate, seed_generator)


def linears(x, kernels, biases):
    """[x kernel + bias]: (..., F), a list of (F, D), one of (D,) or None -> a list of (..., D).

    Example:
        >>> kernel = ops.ones((5, 4))
        >>> query, key = linears(ops.ones((2, 3, 5)), [kernel, kernel], [None, None])
        >>> tuple(query.shape)
        (2, 3, 4)
    """
    widths = [kernel.shape[1] for kernel in kernels]
    alike = len({bias is None for bias in biases}) == 1
    if len(kernels) == 1 or 2 * sum(widths) > kernels[0].shape[0] or not alike:
        return native("linears")(x, kernels, biases)
    # narrow results take less to make than x to read, so that it is read once for all of them
    bias = None if biases[0] is None else ops.concatenate(biases)
    kernel = ops.concatenate(kernels, axis=1)
    results = native("linears")(x, [kernel], [bias])[0]
    return ops.split(results, list(itertools.accumulate(widths[:-1])), axis=-1)


def rectified_layers(x, kernels, biases):
    """ReLU(x kernel_1 + bias_1) kernel_2 + bias_2: (..., F) -> (..., D); a bias may be None.

    Example:
        >>> one = ops.array([[1.0]])
        >>> result = rectified_layers(ops.array([[-3.0], [3.0]]), [one, one], [None, None])
        >>> ops.convert_to_numpy(result).tolist()
        [[0.0], [3.0]]
    """
    return native("rectified_layers")(x, kernels, biases)


def outer_sum(left, right):
    """sum_n left_n right_n^T: (B, N, K), (B, N, V) -> (B, K, V)."""
    fast = native("fast_paths_allowed")()
    return (native("outer_sum") if fast else generic.outer_sum)(left, right)


def unit_rows(x, smallest):
    """Vectors at norm one.

    Args:
        x: (..., K) tensor.
        smallest: float; a vector whose squares add up to less is divided by the root of this.

    Returns:
        Tensor of the shape of x.

    Example:
        >>> ops.convert_to_numpy(unit_rows(ops.array([[3.0, 4.0], [0.0, 0.0]]), 1e-12)).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    return native("unit_rows")(x, smallest)


def divide_rows(x, divisor):
    """x / divisor, (..., K) and (..., 1), on two axes: XLA sums the last of more far slower,
    which is what the gradient of the divisor is.

    Args:
        x: (..., K) tensor.
        divisor: (..., 1) tensor.

    Returns:
        Tensor of the shape of x.

    Example:
        >>> rows = divide_rows(ops.array([[1.0, 2.0], [3.0, 4.0]]), ops.array([[1.0], [2.0]]))
        >>> ops.convert_to_numpy(rows).tolist()
        [[1.0, 2.0], [1.5, 2.0]]
    """
    flat = ops.reshape(x, (-1, x.shape[-1])) * (1 / ops.reshape(divisor, (-1, 1)))
    return ops.reshape(flat, ops.shape(x))


def embedding_bag(kernel, ids, weights):
    """Weighted sum of kernel rows for each bag of ids: a sparse matrix times a dense one.

    Args:
        kernel: (W, U) tensor, one row a word.
        ids: (R, L) int32 tensor; -1 is no word.
        weights: (R, L) tensor, the value of each word.

    Returns:
        (R, U) tensor.

    Example:
        >>> kernel, ids = ops.array([[1.0], [2.0]]), ops.array([[0, 1], [1, -1]])
        >>> bags = embedding_bag(kernel, ids, ops.array([[1.0, 1.0], [1.0, 1.0]]))
        >>> ops.convert_to_numpy(bags).tolist()
        [[3.0], [2.0]]
    """
    return native("embedding_bag")(kernel, ids, weights)


def made_once(x):
    """x itself: what a deep model adds up, stored rather than made anew for each of its readers.

    Compilers join sums and norms with every step that reads them. On JAX and a CPU x and its
    gradient are kept out of that; elsewhere nothing is done.

    Example:
        >>> made_once(ops.array([1.0, 2.0])).shape == (2,)
        True
    """
    return native("made_once")(x)


def batch_norm(x, mask, scale, offset, epsilon):
    """Normalises each feature by its mean and variance over the real rows.

    Args:
        x: (R, D) float tensor.
        mask: (R,) bool tensor, true for real rows, or None where all are.
        scale: (D,) tensor.
        offset: (D,) tensor.
        epsilon: float, added to the variance.

    Returns:
        (result, mean, variance): (R, D) with 0 in the rows that are not real, and the statistics
        (D,) and (D,), which carry no gradient.

    Example:
        >>> rows, mask = ops.array([[1.0], [3.0], [99.0]]), ops.array([True, True, False])
        >>> one, zero = ops.array([1.0]), ops.array([0.0])
        >>> result, mean, variance = batch_norm(rows, mask, one, zero, 1e-6)
        >>> ops.convert_to_numpy(result).round(3).tolist()
        [[-1.0], [1.0], [0.0]]
    """
    result, mean, variance = native("batch_norm")(x, mask, scale, offset, epsilon)
    return result, ops.stop_gradient(mean), ops.stop_gradient(variance)


def batch_norm_by(x, mean, variance, scale, offset, epsilon):
    """Normalises each feature by the given mean and variance: (..., D), four of (D,).

    Example:
        >>> one, two, zero = ops.array([1.0]), ops.array([2.0]), ops.array([0.0])
        >>> result = batch_norm_by(ops.array([[1.0], [3.0]]), two, one, one, zero, 1e-6)
        >>> ops.convert_to_numpy(result).round(3).tolist()
        [[-1.0], [1.0]]
    """
    return native("batch_norm_by")(x, mean, variance, scale, offset, epsilon)
