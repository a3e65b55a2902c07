"""Tiny Shakespeare, character by character, in the setting that nanoGPT names for a CPU."""

import keras

from keras_gt.models import GPT2, CausalLM, TextPreprocessor
from keras_gt.recipes.language_recipe import LanguageRecipe
from keras_gt.recipes.vocabularies import character_tokenizer

_WINDOW = 64
_BATCH = 12
_STEPS = 2000
_WARMUP = 100
_NATS = 1.88
_LONGEST_PROMPT = 4096


def _task(text):
    tokenizer = character_tokenizer(text)
    backbone = GPT2(
        tokenizer.get_vocab_size(),
        hidden_dim=128,
        num_layers=4,
        num_heads=4,
        num_positions=_WINDOW,
        dropout=0.0,
        attention_dropout=0.0,
    )
    preprocessor = TextPreprocessor(tokenizer, max_length=_LONGEST_PROMPT, edges="causal")
    task = CausalLM(backbone, preprocessor=preprocessor)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, _STEPS - _WARMUP, alpha=0.1, warmup_target=1e-3, warmup_steps=_WARMUP
    )
    optimizer = keras.optimizers.AdamW(
        schedule, weight_decay=0.1, beta_2=0.99, epsilon=1e-8, global_clipnorm=1.0
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    task.compile(optimizer=optimizer, loss=task.loss)
    return task


def causal_recipe():
    """A causal Transformer that writes on."""
    return LanguageRecipe(
        "causal_shakespeare",
        dataset="tiny-shakespeare",
        description="Writes Shakespeare on, character by character: a causal Transformer.",
        split="the first nine tenths of the text train; the last tenth is for validation",
        metric={
            "name": "validation bits per character",
            "unit": "",
            "higher_is_better": False,
        },
        selected_by="validation bits per character",
        paper={
            "title": "nanoGPT, the setting for a CPU in its readme",
            "url": "https://github.com/karpathy/nanoGPT",
            "value": round(_NATS / 0.6931471805599453, 3),
            "note": f"{_NATS} nats there, of one run, measured on 20 random batches",
        },
        settings={
            "model": "4 layers, 128 wide, 4 heads, each character reads itself and those before; "
            f"{_WINDOW} places; the output layer is tied to the characters' vectors",
            "dropout": 0,
            "optimiser": f"AdamW, {_WARMUP} steps up to 1e-3, cosine to 1e-4, decay 0.1 on "
            "matrices, beta2 0.99, gradients clipped at a norm of 1",
            "batch": f"{_BATCH} windows of {_WINDOW} characters",
            "steps": f"{_STEPS:,}; the last one's weights are kept",
        },
        task=_task,
        window=_WINDOW,
        batch=_BATCH,
        steps=_STEPS,
        num_runs=3,
        published_nats=_NATS,
        notes=[
            "Every character of the last tenth but its first is predicted once, in windows of "
            f"{_WINDOW} side by side, from the characters of its window. There is no test part: "
            "validation chose nothing but the shipped run.",
            '`model.generate("ROMEO:", max_new_tokens=200, temperature=0.8)` writes on. A '
            "character that is not in the training text is read as a space.",
        ],
        budget_seconds=3600.0,
    )
