"""Principal neighbourhood aggregation as loops over nodes, towers and edges (see numpy_layers)."""

import numpy as np

REDUCTIONS = {
    "mean": lambda messages: messages.mean(axis=0),
    "max": lambda messages: messages.max(axis=0),
    "min": lambda messages: messages.min(axis=0),
    "std": lambda messages: np.sqrt(messages.var(axis=0) + 1e-5),
    "sum": lambda messages: messages.sum(axis=0),
}
SCALERS = {
    "identity": lambda log_degree, mean: 1,
    "amplification": lambda log_degree, mean: log_degree / mean,
    "attenuation": lambda log_degree, mean: mean / log_degree,
}


def aggregation(
    weights,
    row,
    mean_log_degree,
    aggregators=("mean", "max", "min", "std"),
    scalers=("identity", "amplification", "attenuation"),
    towers=1,
):
    size = row.nodes.shape[1] // towers
    nodes = row.nodes.reshape(-1, towers, size)
    results = []
    for node in range(len(nodes)):
        into, parts = row.into(node), []
        for tower in range(towers):
            kernels = {name: weights[f"{name}/kernel"][tower] for name in ("query", "value")}
            messages = []
            for edge in into:
                message = nodes[node, tower] @ kernels["query"] + weights["query/bias"][tower]
                message = message + nodes[row.senders[edge], tower] @ kernels["value"]
                if row.edges is not None:
                    wide = row.edges[edge] @ weights["edge/kernel"]
                    message = message + wide[tower * size : (tower + 1) * size]
                messages.append(message)
            gathered = [nodes[node, tower]]
            for scaler in scalers:
                for name in aggregators:
                    if not into:
                        gathered.append(np.zeros(size))
                        continue
                    factor = SCALERS[scaler](np.log(len(into) + 1), mean_log_degree)
                    gathered.append(factor * REDUCTIONS[name](np.stack(messages)))
            kernel, bias = weights["projection/kernel"][tower], weights["projection/bias"][tower]
            parts.append(np.concatenate(gathered) @ kernel + bias)
        results.append(np.concatenate(parts))
    return np.stack(results)
