"""The edge-reading attention of architectures that PyG has no layer of, as its users write it.

Lists of edges, gathered ends, PyG's `scatter` and `softmax`: so is the authors' code of Exphormer
and GRIT (PyG), of the graph transformer, GatedGCN and SAN (DGL). EGT and Graphormer are written
over padded rows, as their authors do, Graphormer with PyTorch's fused attention. The parameters
have the names of our layers' weights, and a test sees that the results are the same.
"""

import torch
from torch_geometric.utils import scatter, softmax

CLAMP, EPSILON = 5.0, 1e-6


def linear(inputs, outputs, bias=False):
    return torch.nn.Linear(inputs, outputs, bias=bias)


def clipped_exponential(scores):
    return scores.clamp(-CLAMP, CLAMP).exp()


class _Heads(torch.nn.Module):
    """Q, K and V of several heads."""

    def __init__(self, width, num_heads, head_dim, query_bias=False, bias=False):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, head_dim
        self.query = linear(width, num_heads * head_dim, query_bias or bias)
        self.key = linear(width, num_heads * head_dim, bias)
        self.value = linear(width, num_heads * head_dim, bias)

    def split(self, x):
        """(..., H K) -> (..., H, K)."""
        return x.unflatten(-1, (self.num_heads, self.head_dim))

    def projected(self, features):
        """Query, key and value, (..., H, K) each."""
        return tuple(self.split(layer(features)) for layer in (self.query, self.key, self.value))


def weighted_mean(weights, value, edge_index):
    """sum_j w_ij v_j / (sum_j w_ij + epsilon): (E, H), (N, H, K) -> (N, H K)."""
    senders, receivers = edge_index
    total = scatter(weights[..., None] * value[senders], receivers, 0, len(value), "sum")
    norm = scatter(weights, receivers, 0, len(value), "sum") + EPSILON
    return (total / norm[..., None]).flatten(1)


class EdgeScaledAttention(_Heads):
    """Exphormer's attention along edges; with `updates_edges` the graph transformer's."""

    def __init__(self, width, num_heads, head_dim, updates_edges):
        super().__init__(width, num_heads, head_dim)
        size = num_heads * head_dim
        self.edge = linear(width, size)
        self.projection = self.edge_projection = None
        if updates_edges:
            self.projection, self.edge_projection = (
                linear(size, size, True),
                linear(size, size, True),
            )

    def forward(self, features, edge_index, edge_features):
        senders, receivers = edge_index
        query, key, value = self.projected(features)
        query = query * self.head_dim**-0.5
        joint = query[receivers] * key[senders] * self.split(self.edge(edge_features))  # (E, H, K)
        nodes = weighted_mean(clipped_exponential(joint.sum(-1)), value, edge_index)
        if self.projection is None:
            return nodes
        return self.projection(nodes), self.edge_projection(joint.flatten(1))


class GatedConvolution(torch.nn.Module):
    """GatedGCN's."""

    def __init__(self, width):
        super().__init__()
        self.own, self.value, self.edge, self.sender_gate, self.receiver_gate = (
            linear(width, width, True) for _ in range(5)
        )

    def forward(self, features, edge_index, edge_features):
        senders, receivers = edge_index
        ends = self.sender_gate(features)[senders] + self.receiver_gate(features)[receivers]
        pairs = self.edge(edge_features) + ends
        gates = pairs.sigmoid()
        messages = gates * self.value(features)[senders]
        total, norm = (scatter(x, receivers, 0, len(features), "sum") for x in (messages, gates))
        return self.own(features) + total / (norm + EPSILON), pairs


