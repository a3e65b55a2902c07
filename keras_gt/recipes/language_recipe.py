import functools
import math

import keras
import numpy as np

from keras_gt import datasets
from keras_gt.recipes.recipe import Recipe, mean_and_std
from keras_gt.recipes.run_records import MAIN

_SAMPLE_WINDOWS = 2
_ROWS = 64  # windows of a batch, where nothing is learned


class LanguageRecipe(Recipe):
    """A text whose next character is predicted; the runs are seeds.

    The first text of the data set is learned in windows that begin anywhere, the second is for
    validation. There is no third: a run keeps the weights of its last step, whatever validation
    says, so that only the choice of the shipped run looks at it.

    Args:
        name: str.
        task: function (training text) -> compiled task, a `CausalLM`.
        window: int, the characters that the model reads at once.
        batch: int, windows of a step.
        steps: int.
        num_runs: int, seeds.
        published_nats: float, the published crossentropy.
        **kwargs: of `Recipe`.
    """

    def __init__(self, name, *, task, window, batch, steps, num_runs, published_nats, **kwargs):
        super().__init__(name, run_names=[f"seed {n}" for n in range(num_runs)], **kwargs)
        self._make_task = task
        self.window = window
        self.batch = batch
        self.steps = steps
        self.published_nats = published_nats

    @functools.cached_property
    def texts(self):
        """(training text, validation text)."""
        return datasets.load(self.dataset).texts

    def characters(self, part):
        """The characters of "train" or "validation" as int32 numbers, in the training's order."""
        training, validation = self.texts
        known = np.unique(_code_points(training))
        chosen = _code_points(training if part == "train" else validation)
        return np.searchsorted(known, chosen).astype(np.int32)

    def build(self, number=0, variant=MAIN):
        return self._make_task(self.texts[0])

    def train(self, number, variant, work, deadline):
        keras.utils.set_random_seed(number)
        task = self.build(number, variant)
        inputs, labels = task.next_word_arrays(self.random_windows(number))
        task.fit(inputs, labels, batch_size=self.batch, shuffle=False, verbose=0)
        nats = self.crossentropy(task)
        return task, {
            "value": nats / math.log(2),
            "validation": nats / math.log(2),
            "nats": nats,
            "epochs": 1,
            "steps": self.steps,
        }

    def random_windows(self, seed):
        """A window and the character after it for each place of each batch, a list of arrays."""
        characters = self.characters("train")
        random = np.random.default_rng(seed)
        starts = random.integers(0, len(characters) - self.window, self.steps * self.batch)
        return list(characters[starts[:, None] + np.arange(self.window + 1)])

    def windows(self):
        """The validation text in windows side by side; each begins with the last one's end."""
        characters = self.characters("validation")
        starts = range(0, len(characters) - 1, self.window)
        return [characters[start : start + self.window + 1] for start in starts]

    def crossentropy(self, task):
        """Nats a character of the validation text, the first left out, windows side by side."""
        inputs, labels = task.next_word_arrays(self.windows())
        total = 0.0
        for start in range(0, len(labels), _ROWS):
            rows = {name: array[start : start + _ROWS] for name, array in inputs.items()}
            total += _summed_nats(task, rows, labels[start : start + _ROWS])
        return total / int(inputs["node_mask"].sum())

    def evaluate(self, task, run=None):
        nats = self.crossentropy(task)
        return {
            "value": nats / math.log(2),
            "nats": nats,
            "part": "validation",
            "characters": len(self.characters("validation")) - 1,
        }

    def sample(self, task, number):
        return task.next_word_arrays(self.windows()[:_SAMPLE_WINDOWS])[0]

    def metadata(self, records):
        described = super().metadata(records)
        mean, std = mean_and_std([{"value": record["nats"]} for record in records.runs()])
        described["notes"].insert(
            0,
            f"In nats a character: {mean:.3f} ± {std:.3f}, beside {self.published_nats:g} "
            "published.",
        )
        return described


def _code_points(text):
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def _summed_nats(task, inputs, labels):
    """The sum of the crossentropies of all real characters, in float64."""
    count = len(labels)
    padding = [(0, _ROWS - count), (0, 0)]
    rows = {name: np.pad(array, padding) for name, array in inputs.items()}  # one shape
    logits = np.asarray(task.predict_on_batch(rows), "float64")[:count]  # (B, N, V)
    logits -= logits.max(axis=-1, keepdims=True)
    right = np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
    nats = np.log(np.exp(logits).sum(axis=-1)) - right  # (B, N)
    return float(nats[inputs["node_mask"]].sum())
