import keras
from keras import ops

from keras_gt.layers.categorical_embedding import CategoricalEmbedding
from keras_gt.layers.graph_layer import check_positive, serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class TokenEmbedding(keras.layers.Layer):
    """The learned vectors of a sentence's words: which word, which place, which segment.

        h_i = token[node_i] + position[place_i + offset] + segment[segment_i]

    The place of node i is i where it is not given. RoBERTa counts places from 2, an offset of 2;
    its table holds that many rows more.

    Args:
        vocabulary_size: int, the number of tokens V.
        units: int D.
        num_positions: int, the rows of the table of places, those below the offset included.
        num_segments: int, the number of segments; 0 for none.
        position_offset: int, the row of the first place.
        initializer: initializer of the three tables.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N) int32, the tokens; -1 adds nothing.
        segment_ids: (B, N) int32, or None for segment 0 everywhere.
        position_ids: (B, N) int32, or None for 0..N-1; -1 adds nothing, for nodes that are no
            words.

    Returns:
        (B, N, D).

    Raises:
        ValueError: for sizes that are not positive, more nodes than places, or segment ids for a
            layer without segments.

    Example:
        >>> import numpy as np
        >>> layer = TokenEmbedding(vocabulary_size=7, units=4, num_positions=5)
        >>> tuple(layer(np.array([[2, 6, 1]])).shape)
        (1, 3, 4)

    Reference:
        Devlin et al., BERT, 2019, https://arxiv.org/abs/1810.04805, figure 2. Liu et al.,
        RoBERTa, 2019, https://arxiv.org/abs/1907.11692.
    """

    def __init__(
        self,
        vocabulary_size,
        units,
        num_positions,
        num_segments=0,
        position_offset=0,
        initializer="random_normal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_positions - position_offset", num_positions - position_offset)
        self.supports_masking = True
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.num_positions = num_positions
        self.num_segments = num_segments
        self.position_offset = position_offset
        self.initializer = keras.initializers.get(initializer)
        self.token = self._table("token", vocabulary_size)
        self.position = self._table("position", num_positions)
        self.segment = self._table("segment", num_segments) if num_segments else None

    def _table(self, name, size):
        initializer = self.initializer.clone()
        return CategoricalEmbedding(
            [size], self.units, initializer=initializer, dtype=self.dtype_policy, name=name
        )

    def build(self, node_features_shape):
        for table in (self.token, self.position, self.segment):
            if table is not None:
                table.build(node_features_shape)

    def call(self, node_features, segment_ids=None, position_ids=None):
        if position_ids is None:
            self._check_length(node_features.shape[1])
            places = ops.arange(ops.shape(node_features)[1], dtype="int32")
            position_ids = ops.expand_dims(places, 0)  # (1, N)
        position_ids = ops.cast(position_ids, "int32")
        rows = ops.where(position_ids < 0, -1, position_ids + self.position_offset)
        vectors = self.token(node_features) + self.position(rows)  # (B, N, D)
        if self.segment is None:
            if segment_ids is not None:
                raise ValueError(
                    "segment_ids must not be given to a layer without segments. Leave them out. "
                    f"Received: num_segments={self.num_segments}"
                )
            return vectors
        if segment_ids is None:
            segment_ids = ops.zeros((1, 1), dtype="int32")
        return vectors + self.segment(segment_ids)

    def _check_length(self, num_nodes):
        places = self.num_positions - self.position_offset
        if isinstance(num_nodes, int) and num_nodes > places:
            raise ValueError(
                f"node_features must have at most {places} nodes, one for each place that has a "
                "vector. Shorten the text, or give position_ids in that range. Received: "
                f"{num_nodes} nodes"
            )

    def compute_output_spec(self, node_features, segment_ids=None, position_ids=None):
        return keras.KerasTensor((*node_features.shape, self.units), dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "vocabulary_size": self.vocabulary_size,
            "units": self.units,
            "num_positions": self.num_positions,
            "num_segments": self.num_segments,
            "position_offset": self.position_offset,
            "initializer": keras.initializers.serialize(self.initializer),
        }
