"""`load`: a data set by its name."""

import inspect

from keras_gt.datasets.block_model_graphs import read_block_model
from keras_gt.datasets.co_purchase import read_co_purchase
from keras_gt.datasets.csl import read_csl
from keras_gt.datasets.fetch import fetch_files
from keras_gt.datasets.heterophilous import read_heterophilous
from keras_gt.datasets.karate_club import read_karate_club
from keras_gt.datasets.molecule_net import read_molecule_net
from keras_gt.datasets.planetoid import read_planetoid
from keras_gt.datasets.registry import info as dataset_info
from keras_gt.datasets.sentiment_trees import read_sentiment_trees
from keras_gt.datasets.tiny_shakespeare import read_tiny_shakespeare
from keras_gt.datasets.trec import read_trec
from keras_gt.datasets.tu import read_tu
from keras_gt.datasets.universal_dependencies import read_universal_dependencies
from keras_gt.datasets.zinc import read_zinc

_READERS = {
    "cora": read_planetoid,
    "citeseer": read_planetoid,
    "minesweeper": read_heterophilous,
    "tolokers": read_heterophilous,
    "chameleon-filtered": read_heterophilous,
    "squirrel-filtered": read_heterophilous,
    "amazon-photo": read_co_purchase,
    "amazon-computers": read_co_purchase,
    "coauthor-cs": read_co_purchase,
    "zinc": read_zinc,
    "esol": read_molecule_net,
    "freesolv": read_molecule_net,
    "lipophilicity": read_molecule_net,
    "bbbp": read_molecule_net,
    "bace": read_molecule_net,
    "tox21": read_molecule_net,
    "hiv": read_molecule_net,
    "mutag": read_tu,
    "proteins": read_tu,
    "nci1": read_tu,
    "imdb-binary": read_tu,
    "csl": read_csl,
    "karate-club": read_karate_club,
    "pattern": read_block_model,
    "cluster": read_block_model,
    "ud-english-ewt": read_universal_dependencies,
    "sst-trees": read_sentiment_trees,
    "trec": read_trec,
    "tiny-shakespeare": read_tiny_shakespeare,
}


def load(name, **options):
    """Loads a data set, downloading its original files the first time.

    Files are kept in the folder that the environment variable `KERAS_GT_CACHE` names (the
    platform's cache by default) and checked against the registered sha256. `KERAS_GT_DATA` names a
    folder or the base URL of a mirror to read instead of the public addresses.

    | name | graphs | nodes | edges | classes | published splits |
    |---|---|---|---|---|---|
    | cora | 1 | 2,708 | 5,278 | 7 | public, 10 Geom-GCN |
    | citeseer | 1 | 3,327 | 4,552 | 6 | public, 10 Geom-GCN |
    | minesweeper | 1 | 10,000 | 39,402 | 2 | 10 |
    | tolokers | 1 | 11,758 | 519,000 | 2 | 10 |
    | chameleon-filtered | 1 | 890 | 8,854 | 5 | 10 |
    | squirrel-filtered | 1 | 2,223 | 46,998 | 5 | 10 |
    | amazon-photo | 1 | 7,650 | 119,081 | 8 | none |
    | amazon-computers | 1 | 13,752 | 245,861 | 10 | none |
    | coauthor-cs | 1 | 18,333 | 81,894 | 15 | none |
    | karate-club | 1 | 34 | 78 | 2 | none |
    | zinc | 12,000 | 23.2 a graph | 24.9 a graph | regression | 10,000 / 1,000 / 1,000 |
    | esol, freesolv, lipophilicity | 1,128, 642, 4,200 molecules | | | regression | scaffold |
    | bbbp, bace, hiv | 2,039, 1,513, 41,127 molecules | | | 2 | scaffold |
    | tox21 | 7,831 molecules | | | 12 targets | scaffold |
    | mutag, proteins, nci1, imdb-binary | 188, 1,113, 4,110, 1,000 | | | 2 | folds |
    | csl | 150 | 41 a graph | 82 a graph | 10 | 5 folds |
    | pattern, cluster | 14,000, 12,000 | node labels | | 2, 6 | drawn here |

    | name | texts | trees | classes | published splits |
    |---|---|---|---|---|
    | ud-english-ewt | 16,622 sentences | dependencies | none | 12,544 / 2,001 / 2,077 |
    | sst-trees | 11,855 sentences | constituents | 5, or 2 | 8,544 / 1,101 / 2,210 |
    | trec | 5,952 questions | none | 6, or 50 | 5,452 / 0 / 500 |
    | tiny-shakespeare | 1,115,394 characters | none | none | by position |

    Licences, sources and papers: `keras_gt.datasets.info(name)`. PATTERN and CLUSTER are our own
    samples of the published generator, whose seed is not published.

    Args:
        name: str, one of `keras_gt.datasets.names()`.
        **options: `targets` (list of column names) for the molecule sets with several columns;
            `seed` (int, 0) and `sizes` (three numbers of graphs) for pattern and cluster;
            `classes` for sst-trees (5 or 2) and trec (6 or 50).

    Returns:
        `NodeDataset` for one graph, `GraphDataset` for many, `TextDataset` for texts.

    Raises:
        ValueError: there is no such data set or option, or a file is not what it should be.
        ConnectionError: the files are not at hand and cannot be downloaded.
        ImportError: the molecule sets need RDKit (`pip install keras_gt[chem]`).

    Example:

    >>> load("karate-club").inputs["feature_ids"].shape
    (1, 34, 1)
    """
    info = dataset_info(name)
    read = _READERS[info.name]
    allowed = list(inspect.signature(read).parameters)[2:]
    for option in options:
        if option not in allowed:
            raise ValueError(
                f"The options of {info.name} must be among: {', '.join(allowed) or 'none'}. "
                f"Received: {option}={options[option]!r}"
            )
    return read(info, fetch_files(info), **options)
