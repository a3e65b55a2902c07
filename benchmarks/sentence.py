"""The reference of the complete graph: PyTorch's fused attention between its projections."""

import torch


class SentenceAttention(torch.nn.Module):
    """Multi-head attention of every node to every node, through PyTorch's own kernel."""

    def __init__(self, width, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value, self.projection = (
            torch.nn.Linear(width, width) for _ in range(4)
        )

    def _heads(self, x):
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, features):
        attended = torch.nn.functional.scaled_dot_product_attention(
            self._heads(self.query(features)),
            self._heads(self.key(features)),
            self._heads(self.value(features)),
        )
        return self.projection(attended.transpose(1, 2).flatten(-2))
