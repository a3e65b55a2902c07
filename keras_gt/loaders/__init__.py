"""Loaders that feed graphs to `fit`, `evaluate` and `predict`."""

from keras_gt.loaders.graph_loader import GraphLoader as GraphLoader
