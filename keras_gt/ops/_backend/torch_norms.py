"""PyTorch norms of rows and of features, with gradients of their own."""

import torch


class _UnitRows(torch.autograd.Function):
    """y = x / |x|, whose gradient is (g - y (g . y)) / |x|."""

    @staticmethod
    def forward(ctx, x, smallest):
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)  # (..., 1)
        inverse = norm.clamp_min(smallest**0.5).reciprocal_()
        result = x * inverse
        ctx.save_for_backward(result, inverse, norm.square_() > smallest)
        return result

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        result, inverse, long_enough = ctx.saved_tensors
        along = (gradient * result).sum(-1, keepdim=True).mul_(long_enough)  # (..., 1)
        return torch.addcmul(gradient, result, along, value=-1).mul_(inverse), None


class _BatchNorm(torch.autograd.Function):
    """Batch norm of some rows of (n, D); the other rows come out as 0 and get no gradient."""

    @staticmethod
    def forward(ctx, x, rows, scale, offset, epsilon):
        real = x if rows is None else x.index_select(0, rows)
        result, mean, inverse = torch.native_batch_norm(
            real, scale, offset, None, None, True, 0.0, epsilon
        )
        ctx.save_for_backward(real, rows, scale, mean, inverse)
        ctx.epsilon = epsilon
        variance = inverse.pow(-2) - epsilon
        ctx.mark_non_differentiable(mean, variance)
        return _spread(result, rows, x.shape[0]), mean, variance

    @staticmethod
    def backward(ctx, gradient, *_):
        real, rows, scale, mean, inverse = ctx.saved_tensors
        count = gradient.shape[0]
        gradient = gradient.contiguous() if rows is None else gradient.index_select(0, rows)
        result, scale_gradient, offset_gradient = torch.ops.aten.native_batch_norm_backward(
            gradient, real, scale, None, None, mean, inverse, True, ctx.epsilon, [True] * 3
        )
        return _spread(result, rows, count), None, scale_gradient, offset_gradient, None


def _spread(real, rows, count):
    """The rows in their places among `count`, the others 0."""
    if rows is None:
        return real
    return real.new_zeros((count, real.shape[1])).index_copy_(0, rows, real)


unit_rows = _UnitRows.apply
batch_norm = _BatchNorm.apply
