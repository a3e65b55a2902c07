"""JAX products of rows with dense kernels, with the gradient that XLA makes fastest.

The gradient of a kernel is x^T g. On a CPU, XLA's product of a transposed left factor takes several
times as long where that factor is the wider one: then g^T x is made, and the small result
transposed. A few narrow kernels that share their rows have one such product, of their gradients
side by side: the rows are transposed once.
"""

import itertools

import jax
import jax.numpy as jnp
from jax import lax

# of more, or wider, gradients side by side the copy takes longer than it saves
_JOINED_ELEMENTS = 1 << 20
_JOINED_WIDTH = 128


@jax.custom_vjp
def products(x, kernels):
    """[x kernel]: (R, F), a list of (F, D) -> a list of (R, D)."""
    return [jnp.matmul(x, kernel) for kernel in kernels]


def _forward(x, kernels):
    return products(x, kernels), (x, kernels)


def _backward(saved, gradients):
    x, kernels = saved
    first, *others = (
        jnp.matmul(gradient, kernel.T) for gradient, kernel in zip(gradients, kernels, strict=True)
    )
    widths = [kernel.shape[1] for kernel in kernels]
    if len(kernels) > 1 and _are_joined(x.shape[0], widths):
        joined = lax.optimization_barrier(jnp.concatenate(gradients, axis=1))
        ends = list(itertools.accumulate(widths[:-1]))
        d_kernels = jnp.split(jnp.matmul(x.T, joined), ends, axis=1)
    else:
        d_kernels = [_kernel_gradient(x, gradient) for gradient in gradients]
    return sum(others, first), d_kernels


def _are_joined(rows, widths):
    known = isinstance(rows, int)  # not where an exported model has symbolic sizes
    return known and max(widths) <= _JOINED_WIDTH and rows * sum(widths) <= _JOINED_ELEMENTS


def _kernel_gradient(x, gradient):
    """x^T g: (R, F), (R, D) -> (F, D)."""
    if x.shape[1] <= gradient.shape[1]:
        return jnp.matmul(x.T, gradient)
    # without the barrier XLA makes it the other product again
    return lax.optimization_barrier(jnp.matmul(gradient.T, x)).T


products.defvjp(_forward, _backward)
