"""Losses that respect masks and missing targets, entry by entry."""

from keras_gt.losses.balanced_crossentropy import BalancedCrossentropy as BalancedCrossentropy
from keras_gt.losses.masked_binary_crossentropy import (
    MaskedBinaryCrossentropy as MaskedBinaryCrossentropy,
)
from keras_gt.losses.masked_loss import MaskedLoss as MaskedLoss
from keras_gt.losses.masked_mean_absolute_error import (
    MaskedMeanAbsoluteError as MaskedMeanAbsoluteError,
)
from keras_gt.losses.masked_mean_squared_error import (
    MaskedMeanSquaredError as MaskedMeanSquaredError,
)
