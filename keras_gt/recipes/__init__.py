"""Recipes: how every preset of the zoo is trained, run by run."""

import functools

from keras_gt.recipes import (
    citation,
    heterophilous,
    karate,
    molecules,
    pattern,
    proteins,
    sentiment,
    shakespeare,
    trec,
    zinc,
)
from keras_gt.recipes.epoch_checkpoint import EpochCheckpoint as EpochCheckpoint
from keras_gt.recipes.graph_recipe import GraphRecipe as GraphRecipe
from keras_gt.recipes.keep_best import KeepBest as KeepBest
from keras_gt.recipes.language_recipe import LanguageRecipe as LanguageRecipe
from keras_gt.recipes.link_recipe import LinkRecipe as LinkRecipe
from keras_gt.recipes.node_recipe import NodeRecipe as NodeRecipe
from keras_gt.recipes.patience_on_both import PatienceOnBoth as PatienceOnBoth
from keras_gt.recipes.recipe import Recipe as Recipe
from keras_gt.recipes.run_records import RunRecords as RunRecords
from keras_gt.recipes.stop_above_mean import StopAboveMean as StopAboveMean
from keras_gt.recipes.text_recipe import TextRecipe as TextRecipe
from keras_gt.recipes.tree_recipe import TreeRecipe as TreeRecipe

_RECIPES = {
    "gcn_cora": functools.partial(citation.gcn_recipe, "cora", 81.5),
    "gcn_citeseer": functools.partial(citation.gcn_recipe, "citeseer", 70.3),
    "gat_cora": functools.partial(citation.gat_recipe, "cora", 83.0),
    "gat_citeseer": functools.partial(citation.gat_recipe, "citeseer", 72.5),
    "gcn_karate_links": karate.links_recipe,
    "graph_transformer_esol": molecules.esol_recipe,
    "graph_transformer_freesolv": molecules.freesolv_recipe,
    "gin_proteins": proteins.gin_recipe,
    "graph_transformer_zinc": zinc.transformer_recipe,
    "gat_minesweeper": heterophilous.gat_minesweeper_recipe,
    "graph_transformer_minesweeper": heterophilous.transformer_minesweeper_recipe,
    "graph_transformer_tolokers": heterophilous.transformer_tolokers_recipe,
    "graph_transformer_pattern": pattern.transformer_recipe,
    "word_graph_trec": trec.word_graph_recipe,
    "causal_shakespeare": shakespeare.causal_recipe,
    "word_graph_sst2": sentiment.word_graph_recipe,
    "tree_transformer_sst5": sentiment.tree_recipe,
}


def names():
    """The names of all recipes, in the order in which `keras-gt train --all` takes them.

    Example:

    >>> "gcn_cora" in names()
    True
    """
    return list(_RECIPES)


def get(name):
    """The recipe of a preset.

    Args:
        name: str, one of `names()`.

    Returns:
        A `Recipe`.

    Raises:
        ValueError: if no recipe has this name.

    Example:

    >>> get("gcn_cora").dataset
    'cora'
    """
    if name not in _RECIPES:
        raise ValueError(
            f"name must be a recipe: {', '.join(names())}. Name one of them. Received: {name!r}"
        )
    return _RECIPES[name]()
