"""Leaves out what JAX and TensorFlow do for each program and tests of small ones need not."""

import functools


def lower_in_one_context():
    """JAX makes a context for each program that it lowers: here all share one."""
    from jax._src.interpreters import mlir

    mlir.make_ir_context = functools.cache(mlir.make_ir_context)


def keep_no_stacks():
    """TensorFlow keeps the Python stack of each operation of a graph, for its errors: here none."""
    from tensorflow.python.framework import ops

    ops._create_c_op = functools.partial(ops._create_c_op, extract_traceback=False)
