"""Graphs from and to other libraries and formats. Libraries are imported only when used."""

from keras_gt.graph.conversions.conllu import PARTS_OF_SPEECH as PARTS_OF_SPEECH
from keras_gt.graph.conversions.conllu import RELATIONS as RELATIONS
from keras_gt.graph.conversions.molecule_features import ATOM_FEATURE_SIZES as ATOM_FEATURE_SIZES
from keras_gt.graph.conversions.molecule_features import BOND_FEATURE_SIZES as BOND_FEATURE_SIZES
