"""PyTorch sums of values through the gates of edges, a few thousand edges at a time.

A chunk of edges stays in the cache, and its buffers serve the next one. Only what makes the gates
is kept, which is a result; backward makes the gates anew.
"""

import torch

from keras_gt.ops._backend.torch_messages import add_rows, chunk_size, with_spare


class _GatedSums(torch.autograd.Function):
    """sum_j s(e_ij) v_j, sum_j s(e_ij) and e_ij = f_ij W + b + sender_j + receiver_i.

    Masked edges write to a spare row, which costs less than picking the others out.
    """

    @staticmethod
    def forward(ctx, receiver, sender, value, features, kernel, bias, plan):
        ctx.set_materialize_grads(False)
        senders, receivers = plan["senders"].long(), plan["receivers"].long()
        targets, mask = receivers, plan["mask"]
        if mask is not None:
            targets = receivers.masked_fill(~mask, receiver.shape[0])
        count, width = senders.shape[0], receiver.shape[1]
        pairs = receiver.new_empty((count, width))
        total, norm = (receiver.new_zeros((receiver.shape[0] + 1, width)) for _ in range(2))
        size = chunk_size(receiver)
        first, second = (receiver.new_empty((min(size, count), width)) for _ in range(2))
        for start in range(0, count, size):
            part = slice(start, start + size)
            made, gates, room = pairs[part], first[: count - start], second[: count - start]
            if kernel is None:
                made.copy_(features[part])
            else:
                torch.mm(features[part], kernel, out=made)
            if bias is not None:
                made.add_(bias)
            made.add_(torch.index_select(sender, 0, senders[part], out=room))
            made.add_(torch.index_select(receiver, 0, receivers[part], out=room))
            torch.sigmoid(made, out=gates)
            add_rows(norm, targets[part], gates)
            gates.mul_(torch.index_select(value, 0, senders[part], out=room))
            add_rows(total, targets[part], gates)
        ctx.save_for_backward(value, features, kernel, pairs, senders, receivers, targets)
        ctx.num_receivers, ctx.has_bias = receiver.shape[0], bias is not None
        return total[:-1], norm[:-1], pairs

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_total, d_norm, d_pairs):
        value, features, kernel, pairs, senders, receivers, targets = ctx.saved_tensors
        count, width = pairs.shape
        d_receiver = value.new_zeros((ctx.num_receivers, width))
        d_total, d_norm = (
            with_spare(d_receiver if gradient is None else gradient)
            for gradient in (d_total, d_norm)
        )
        d_sender, d_value = torch.zeros_like(value), torch.zeros_like(value)
        d_kernel = None if kernel is None else torch.zeros_like(kernel)
        d_bias = value.new_zeros((1, width)) if ctx.has_bias else None
        d_features = torch.empty_like(features) if ctx.needs_input_grad[3] else None
        size = chunk_size(value)
        rooms = [value.new_empty((min(size, count), width)) for _ in range(4)]
        for start in range(0, count, size):
            part = slice(start, start + size)
            gates, change, left, right = (room[: count - start] for room in rooms)
            torch.sigmoid(pairs[part], out=gates)
            torch.index_select(d_total, 0, targets[part], out=change)
            add_rows(d_value, senders[part], torch.mul(gates, change, out=left))
            change.mul_(torch.index_select(value, 0, senders[part], out=left))
            change.add_(torch.index_select(d_norm, 0, targets[part], out=right))
            torch.ops.aten.sigmoid_backward.grad_input(change, gates, grad_input=change)
            if d_pairs is not None:
                change.add_(d_pairs[part])
            add_rows(d_sender, senders[part], change)
            add_rows(d_receiver, receivers[part], change)
            if d_kernel is not None:
                d_kernel.addmm_(features[part].t(), change)
            if d_bias is not None:
                d_bias.addmm_(change.new_ones((1, change.shape[0])), change)
            if d_features is not None and kernel is not None:
                torch.mm(change, kernel.t(), out=d_features[part])
            elif d_features is not None:
                d_features[part] = change
        d_bias = None if d_bias is None else d_bias[0]
        return d_receiver, d_sender, d_value, d_features, d_kernel, d_bias, None


gated_sums = _GatedSums.apply
