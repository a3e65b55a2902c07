import keras
import numpy as np


class WordBatches(keras.utils.PyDataset):
    """Batches of one size, in an order of its own for each epoch; the same orders for a seed.

    Those examples that would not fill a batch are left out, others in each epoch, so a compiler
    meets one size.

    Args:
        part: (inputs, labels), the inputs a dictionary of arrays.
        size: int, the examples of a batch.
        seed: int.
    """

    def __init__(self, part, size, seed):
        super().__init__()
        self._inputs, self._labels = part
        self._size = size
        self._generator = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self):
        return len(self._labels) // self._size

    def __getitem__(self, index):
        numbers = self._order[index * self._size : (index + 1) * self._size]
        return {name: array[numbers] for name, array in self._inputs.items()}, self._labels[numbers]

    def on_epoch_end(self):
        self._order = self._generator.permutation(len(self._labels))
