import keras
import numpy as np

from keras_gt import datasets
from keras_gt.models import GCN, NodeClassifier
from keras_gt.recipes.restarting import restart


def make_task():
    task = NodeClassifier(GCN({"words": 34}, 4, output_dim=2, dropout=0.5), 2, head=None)
    task.compile(optimizer=keras.optimizers.Adam(0.1), loss=task.loss)
    return task


def train(task):
    club = datasets.load("karate-club")
    return task.fit(club.inputs, club.labels_batch, epochs=3, verbose=0).history["loss"]


def test_a_used_task_trains_like_a_new_one():
    task = make_task()
    restart(task, make_task, 7)
    first = train(task)
    restart(task, make_task, 8)
    assert train(task) != first
    task.stop_training = True
    restart(task, make_task, 7)
    assert not task.stop_training
    assert int(task.optimizer.iterations) == 0
    np.testing.assert_allclose(train(task), first, rtol=1e-6)


def test_the_learning_rate_is_kept():
    task = make_task()
    restart(task, make_task, 7)
    train(task)
    restart(task, make_task, 7)
    assert abs(float(task.optimizer.learning_rate) - 0.1) < 1e-6
