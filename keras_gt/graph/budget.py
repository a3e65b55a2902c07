"""The size of a row."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Budget:
    """The size of one row: nodes, edges and graph slots.

    Args:
        num_nodes: int, nodes N of a row.
        num_edges: int, edges E of a row.
        num_graphs: int, graph slots G of a row.
    """

    num_nodes: int
    num_edges: int
    num_graphs: int
