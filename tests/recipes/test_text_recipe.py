import numpy as np

from keras_gt.recipes import TextRecipe
from tests.recipes.small_texts import small_recipe


def test_runs_are_seeds_with_the_words_of_the_training_part():
    recipe = small_recipe(TextRecipe)
    assert recipe.run_names == ["seed 0", "seed 1"]
    task, record = recipe.train(1, "preset", None, 0.0)
    assert task.preprocessor.tokens("Good it0 it1") == ["good", "it0", "[UNK]"]
    assert record["epochs"] == 2
    assert recipe.evaluate(task, "seed 1") == {
        "value": record["value"],
        "part": "test",
        "graphs": 6,
    }
    logits = task.predict(recipe.data.part("test")[0])
    right = np.argmax(logits.reshape(6, 2), axis=1) == recipe.data.part("test")[1]
    assert record["value"] == 100 * right.mean()
    assert recipe.sample(task, 0)["node_features"].shape == (6, 3)  # one text a row
