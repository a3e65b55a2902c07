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
    """Batch norm of some rows of (n, D); the other rows come out as 0 and get no gradient.

    rows: the number of the first rows, or a tensor of their places.
    """

    @staticmethod
    def forward(ctx, x, rows, scale, offset, epsilon):
        ctx.rows, ctx.epsilon = rows, epsilon
        real = _taken(x, rows)
        options = scale, offset, None, None, True, 0.0, epsilon
        if x.device.type == "cpu" and isinstance(rows, int) and rows < x.shape[0]:
            result = x.new_empty(x.shape)
            mean, inverse = (x.new_empty(x.shape[1]) for _ in range(2))
            torch.ops.aten.native_batch_norm.out(
                real, *options, out=result[:rows], save_mean=mean, save_invstd=inverse
            )
            result[rows:] = 0
        else:
            part, mean, inverse = torch.native_batch_norm(real, *options)
            result = _spread(part, rows, x)
        ctx.save_for_backward(real, scale, mean, inverse)
        variance = inverse.pow(-2) - epsilon
        ctx.mark_non_differentiable(mean, variance)
        return result, mean, variance

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient, *_):
        real, scale, mean, inverse = ctx.saved_tensors
        part, scale_gradient, offset_gradient = torch.ops.aten.native_batch_norm_backward(
            _taken(gradient.contiguous(), ctx.rows),
            real,
            scale,
            None,
            None,
            mean,
            inverse,
            True,
            ctx.epsilon,
            [True] * 3,
        )
        return _spread(part, ctx.rows, gradient), None, scale_gradient, offset_gradient, None


def _taken(x, rows):
    return x[:rows] if isinstance(rows, int) else x.index_select(0, rows)


def _spread(part, rows, like):
    """The rows in their places of an array like another, the others 0."""
    if not isinstance(rows, int):
        return torch.zeros_like(like).index_copy_(0, rows, part)
    if rows == like.shape[0]:
        return part
    return torch.cat([part, part.new_zeros((like.shape[0] - rows, part.shape[1]))])


unit_rows = _UnitRows.apply
batch_norm = _BatchNorm.apply
