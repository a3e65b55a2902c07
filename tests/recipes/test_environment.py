import json

import keras

from keras_gt.recipes.environment import commit, describe_environment


def test_what_a_record_says():
    described = describe_environment()
    assert described["backend"] == keras.config.backend()
    assert described["versions"]["keras"] == keras.__version__
    assert {"python", "keras_gt", "numpy"} <= set(described["versions"])
    json.dumps(described)


def test_outside_of_a_checkout(monkeypatch):
    monkeypatch.setattr("keras_gt.recipes.environment.shutil.which", lambda name: None)
    assert commit() is None
