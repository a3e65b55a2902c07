"""Presets: trained models as directories that can be checked, moved, pinned and loaded safely.

`import keras_gt.presets` needs no Keras: listing, fetching and checking are plain Python. The
functions that build models are imported when they are first used.
"""

import importlib
from typing import TYPE_CHECKING

from keras_gt.presets.cache import cache_directory as cache_directory
from keras_gt.presets.handles import open_preset as open_preset
from keras_gt.presets.integrity_error import IntegrityError as IntegrityError
from keras_gt.presets.metadata import update_metadata as update_metadata
from keras_gt.presets.no_network_error import NoNetworkError as NoNetworkError
from keras_gt.presets.preset_files import PresetFiles as PresetFiles
from keras_gt.presets.zoo import list_presets as list_presets

if TYPE_CHECKING:
    from keras_gt.presets.loading import load_preset as load_preset
    from keras_gt.presets.sample import check_sample as check_sample
    from keras_gt.presets.saving import save_preset as save_preset

_NEED_KERAS = {"load_preset": "loading", "save_preset": "saving", "check_sample": "sample"}


def __getattr__(name):
    if name in _NEED_KERAS:
        value = getattr(importlib.import_module(f"keras_gt.presets.{_NEED_KERAS[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'keras_gt.presets' has no attribute {name!r}")


def __dir__():
    return [*globals(), *_NEED_KERAS]
