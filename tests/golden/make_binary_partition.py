"""Writes binary_partition.json: counts and hashes of the edges of the binary partition.

    python -m tests.golden.make_binary_partition

For each length n, each k, causal or not: the numbers of nodes and edges, and the sha256 of the
sorted edges as little-endian int32, all receivers, then all senders, then all types. The edges were
compared with those of the authors' own builder when the table was made, and all are equal: all
numbers of nodes and edges, and each edge and its type for n up to 64.
"""

import hashlib
import json
import pathlib

import numpy as np

from keras_gt.graph.builders import binary_partition, binary_partition_spans

TABLE = pathlib.Path(__file__).with_name("binary_partition.json")
LENGTHS = (2, 3, 4, 7, 8, 16, 33, 64, 256, 1024)


def describe(num_nodes, k, causal):
    """One row of the table."""
    senders, receivers, types = binary_partition(num_nodes, k, causal)
    content = np.stack([receivers, senders, types]).astype("<i4").tobytes()
    return {
        "num_nodes": num_nodes,
        "k": k,
        "causal": causal,
        "nodes": int(binary_partition_spans(num_nodes)[0].size),
        "edges": int(senders.size),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


if __name__ == "__main__":
    rows = [describe(n, k, causal) for n in LENGTHS for k in (1, 2, 4) for causal in (False, True)]
    lines = ",\n".join(json.dumps(row) for row in rows)
    TABLE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
