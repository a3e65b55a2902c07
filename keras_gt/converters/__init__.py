"""Trained Transformers of other libraries as models of this one: same weights, same numbers."""

from keras_gt.converters.checkpoint import Checkpoint as Checkpoint
from keras_gt.converters.hugging_face import from_hugging_face as from_hugging_face
from keras_gt.converters.keras_hub import from_keras_hub as from_keras_hub
