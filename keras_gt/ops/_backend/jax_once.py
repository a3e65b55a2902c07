"""JAX arrays that XLA makes once.

On a CPU XLA joins sums and norms with each step that reads them, however long their chain: what a
deep model's first block has made is made anew in all later ones, and backward again. It does not
look into the branches of a condition, whose result is then stored. XLA takes optimization barriers
away before it joins; here one keeps the two branches, which are the same, from becoming one.
"""

import jax
from jax import lax

_LEAST_ELEMENTS = 1 << 14  # of fewer, making them anew is cheaper than the condition


def made_once(x):
    """x of a known shape, stored where it is large and the program is compiled as a whole."""
    is_stored = x.size >= _LEAST_ELEMENTS and isinstance(x, jax.core.Tracer)
    return _made_once(x) if is_stored else x


@jax.custom_vjp
def _made_once(x):
    return lax.platform_dependent(x, cpu=_stored, default=lambda x: x)


def _stored(x):
    first = x[(0,) * x.ndim]
    return lax.cond(first > 0, lambda x: x, lax.optimization_barrier, x)


_made_once.defvjp(lambda x: (_made_once(x), None), lambda _, gradient: (_made_once(gradient),))
