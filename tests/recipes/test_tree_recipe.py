import numpy as np

from keras_gt.recipes import TreeRecipe
from tests.recipes.small_texts import small_recipe


def test_all_nodes_teach_and_sentences_are_scored():
    recipe = small_recipe(TreeRecipe)
    _, labels = recipe.loader(0, "train")[0]
    assert (labels[0, :5] == recipe.labels_of([0])[0]).all()
    assert [array.tolist() for array in recipe.labels_of([0, 1])] == [[0] * 5, [0, 1, 0, 1, 1]]
    task, record = recipe.train(0, "preset", None, 0.0)
    brackets = "(S (NN film) (VP (JJ good) (PRP it1)))"
    assert task.predict(brackets).shape == (5, 2)
    loader = recipe.loader(0, "test")
    roots = np.stack([nodes[-1] for nodes in task.predict(loader)])
    expected = 100 * np.mean(roots.argmax(axis=1) == recipe.data.part("test")[1])
    assert record["value"] == expected == recipe.evaluate(task)["value"]
