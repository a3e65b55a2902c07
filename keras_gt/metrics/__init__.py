"""Metrics that respect masks and missing targets and are exact over batches of any shape."""

from keras_gt.metrics.accuracy import Accuracy as Accuracy
from keras_gt.metrics.balanced_accuracy import BalancedAccuracy as BalancedAccuracy
from keras_gt.metrics.entry_mean import EntryMean as EntryMean
from keras_gt.metrics.mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
from keras_gt.metrics.roc_auc import RocAuc as RocAuc
from keras_gt.metrics.root_mean_squared_error import (
    RootMeanSquaredError as RootMeanSquaredError,
)