class ConditionalAttention(_Heads):
    """GRIT's."""

    def __init__(self, width, num_heads, head_dim):
        super().__init__(width, num_heads, head_dim, query_bias=True)
        self.edge = linear(width, 2 * num_heads * head_dim, True)
        self.score_vector = torch.nn.Parameter(torch.randn(num_heads, head_dim))
        self.edge_value = torch.nn.Parameter(torch.randn(num_heads, head_dim, head_dim))

    def forward(self, features, edge_index, edge_features):
        senders, receivers = edge_index
        query, key, value = self.projected(features)
        scale, shift = (self.split(x) for x in self.edge(edge_features).chunk(2, dim=-1))
        joint = (query[receivers] + key[senders]) * scale  # (E, H, K)
        root = torch.sqrt(torch.relu(joint)) - torch.sqrt(torch.relu(-joint))  # the signed one
        pairs = torch.relu(root + shift)
        scores = torch.einsum("ehk,hk->eh", pairs, self.score_vector).clamp(-CLAMP, CLAMP)
        weights = softmax(scores, receivers, num_nodes=len(features))[..., None]
        nodes, read = (
            scatter(weights * x, receivers, 0, len(features), "sum")
            for x in (value[senders], pairs)
        )
        nodes = nodes + torch.einsum("nhk,hkv->nhv", read, self.edge_value)
        return nodes.flatten(1), pairs.flatten(1)


class TwoKindsAttention(_Heads):
    """SAN's: real edges and absent ones, a list of edges and features each."""

    def __init__(self, width, num_heads, head_dim, gamma):
        super().__init__(width, num_heads, head_dim)
        size = num_heads * head_dim
        self.shares = 1 / (1 + gamma), gamma / (1 + gamma)
        self.absent_query, self.absent_key = linear(width, size), linear(width, size)
        self.edge, self.absent_edge = linear(width, size), linear(width, size)
        self.projection = linear(size, size, True)

    def forward(self, features, edge_index, edge_features, absent_index, absent_features):
        real = self.query, self.key, self.edge, edge_index, edge_features
        absent = self.absent_query, self.absent_key, self.absent_edge, absent_index, absent_features
        weights = []
        for share, kind in zip(self.shares, (real, absent), strict=True):
            query, key, edge, (senders, receivers), pairs = kind
            queries = query(features) * self.head_dim**-0.5
            joint = queries[receivers] * key(features)[senders] * edge(pairs)  # (E, H K)
            weights.append(share * clipped_exponential(self.split(joint).sum(-1)))
        edges = torch.cat([edge_index, absent_index], dim=1)
        value = self.split(self.value(features))
        return self.projection(weighted_mean(torch.cat(weights), value, edges))


class GatedDenseAttention(_Heads):
    """EGT's, over rows of padded graphs."""

    def __init__(self, width, num_heads, head_dim):
        super().__init__(width, num_heads, head_dim, bias=True)
        self.edge, self.gate = linear(width, num_heads, True), linear(width, num_heads, True)
        self.projection = linear(num_heads * head_dim, num_heads * head_dim, True)
        self.edge_projection = linear(num_heads, width, True)

    def forward(self, features, node_mask, edge_features):
        query, key, value = (x.transpose(1, 2) for x in self.projected(features))  # (B, H, N, K)
        scores = (query @ key.transpose(2, 3) * self.head_dim**-0.5).clamp(-CLAMP, CLAMP)
        scores = scores.permute(0, 2, 3, 1) + self.edge(edge_features)  # (B, N, N, H)
        pairs = self.edge_projection(scores)
        gates = self.gate(edge_features).sigmoid()
        masked = scores.masked_fill(~node_mask[:, None, :, None], -1e9)
        weights = (masked.softmax(dim=2) * gates).permute(0, 3, 1, 2)  # (B, H, N, N)
        nodes = (weights @ value).transpose(1, 2).flatten(2)
        return self.projection(nodes), pairs


class BiasedDenseAttention(_Heads):
    """Graphormer's, over rows of padded graphs."""

    def __init__(self, width, num_heads, head_dim):
        super().__init__(width, num_heads, head_dim, bias=True)

    def forward(self, features, node_mask, bias):
        query, key, value = (x.transpose(1, 2) for x in self.projected(features))  # (B, H, N, K)
        bias = bias.masked_fill(~node_mask[:, None, None, :], -torch.inf)  # (B, H, N, N)
        nodes = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        return nodes.transpose(1, 2).flatten(2)
