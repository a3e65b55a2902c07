"""The names of the rows and which run measures them: read without starting a backend."""

EPOCHS = "model.fit, 2-layer GAT, Cora size, dropout 0.6"
TRAINED = ("GIN", "GAT", "PNA", "GatedGCN", "Graph transformer", "GraphGPS")
TRAINING = {f"model.fit, {model}, four layers, 64 wide, molecules": model for model in TRAINED}
SAME_EQUATIONS = ", the same equations"  # after the name of a row beside PyG's nearest layer
LARGE = "GAT 8x8, 169k nodes 1.37M edges"
ONE_THREAD = [
    "GAT 8x8, Cora size",
    "dot product 8x8, 128 molecules packed",
    EPOCHS,
    *TRAINING,
    "complete graph B 32, N 128, d 256, 8 heads",
    "GAT 8x8, 20k nodes 320k edges",
    "dot product 4x32, 20k nodes 320k edges",
    LARGE,
    "batch-first 8 rows of 16 molecules",
    "mean readout of 128 molecules",
    "PNA, 64 wide, 128 molecules packed",
    "PNA, 64 wide, 32 graphs of PATTERN's size packed",
    "GPS block, 64 wide, 128 molecules",
    "GPS block, 64 wide, 32 graphs of PATTERN's size",
    "dot product 8x8, 32 graphs of PATTERN's size",
    "SGFormer attention, 20k nodes, 64 wide",
    "Polynormer attention, 20k nodes, 8x8",
    *(
        f"{architecture}, 64 wide, {size} packed{end}"
        for architecture in ("Graph transformer", "Exphormer", "GatedGCN")
        for size in ("128 molecules", "32 graphs of PATTERN's size")
        for end in ("", SAME_EQUATIONS)
    ),
    *(
        f"{architecture}, 64 wide, all pairs of {size}{end}"
        for architecture in ("Graphormer", "EGT", "GRIT", "SAN")
        for size in ("128 molecules", "8 graphs of PATTERN's size")
        for end in ("", SAME_EQUATIONS)
    ),
]
TWO_THREADS = [
    "GAT 8x8, Cora size",
    "complete graph B 32, N 128, d 256, 8 heads",
    "GAT 8x8, 20k nodes 320k edges",
    "dot product 4x32, 20k nodes 320k edges",
]


def names(threads, quick):
    """The rows measured with that many threads; quick runs leave the large graph out."""
    chosen = ONE_THREAD if threads == 1 else TWO_THREADS
    return [name for name in chosen if not (quick and name == LARGE)]
