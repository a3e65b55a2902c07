"""`python -m benchmarks.questions.input_graphs`: are fully-connected graphs the best input format?

The small Transformer of the presets word_graph_trec and word_graph_sst2, trained from scratch on
five graphs of the same words: each word reads every word (complete), its neighbour to either side
(chain), three to either side (window), the same number of words at random (random), or the same
number of those that are nearest in a tree (tree). Nodes, places, weights and seeds are the same,
and the last three have exactly as many edges, so that only who is read differs. SST's trees are
those of the treebank; TREC has none, so its tree is a balanced binary one over the words, which
knows no syntax. Epochs are fewer than the presets', the same for all graphs. Both data sets are
read as every data set is (`KERAS_GT_DATA`). Writes benchmarks/results/question_input_graphs.json.
"""

import functools
import itertools
import pathlib
import tempfile

import numpy as np

from benchmarks.questions.paired import compare
from benchmarks.questions.run_table import RunTable
from benchmarks.questions.word_tasks import reusable
from benchmarks.records import parsed

PROGRAM = "benchmarks.questions.input_graphs"
NAME = "question_input_graphs"
RECIPES = {"trec": "word_graph_trec", "sst-trees": "word_graph_sst2"}
EPOCHS = {"trec": 8, "sst-trees": 4}
EDGES = ("complete", "chain", "window", "random", "tree")
WINDOW = 3
SEEDS = 5


def window_in_order(order, size):
    """The edges of a window over the nodes in another order than their own."""
    from keras_gt.graph import window

    senders, receivers = window(len(order), size)
    return order[senders], order[receivers]


def nearest_in_tree(distances, size):
    """As many words for each word as a window gives it: those that are nearest in the tree.

    Args:
        distances: (N, N) integers, steps between the words in the tree.
        size: int, of the window that the words are counted in.

    Returns:
        (senders, receivers), each word itself among its senders. Of words that are equally near
        in the tree, the nearer ones in the sentence are read, and of those the ones before.
    """
    from keras_gt.graph import window

    places = np.arange(len(distances))
    offsets = places[None] - places[:, None]  # of the word that is read
    order = np.lexsort((offsets > 0, np.abs(offsets), distances))  # along each row
    receivers = window(len(distances), size)[1]
    starts = np.searchsorted(receivers, receivers)
    return order[receivers, np.arange(len(receivers)) - starts], receivers


def tree_distances(parents, leaves):
    """Steps between nodes of a tree.

    Args:
        parents: (M,) integers, each node's parent, after it in number; -1 for the root.
        leaves: (N,) integers, the nodes to measure between; several words may share one.

    Returns:
        (N, N) integers.
    """
    above = np.zeros((len(parents), len(parents)), bool)  # row: a node, itself and its ancestors
    for node in reversed(range(len(parents))):
        if parents[node] >= 0:
            above[node] = above[parents[node]]
        above[node, node] = True
    above = above[leaves].astype(np.int64)
    depth = above.sum(axis=1)
    return depth[:, None] + depth[None] - 2 * above @ above.T


def balanced_parents(num_words):
    """The parents of the nodes of a balanced binary tree: neighbours are joined two by two."""
    from keras_gt.graph import binary_partition_spans

    levels = binary_partition_spans(num_words)[0]
    starts = np.searchsorted(levels, np.arange(levels[-1] + 2))
    index = np.arange(len(levels)) - starts[levels]
    return np.append(starts[levels + 1][:-1] + index[:-1] // 2, -1)


def leaves_of(text, offsets):
    """The word that each token is a part of, of a text that is words with a space between them."""
    return np.array([text.count(" ", 0, start) for start, _ in offsets])


def words_of(data, preprocessor):
    """Of each text: tokens, and steps in its tree between them."""
    found = []
    for number, text in enumerate(data.texts):
        cut = preprocessor.reader.encode(text)
        if data.trees is None:
            parents, leaves = balanced_parents(len(cut.ids)), np.arange(len(cut.ids))
        else:
            parents = data.trees[number].parents
            leaves = leaves_of(text, cut.offsets)
        found.append((np.array(cut.ids, np.int32), tree_distances(parents, leaves)))
    return found


def graphs_of(words, edges):
    """The word graphs of texts with the edges of this name."""
    from keras_gt.graph import Graph, complete, window

    builders = {
        "complete": lambda number, steps: complete(len(steps)),
        "chain": lambda number, steps: window(len(steps), 1),
        "window": lambda number, steps: window(len(steps), WINDOW),
        "random": lambda number, steps: window_in_order(
            np.random.default_rng(number).permutation(len(steps)), WINDOW
        ),
        "tree": lambda number, steps: nearest_in_tree(steps, WINDOW),
    }
    return [
        Graph(len(ids), *builders[edges](number, steps), node_features=ids)
        for number, (ids, steps) in enumerate(words)
    ]


def recipe_on(recipe, graphs, epochs):
    """The recipe with other graphs of its texts, so many epochs, and one task for all seeds."""
    start = reusable(recipe.build)
    recipe.build = lambda number=0, variant="preset": start(number)
    recipe.epochs = epochs
    recipe.prepared = lambda variant: graphs
    return recipe


def trained(recipe, seed):
    """One run: accuracies in percent, and edges a text."""
    with tempfile.TemporaryDirectory() as work:
        task, found = recipe.train(seed, "preset", pathlib.Path(work), None)
    return {
        "test_accuracy": found["value"],
        "validation_accuracy": found["validation"],
        "best_epoch": found["best_epoch"],
        "curve": found["curve"],
        "parameters": int(task.count_params()),
        "edges_a_text": float(np.mean([graph.num_edges for graph in recipe.prepared("preset")])),
    }


def summary(runs):
    """Test accuracy of each data set and graph, and its paired difference from the complete one.

    Args:
        runs: list of the record's runs.

    Returns:
        Dictionary from data set to a dictionary from graph to its row, see
        `benchmarks.questions.paired.compare`; the facts are `edges_a_text` and `parameters`.
    """
    found = {}
    for dataset in dict.fromkeys(run["settings"]["dataset"] for run in runs):
        settings = [settings_of(dataset, edges) for edges in EDGES]
        facts = ("edges_a_text", "parameters")
        rows = compare(runs, "test_accuracy", settings, settings[0], facts)
        found[dataset] = {row["settings"]["edges"]: row for row in rows}
    return found


def settings_of(dataset, edges):
    """The settings of the runs of a data set on one kind of graph."""
    return {"dataset": dataset, "edges": edges, "epochs": EPOCHS[dataset]}


def main():
    options = parsed(PROGRAM, __doc__)
    from keras_gt import recipes

    table = RunTable(options.results, NAME, PROGRAM, clock="process", window=WINDOW)
    for dataset, preset in RECIPES.items():
        recipe = recipes.get(preset)
        words = words_of(recipe.data, recipe.build().preprocessor)
        on_edges = {}
        for edges in EDGES:
            on_edges[edges] = recipes.get(preset)
            on_edges[edges].data = recipe.data  # read once
            recipe_on(on_edges[edges], graphs_of(words, edges), EPOCHS[dataset])
        for seed, edges in itertools.product(range(SEEDS), EDGES):
            settings = settings_of(dataset, edges)
            if table.find(settings, seed) is None:
                table.add(settings, seed, functools.partial(trained, on_edges[edges]))


if __name__ == "__main__":
    main()
