import numpy as np

from keras_gt.recipes.molecules import twenty_drugs


def test_twenty_drugs_are_rows_of_the_data():
    rows = twenty_drugs()
    assert len(rows) >= 20
    assert rows.min() >= 0 and rows.max() < 1128
    assert np.all(np.diff(rows) > 0)
