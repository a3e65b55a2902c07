"""Graphs from and to other libraries. Each library is imported only when it is used."""

from keras_gt.graph.conversions.molecule_features import ATOM_FEATURE_SIZES as ATOM_FEATURE_SIZES
from keras_gt.graph.conversions.molecule_features import BOND_FEATURE_SIZES as BOND_FEATURE_SIZES
