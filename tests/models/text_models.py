"""Small text models with a tokenizer of a dozen words."""

import keras
import numpy as np
import tokenizers

from keras_gt.models import BERT, GPT2, CausalLM, TextEmbedder, TextPreprocessor

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "graphs", "are", "words", "that", "read", "a", "the"]
TEXTS = ["graphs are words", "words that read the graphs", "the words are that", "a"]


def tokenizer(special=True):
    numbers = {word: index for index, word in enumerate(WORDS)}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(numbers, "[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    if special:
        made.post_processor = tokenizers.processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        made.add_special_tokens(["[CLS]", "[SEP]"])
    made.enable_padding(length=9)  # which is not used
    return made


def embedder(pooling="mean", edges="complete", **options):
    backbone = BERT(len(WORDS), 6, num_layers=1, num_heads=2, num_positions=9, **options)
    randomised(backbone)
    preprocessor = TextPreprocessor(tokenizer(), max_length=6, edges=edges)
    return TextEmbedder(backbone, pooling=pooling, preprocessor=preprocessor)


def language_model():
    keras.utils.set_random_seed(5)
    backbone = GPT2(len(WORDS), 6, num_layers=1, num_heads=2, num_positions=7, dropout=0.0)
    preprocessor = TextPreprocessor(tokenizer(False), max_length=7, edges="causal")
    return CausalLM(backbone, preprocessor)


def randomised(model):
    """The model with weights that are large enough for every part to count."""
    rng = np.random.default_rng(3)
    for weight in model.weights:
        shift = 1.0 if weight.path.endswith("gamma") else 0.0
        weight.assign(rng.normal(shift, 0.5, weight.shape))
    return model
