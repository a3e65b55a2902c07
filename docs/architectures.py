"""What each architecture of `keras_gt.models` is made of, in the five plug points of a graph layer.

A new backbone needs its own row here and no other change: `docs/make_gallery.py` does the rest.
"""

import dataclasses
from collections.abc import Callable

from keras_gt.models import (
    BERT,
    EGT,
    GAT,
    GCN,
    GIN,
    GPT2,
    GRIT,
    PNA,
    SAN,
    CausalLM,
    GatedGCN,
    GraphClassifier,
    GraphGPS,
    Graphormer,
    GraphRegressor,
    GraphSAGE,
    GraphTransformer,
    NAGphormer,
    NodeClassifier,
    Polynormer,
    SGFormer,
    TextEmbedder,
)


@dataclasses.dataclass(frozen=True)
class Architecture:
    """One row of the gallery.

    Args:
        edges: str, who may read whom.
        score: str, how much, and how a node's heads or neighbours are combined.
        bias: str, what else enters the score, from edge features or encodings.
        edge_state: str, whether edges or pairs carry features that the layers update.
        wiring: str, residuals, norms, feed-forward and branches.
        configuration: str, what `make` builds.
        make: function that returns the task with the backbone and the head of the configuration.
        published: int, the parameters that the paper states, or None where it states none.
        backbone: str, the class, where its name is not the architecture's.
        paper: str, address of the paper, or None for the first that the class refers to.
    """

    edges: str
    score: str
    bias: str
    edge_state: str
    wiring: str
    configuration: str
    make: Callable
    published: int | None = None
    backbone: str | None = None
    paper: str | None = None


LAPLACIAN = {"positional_encoding": {"dim": 8, "random_sign": True}}
WALKS = {"random_walks": {"dim": 20, "units": 28, "normalization": "batch"}}
ATOMS, BONDS = {"categories": [28]}, {"categories": [4]}  # ZINC's

