"""The same weights on fewer edges: what a model loses, and what it saves."""

from keras_gt.analysis.sparsify.curve import curve as curve
from keras_gt.analysis.sparsify.keep_random import keep_random as keep_random
from keras_gt.analysis.sparsify.keep_strongest import keep_strongest as keep_strongest
from keras_gt.analysis.sparsify.strongest_of_each_head import (
    strongest_of_each_head as strongest_of_each_head,
)
