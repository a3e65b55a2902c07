"""`python -m benchmarks.generation`: words a second that a causal Transformer writes.

With the keys and values of the words before kept (`use_cache`), and with the whole text run at each
step. The preset causal_shakespeare (4 layers of 128) writes until its 64 places are full; a model
of GPT-2's smallest size with random weights writes 32 words after a prompt of 64. The best of three
runs after a first one counts, by process time; every run is kept. Writes
benchmarks/results/generation_<backend>.json.
"""

import time

import numpy as np

from benchmarks.records import parsed, write_record

PROGRAM = "benchmarks.generation"
REPEATS = 3


def shakespeare():
    from keras_gt.models import CausalLM

    return CausalLM.from_preset("causal_shakespeare")


def smallest_gpt2():
    import keras

    from keras_gt.models import GPT2, CausalLM

    keras.utils.set_random_seed(0)
    return CausalLM(GPT2(50257))


CASES = (  # model, texts, words of the prompt, words to write
    ("causal_shakespeare", shakespeare, 1, 8, 56),
    ("causal_shakespeare", shakespeare, 8, 8, 56),
    ("GPT-2's smallest, random", smallest_gpt2, 1, 64, 32),
)


def measured(model, prompts, words, use_cache):
    """(seconds of each run, the words written)."""
    seconds = []
    for _ in range(1 + REPEATS):
        start = time.process_time()
        written = model.generate(prompts, max_new_tokens=words, use_cache=use_cache)
        seconds.append(time.process_time() - start)
    return seconds[1:], written


def row_of(name, make, texts, prompt, words):
    model = make()
    rng = np.random.default_rng(0)
    vocabulary = model.backbone.vocabulary_size
    prompts = [rng.integers(0, vocabulary, prompt).astype("int32") for _ in range(texts)]
    row = {"model": name, "texts": texts, "prompt": prompt, "words": words}
    results = []
    for kind, use_cache in (("whole", False), ("cached", True)):
        seconds, written = measured(model, prompts, words, use_cache)
        row[f"{kind}_seconds"] = seconds
        row[f"{kind}_words_a_second"] = texts * words / min(seconds)
        results.append(np.array(written))
    row["same_words"] = bool((results[0] == results[1]).all())
    return row


def main():
    options = parsed(PROGRAM, __doc__)
    import keras

    rows = []
    for case in CASES:
        rows.append(row_of(*case))
        row = rows[-1]
        print(
            f"{row['model']:<26} {row['texts']} x {row['words']} words, a second: whole "
            f"{row['whole_words_a_second']:8.1f}, cached {row['cached_words_a_second']:8.1f}, "
            f"{'the same' if row['same_words'] else 'OTHER'} words",
            flush=True,
        )
    name = f"generation_{keras.backend.backend()}"
    write_record(options.results, name, PROGRAM, clock="process", rows=rows)


if __name__ == "__main__":
    main()
