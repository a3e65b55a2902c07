import keras
import numpy as np
from keras import ops

from keras_gt.graph.epoch_planner import round_up
from keras_gt.models.gpt2 import GPT2


class CausalReader:
    """Reads texts that grow, and keeps the keys and values of the words that it has read.

    New words are the nodes of a bipartite graph: they read the remembered ones before them, and
    themselves, as they would in the causal graph of the whole text. One program serves all steps
    of a text's size; it shares the backbone's weights and is made anew where they are others.

    Args:
        backbone: `GPT2`.

    Raises:
        ValueError: for another backbone, whose graph need not be the causal one.

    Example:
        >>> from keras_gt.models import GPT2, CausalReader
        >>> reader = CausalReader(GPT2(11, hidden_dim=8, num_layers=1, num_heads=2))
        >>> reader.start(num_rows=1, num_nodes=4)
        >>> reader.read([[3, 1]]).shape, reader.read([[3, 1, 7]]).shape
        ((1, 8), (1, 8))
    """

    def __init__(self, backbone):
        if not isinstance(backbone, GPT2):
            raise ValueError(
                "backbone must be a GPT2, whose words read all words before them. Run whole texts "
                f"through another one. Received: {type(backbone).__name__}"
            )
        self.backbone = backbone
        self._model, self._variables = None, ()
        self._read, self._num_nodes, self._memory = np.zeros(0, int), 0, {}

    def start(self, num_rows, num_nodes):
        """Forgets all, and makes room for other texts.

        Args:
            num_rows: int B, the texts.
            num_nodes: int M, the most words of a text, no more than the backbone has places.
        """
        variables = self.backbone.variables
        pairs = zip(variables, self._variables, strict=False)
        if len(variables) != len(self._variables) or any(one is not own for one, own in pairs):
            self._model, self._variables = _Step(self.backbone), variables  # quantisation, LoRA
        self._read = np.zeros(num_rows, int)
        self._num_nodes = num_nodes
        self._memory = self._model.empty_memory(num_rows, num_nodes)

    def read(self, texts):
        """The vector of each text's last word.

        Args:
            texts: list of lists of tokens; each is that of the last call, and words after it.

        Returns:
            (B, D) array; a row without new words may hold anything.

        Raises:
            ValueError: for another number of texts than there is room for, or too many words.
        """
        if len(texts) != len(self._read) or max(map(len, texts)) > self._num_nodes:
            raise ValueError(
                "texts must fit the room that was made for them. Call start with more. Received: "
                f"{len(texts)} texts of up to {max(map(len, texts))} words, with room for "
                f"{len(self._read)} of {self._num_nodes}"
            )
        new = [len(ids) - read for ids, read in zip(texts, self._read, strict=True)]
        width = max(max(new), 1)
        width = width if width == 1 else min(round_up(width), self._num_nodes)
        words = np.zeros((len(texts), width), "int32")
        for row, ids in enumerate(texts):
            words[row, : new[row]] = ids[self._read[row] :]
        place = np.arange(width)
        outputs = self._model.predict_on_batch(
            {
                "node_features": words,
                "position_ids": self._places(place),
                "edges": self._edges(place),
                **self._memory,
            }
        )
        for row, count in enumerate(new):
            kept = slice(self._read[row], self._read[row] + count)
            for name, memory in self._memory.items():
                memory[row, kept] = outputs[name][row, :count]
            self._read[row] += count
        last = np.maximum(np.array(new) - 1, 0)
        return np.asarray(outputs["nodes"])[np.arange(len(texts)), last]

    def _places(self, place):
        """(B, N): where the new words stand; what is beyond the room is padding."""
        return np.minimum(self._read[:, None] + place, self._num_nodes - 1).astype("int32")

    def _edges(self, place):
        """(B, N, M + N): the remembered words, and the new ones that are not later."""
        remembered = np.arange(self._num_nodes) < self._read[:, None, None]  # (B, 1, M)
        shape = (len(self._read), len(place), self._num_nodes)
        remembered = np.broadcast_to(remembered, shape)
        own = np.broadcast_to(place <= place[:, None], (len(self._read), len(place), len(place)))
        return np.concatenate([remembered, own], axis=2)


class _Step(keras.Model):
    """The backbone as a model of new words and of a memory, which gives what to remember, too.

    The memory is a dictionary of `keys_0`, `values_0` and so on, (B, M, H, K). No graph of layers:
    on PyTorch each layer's call costs as much as the work on one word.
    """

    def __init__(self, backbone):
        super().__init__(name="causal_step", dtype=backbone.dtype_policy)
        self.embedding = backbone.get_layer("embedding")
        self.blocks = [backbone.get_layer(f"block_{i}") for i in range(backbone.num_layers)]
        self.final_norm = backbone.get_layer("final_norm")
        self.built = True

    def empty_memory(self, num_rows, num_nodes):
        memory = {}
        for index, block in enumerate(self.blocks):
            heads = (block.aggregation.num_heads, block.aggregation.head_dim)
            for kind in ("keys", "values"):
                memory[f"{kind}_{index}"] = np.zeros((num_rows, num_nodes, *heads), "float32")
        return memory

    def call(self, inputs):
        nodes = self.embedding(inputs["node_features"], position_ids=inputs["position_ids"])
        outputs = {}
        for index, block in enumerate(self.blocks):
            names = (f"keys_{index}", f"values_{index}")
            nodes, *own = block.read_memory(
                nodes, *(inputs[name] for name in names), inputs["edges"]
            )
            outputs |= {name: ops.cast(x, "float32") for name, x in zip(names, own, strict=True)}
        return {**outputs, "nodes": self.final_norm(nodes)}
