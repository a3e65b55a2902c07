import numpy as np

from keras_gt.recipes.trec import split
from tests.recipes.small_texts import small_texts


def test_a_tenth_of_the_training_part_is_for_validation():
    numbers = np.arange(24)
    published = {"train": numbers[:20], "validation": numbers[:0], "test": numbers[20:]}
    data = small_texts().replace(splits={"published": [published]})
    parts = split(data)
    assert len(parts["validation"]) == 2 and parts["test"].tolist() == [20, 21, 22, 23]
    both = np.concatenate([parts["train"], parts["validation"]])
    assert sorted(both) == list(range(20))
    assert all(np.array_equal(parts[name], array) for name, array in split(data).items())