ARCHITECTURES = {
    "BERT": Architecture(
        edges="all pairs of words; any edges given instead",
        score="dot product, softmax",
        bias="places and segments beside the words",
        edge_state="none",
        wiring="post-norm with layer norm, feed-forward; ALBERT's shared layers as an option",
        configuration="MiniLM-L6, 6 layers of 384",
        make=lambda: TextEmbedder(BERT(30522, 384, 6, 12, 1536)),
    ),
    "EGT": Architecture(
        edges="all pairs of a graph",
        score="dot product, softmax, each weight times a gate of the pair",
        bias="the pairs' channels, from edge features and shortest-path distances",
        edge_state="pairs, updated by the scores",
        wiring="pre-norm with layer norm, feed-forwards on nodes and on pairs",
        configuration="ZINC, 10 layers of 64",
        make=lambda: GraphRegressor(
            EGT(ATOMS, 64, edge_features=BONDS, pair_encodings={"distances": {"categories": 18}}),
            head="mlp",
        ),
        published=500_000,  # "500k"
    ),
    "Exphormer": Architecture(
        edges="the graph's; beside it those, a random regular graph's and virtual nodes'",
        score="GatedGCN's gates, or GINE's sum; beside it dot product, softmax",
        bias="edge features with the edge's type, times the product",
        edge_state="none with GINE; the graph's own edges, updated by each layer, with GatedGCN",
        wiring="GraphGPS'; virtual nodes pass through the attention alone",
        configuration="CIFAR10, 5 layers of 40",
        make=lambda: GraphClassifier(
            GraphGPS(
                {"dense": 5},
                40,
                num_layers=5,
                edge_features={"dense": 1 + 2},
                local="gated",
                global_attention="edges",
                num_virtual_nodes=1,
            ),
            10,
            head="mlp",
        ),
        backbone="GraphGPS",
        paper="https://arxiv.org/abs/2303.06147",
    ),
    "GPT2": Architecture(
        edges="each word and those before it; any edges given instead",
        score="dot product, softmax",
        bias="places beside the words",
        edge_state="none",
        wiring="pre-norm with layer norm, feed-forward; output layer tied to the embeddings",
        configuration="characters of Shakespeare, 4 layers of 128",
        make=lambda: CausalLM(GPT2(65, 128, 4, 4, num_positions=64)),
    ),
    "GAT": Architecture(
        edges="the graph's, with self-loops",
        score="additive, softmax; GATv2's as an option",
        bias="edge features (option)",
        edge_state="none",
        wiring="plain; linear residual, batch or layer norm, jumping knowledge (options)",
        configuration="Cora, 8 heads of 8",
        make=lambda: NodeClassifier(GAT({"words": 1433}, 8, 8, output_dim=7), 7, head=None),
    ),
    "GCN": Architecture(
        edges="the graph's, with self-loops",
        score="none: fixed weights 1 / sqrt(d_i d_j), summed",
        bias="none",
        edge_state="none",
        wiring="plain; linear residual, batch or layer norm, jumping knowledge (options)",
        configuration="Cora, 16 wide",
        make=lambda: NodeClassifier(
            GCN({"words": 1433}, 16, output_dim=7, use_bias=False), 7, head=None
        ),
    ),
    "GIN": Architecture(
        edges="the graph's",
        score="none: sum; the node itself counts 1 + epsilon",
        bias="edge features added to the neighbour (GINE, option)",
        edge_state="none",
        wiring="MLP and batch norm after each sum; jumping knowledge (option)",
        configuration="PROTEINS, 5 layers of 32",
        make=lambda: GraphClassifier(GIN({"categories": [3]}, 32), 2, readout="sum"),
    ),
    "GRIT": Architecture(
        edges="all pairs of a graph",
        score="a vector of products of query, key and pair, softmax",
        bias="random walks of each pair, edge features",
        edge_state="pairs, updated by each layer",
        wiring="post-norm with batch norm, feed-forward, degree scaler",
        configuration="ZINC, 10 layers of 64",
        make=lambda: GraphRegressor(
            GRIT({"categories": [21]}, pair_encodings={"walks": {"dim": 21}}, edge_features=BONDS),
            readout="sum",
            head="mlp",
        ),
        published=473_473,
    ),
    "GatedGCN": Architecture(
        edges="the graph's",
        score="a gate for each feature, sigmoid over the sum of the gates",
        bias="edge features, in the gate",
        edge_state="edges, updated by each layer",
        wiring="residual, batch norm and ReLU on nodes and on edges",
        configuration="ZINC, 16 layers of 78",
        make=lambda: GraphRegressor(
            GatedGCN(ATOMS, 78, 16, edge_features=BONDS, positional_encodings=LAPLACIAN),
            head="mlp",
        ),
    ),
    "GraphGPS": Architecture(
        edges="the graph's; beside it all nodes of a graph",
        score="GINE's sum, or GatedGCN's gates; beside it dot product, softmax",
        bias="edge features on the graph's edges; random walks beside the node features",
        edge_state="none with GINE; edges, updated by each layer, with GatedGCN",
        wiring="two branches, each with residual and batch norm, added; feed-forward",
        configuration="ZINC, 10 layers of 64",
        make=lambda: GraphRegressor(
            GraphGPS(ATOMS, 64, edge_features=BONDS, positional_encodings=WALKS),
            readout="sum",
            head="mlp",
        ),
        published=423_717,
    ),
    "Graphormer": Architecture(
        edges="all pairs of a graph, and a token that reads and is read by all",
        score="dot product, softmax",
        bias="shortest-path distances, the edges along the path; degrees on the nodes",
        edge_state="none",
        wiring="pre-norm with layer norm, feed-forward; the token is the graph",
        configuration="ZINC, 12 layers of 80",
        make=lambda: GraphRegressor(Graphormer(ATOMS, 80, edge_features=BONDS), readout="token"),
        published=489_300,  # "489.3k"
    ),
    "GraphSAGE": Architecture(
        edges="the graph's",
        score="none: mean; sum, max, min or std as options",
        bias="edge features added to the neighbour (option)",
        edge_state="none",
        wiring="the node's own projection beside; residual, norm, jumping knowledge (options)",
        configuration="Reddit, 2 layers of 256",
        make=lambda: NodeClassifier(GraphSAGE({"dense": 602}, 256, linear_encoder=False), 41),
    ),
    "GraphTransformer": Architecture(
        edges="the graph's; all pairs as an option",
        score="dot product, softmax",
        bias="edge features times the product; Laplacian eigenvectors on the nodes",
        edge_state="edges, where they have features, updated by each layer",
        wiring="post-norm with batch norm, feed-forward; pre-norm, layer norm (options)",
        configuration="ZINC, 10 layers of 64",
        make=lambda: GraphRegressor(
            GraphTransformer(ATOMS, 64, edge_features=BONDS, positional_encodings=LAPLACIAN),
            head="mlp",
        ),
        published=588_929,
    ),
    "NAGphormer": Architecture(
        edges="none between nodes: all pairs of a node's own tokens, one for each hop",
        score="dot product, softmax",
        bias="the graph is in the tokens, A^k X",
        edge_state="none",
        wiring="pre-norm with layer norm, feed-forward; attention over the hops at the end",
        configuration="PubMed, 7 hops, 1 layer of 512",
        make=lambda: NodeClassifier(NAGphormer({"dense": 515}, num_hops=7), 3),
    ),
    "PNA": Architecture(
        edges="the graph's",
        score="none: mean, max, min and standard deviation, each also scaled by the degree",
        bias="edge features in the message",
        edge_state="none",
        wiring="towers side by side, batch norm, mixing, residual",
        configuration="ZINC, 16 layers of 70, 5 towers",
        make=lambda: GraphRegressor(
            PNA(ATOMS, 70, 1.2, num_layers=16, edge_features=BONDS, edge_dim=40),
            readout="sum",
            head="mlp",
        ),
        published=387_155,
    ),
    "Polynormer": Architecture(
        edges="the graph's, with self-loops; then all nodes of a graph",
        score="local: additive, softmax (GAT); global: product of sigmoids, linear in the nodes",
        bias="none",
        edge_state="none",
        wiring="each layer times a gate of the node's own, layer norm; sum of the local layers",
        configuration="Roman-empire, 10 local and 2 global layers of 8 x 64",
        make=lambda: NodeClassifier(
            Polynormer({"dense": 300}, 64, num_local_layers=10, num_global_layers=2), 18
        ),
    ),
    "SAN": Architecture(
        edges="all pairs of a graph, real and absent edges apart",
        score="dot product, softmax, absent edges counting gamma",
        bias="edge features times the product; a learned Laplacian encoding beside the nodes",
        edge_state="none",
        wiring="post-norm with batch norm, feed-forward",
        configuration="ZINC, 6 layers of 64",
        make=lambda: GraphRegressor(
            SAN(ATOMS, 64, 6, edge_features=BONDS, encoding_dim=16, encoding_layers=3),
            readout="sum",
            head="mlp",
        ),
        published=508_577,
    ),
    "SGFormer": Architecture(
        edges="all nodes of a graph; beside it the graph's, with self-loops",
        score="product of unit vectors, linear in the nodes; beside it GCN's fixed weights",
        bias="none",
        edge_state="none",
        wiring="two branches, added: one layer of attention, a GCN with residuals",
        configuration="ogbn-arxiv, 1 layer of attention, 3 of GCN, 256 wide",
        make=lambda: NodeClassifier(SGFormer({"dense": 128}, 256), 40),
    ),
}
