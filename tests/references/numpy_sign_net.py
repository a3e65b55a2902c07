"""SignNet as loops over eigenvectors, signs and edges (see numpy_layers)."""

import numpy as np

from tests.references.numpy_layers import batch_norm, below, dense


def encoding(weights, row, num_layers):
    vectors = row.nodes.T  # (K, N)
    both = [phi(weights, row, v, num_layers) + phi(weights, row, -v, num_layers) for v in vectors]
    hidden = np.concatenate(both, axis=1)  # (N, K phi_dim)
    for index in range(num_layers - 1):
        hidden = np.maximum(dense(weights, f"rho_{index}", hidden), 0)
        hidden = batch_norm(below(weights, f"rho_norm_{index}"), hidden)
    return dense(weights, f"rho_{num_layers - 1}", hidden)


def phi(weights, row, vector, num_layers):
    x = vector[:, None]
    for index in range(num_layers):
        if index:
            x = batch_norm(below(weights, f"outer_norm_{index}"), x)
        total = x.copy()
        for sender, receiver in zip(row.senders, row.receivers, strict=True):
            total[receiver] += x[sender]
        hidden = np.maximum(dense(weights, f"expand_{index}", total), 0)
        hidden = batch_norm(below(weights, f"inner_norm_{index}"), hidden)
        x = dense(weights, f"contract_{index}", hidden)
    return x
