"""PyTorch products of rows with dense kernels, with gradients of their own."""

import torch
import torch.nn.functional as functional


def linear(x, kernel, bias):
    """x kernel + bias; on a CPU `addmm` first copies the bias to each row, which takes longer."""
    if bias is not None and not x.is_cpu:
        return functional.linear(x, kernel.t(), bias)
    product = x @ kernel
    return product if bias is None else product.add_(bias)


def _row_sums(arrays, wanted):
    """The sum of the rows of each (R, D), as a product: on a CPU twice as fast as the sum."""
    ones = arrays[0].new_ones((1, arrays[0].shape[0]))
    return [(ones @ x).squeeze(0) if want else None for x, want in zip(arrays, wanted, strict=True)]


def _flat(x):
    """(..., D) -> (R, D)."""
    return x.reshape(-1, x.shape[-1])


def linears(x, kernels, biases):
    """`generic.linears`, their gradient in one pass over x."""
    return _Linears.apply(x, len(kernels), *kernels, *biases)


class _Linears(torch.autograd.Function):
    """Several products of x, whose gradients are added up as they are made."""

    @staticmethod
    def forward(ctx, x, count, *weights):
        kernels, biases = weights[:count], weights[count:]
        ctx.save_for_backward(x, *kernels)
        ctx.has_bias = [bias is not None for bias in biases]
        return tuple(linear(x, *pair) for pair in zip(kernels, biases, strict=True))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *gradients):
        x, *kernels = ctx.saved_tensors
        gradients = [_flat(gradient) for gradient in gradients]
        d_x = None
        if ctx.needs_input_grad[0]:
            d_x = gradients[0] @ kernels[0].t()
            for gradient, kernel in zip(gradients[1:], kernels[1:], strict=True):
                d_x.addmm_(gradient, kernel.t())
            d_x = d_x.view(x.shape)
        flat = _flat(x).t()
        d_kernels = [flat @ gradient for gradient in gradients]
        return d_x, None, *d_kernels, *_row_sums(gradients, ctx.has_bias)


def rectified_layers(x, kernels, biases):
    """`generic.rectified_layers` with its own gradient."""
    return _RectifiedLayers.apply(x, *kernels, *biases)


class _RectifiedLayers(torch.autograd.Function):
    """Two layers with a ReLU between them, which is taken, as its gradient, in place."""

    @staticmethod
    def forward(ctx, x, first, second, *biases):
        hidden = linear(x, first, biases[0]).relu_()
        ctx.save_for_backward(x, hidden, first, second)
        ctx.has_bias = [bias is not None for bias in biases]
        return linear(hidden, second, biases[1])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        x, hidden, first, second = ctx.saved_tensors
        gradient, hidden = _flat(gradient), _flat(hidden)
        change = gradient @ second.t()  # (R, hidden)
        torch.ops.aten.threshold_backward.grad_input(change, hidden, 0, grad_input=change)
        return (
            (change @ first.t()).view(x.shape) if ctx.needs_input_grad[0] else None,
            _flat(x).t() @ change,
            hidden.t() @ gradient,
            *_row_sums((change, gradient), ctx.has_bias),
        )


def outer_sum(left, right):
    """`generic.outer_sum` with its own gradient."""
    return _OuterSum.apply(left, right)


class _OuterSum(torch.autograd.Function):
    """l^T r; its gradients have their rows in order, those of a product with l^T do not."""

    @staticmethod
    def forward(ctx, left, right):
        ctx.save_for_backward(left, right)
        return left.mT @ right

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        left, right = ctx.saved_tensors
        return right @ gradient.mT, left @ gradient
