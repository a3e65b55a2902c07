"""Short texts as arrays of one size, and a small Transformer over the graph of their words."""

import numpy as np


def trec(max_words):
    """TREC's questions as the recipe of `word_graph_trec` splits them and makes words of them.

    Args:
        max_words: int, the words of a question that are read; the rest is cut off.

    Returns:
        Dict of `"classes"`, `"vocabulary"` (sizes) and, for each of "train", "validation" and
        "test", a pair (inputs, labels).
    """
    from keras_gt import datasets
    from keras_gt.models import TextPreprocessor
    from keras_gt.models.text_batches import padded_tokens
    from keras_gt.recipes.trec import split
    from keras_gt.recipes.vocabularies import word_tokenizer

    data = datasets.load("trec")
    parts = {name: data.select(numbers) for name, numbers in split(data).items()}
    tokenizer = word_tokenizer(parts["train"][0])
    reader = TextPreprocessor(tokenizer, max_length=max_words)
    task = {"classes": data.num_classes, "vocabulary": tokenizer.get_vocab_size()}
    for name, (texts, labels) in parts.items():
        task[name] = (padded_tokens(reader.token_ids(texts), max_words), labels.astype("int32"))
    return task


def synthetic(count=192, max_words=8, classes=3, seed=0):
    """A task of the same form that needs no file: which of the first `classes` words is there."""
    from keras_gt.models.text_batches import padded_tokens

    generator = np.random.default_rng(seed)
    task = {"classes": classes, "vocabulary": 20}
    for name in ("train", "validation", "test"):
        labels = generator.integers(0, classes, count).astype("int32")
        sentences = []
        for label in labels:
            words = generator.integers(classes, 20, generator.integers(3, max_words + 1))
            words[generator.integers(len(words))] = label
            sentences.append(words)
        task[name] = (padded_tokens(sentences, max_words), labels)
    return task


def word_transformer(
    vocabulary,
    max_words,
    hidden_dim,
    num_layers,
    num_heads=4,
    aggregation="attention",
    residual="post",
    dropout=0.0,
    attention_dropout=0.0,
    stddev=0.02,
):
    """A backbone over the complete graph of the words.

    A plain reduction gets twice the width of attention, in place of queries and keys, so that all
    aggregations have the same number of parameters: 4 hidden_dim^2.

    Args:
        vocabulary, max_words: int, the tokens and the places that have vectors.
        hidden_dim, num_layers, num_heads: int.
        aggregation: of `MultiHeadAggregation`. The heads are those of attention.
        residual: "post" or "pre"; "pre" ends with a norm.
        dropout: float, on the embeddings and the result of each part.
        attention_dropout: float, on attention weights.
        stddev: float, of the embeddings at the start.

    Returns:
        `keras_gt.models.Backbone`.
    """
    import keras

    from keras_gt import layers
    from keras_gt.models import Backbone

    tokens = keras.Input((None,), dtype="int32", name="node_features")
    mask = keras.Input((None,), dtype="bool", name="node_mask")
    embedding = layers.TokenEmbedding(
        vocabulary,
        hidden_dim,
        max_words,
        initializer=keras.initializers.RandomNormal(stddev=stddev),
    )
    nodes = embedding(tokens)
    if residual == "post":
        nodes = keras.layers.LayerNormalization(name="embedding_norm")(nodes)
    nodes = layers.Dropout(dropout)(nodes)
    for index in range(num_layers):
        block = layers.TransformerGraphBlock(
            aggregation_layer(aggregation, num_heads, hidden_dim, attention_dropout),
            layers.FeedForward(2 * hidden_dim, activation="gelu", name="feed_forward"),
            residual=residual,
            dropout=dropout,
            name=f"block_{index}",
        )
        nodes = block(nodes, node_mask=mask)
    if residual == "pre":
        nodes = keras.layers.LayerNormalization(name="final_norm")(nodes)
    return Backbone({"node_features": tokens, "node_mask": mask}, nodes)


def aggregation_layer(aggregation, num_heads, width, dropout=0.0, **options):
    """Heads of attention, or a plain reduction, of `width` units and 4 width^2 parameters."""
    from keras_gt.layers import MultiHeadAggregation

    attention = aggregation == "attention"
    return MultiHeadAggregation(
        num_heads if attention else 1,
        width // num_heads if attention else 2 * width,
        aggregation,
        output_dim=width,
        dropout=dropout if attention else 0.0,
        use_bias=False,
        **options,
    )


def part_accuracy(task, part):
    """Accuracy in percent of a classifier on (inputs, labels)."""
    import keras

    inputs, labels = part
    logits = keras.ops.convert_to_numpy(task.predict_on_batch(inputs))
    return 100 * float(np.mean(logits.argmax(axis=-1) == labels))


def reusable(build):
    """A function seed -> task, as `build` makes it under that seed, compiled once for all seeds."""
    from keras_gt.recipes.restarting import restart

    task = build()

    def start(seed):
        restart(task, build, seed)
        return task

    return start
