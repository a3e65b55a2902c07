"""Writes tiny models of transformers and KerasHub, with what they compute, to golden/.

    KERAS_BACKEND=torch python -m tests.converters.make_golden

It needs both packages with all that they need, which the tests do not. A file that exists is never
rewritten.
"""

import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).with_name("golden")
IDS = np.array([[2, 9, 4, 10, 3], [7, 1 + 4, 6, 1, 1]], "int32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
SEGMENTS = np.array([[0, 0, 1, 1, 1], [0, 1, 1, 0, 0]])
VOCABULARY, WIDTH, LAYERS, HEADS, INNER, PLACES = 11, 6, 2, 2, 7, 9


def write(name, config, weights, outputs):
    path = FOLDER / f"{name}.npz"
    if path.exists():
        return
    arrays = {f"weight/{key}": value for key, value in weights.items()}
    np.savez_compressed(
        path,
        config=json.dumps(config),
        node_features=IDS,
        node_mask=MASK.astype(bool),
        segment_ids=SEGMENTS,
        outputs=outputs,
        **arrays,
    )
    print(path.name)


def write_transformers():
    import torch
    import transformers

    sizes = {"vocab_size": VOCABULARY, "hidden_size": WIDTH, "num_hidden_layers": LAYERS}
    sizes |= {"num_attention_heads": HEADS, "intermediate_size": INNER}
    sizes |= {"max_position_embeddings": PLACES}
    models = {
        "bert": (transformers.BertConfig, transformers.BertModel, sizes),
        "roberta": (
            transformers.RobertaConfig,
            transformers.RobertaModel,
            {**sizes, "type_vocab_size": 1, "layer_norm_eps": 1e-5},
        ),
        "albert": (
            transformers.AlbertConfig,
            transformers.AlbertModel,
            {**sizes, "embedding_size": 4},
        ),
        "gpt2": (
            transformers.GPT2Config,
            transformers.GPT2LMHeadModel,
            {
                "vocab_size": VOCABULARY,
                "n_embd": WIDTH,
                "n_layer": LAYERS,
                "n_head": HEADS,
                "n_inner": INNER,
                "n_positions": PLACES,
            },
        ),
    }
    rng = np.random.default_rng(7)
    for name, (make_config, make_model, options) in models.items():
        config = make_config(**options)
        model = make_model(config).eval()
        state = model.state_dict()
        for key, value in state.items():
            if value.is_floating_point():
                noise = rng.normal(size=tuple(value.shape)) * 0.4 + ("LayerNorm.weight" in key)
                state[key] = torch.tensor(noise.astype("float32"))
        if name == "gpt2":
            state["lm_head.weight"] = state["transformer.wte.weight"]
        model.load_state_dict(state)
        tensors = {"input_ids": IDS.astype("int64"), "attention_mask": MASK}
        if name in ("bert", "albert"):
            tensors["token_type_ids"] = SEGMENTS
        with torch.no_grad():
            found = model(**{key: torch.tensor(value) for key, value in tensors.items()})
        outputs = found.logits if name == "gpt2" else found.last_hidden_state
        write(name, config.to_dict(), _arrays(state), outputs.numpy())


def _arrays(state):
    return {key: value.numpy() for key, value in state.items()}


def write_keras_hub():
    import keras
    import keras_hub

    sizes = {"vocabulary_size": VOCABULARY, "hidden_dim": WIDTH, "num_layers": LAYERS}
    sizes |= {"num_heads": HEADS, "intermediate_dim": INNER, "max_sequence_length": PLACES}
    rng = np.random.default_rng(8)
    for name in ("BertBackbone", "RobertaBackbone", "AlbertBackbone", "GPT2Backbone"):
        more = {"embedding_dim": 4} if name == "AlbertBackbone" else {}
        model = getattr(keras_hub.models, name)(**sizes, **more)
        for weight in model.weights:
            weight.assign(rng.normal(size=weight.shape) * 0.4 + ("gamma" in weight.path))
        inputs = {"token_ids": IDS, "padding_mask": MASK, "segment_ids": SEGMENTS}
        found = model({key: inputs[key] for key in model.input})
        found = found["sequence_output"] if isinstance(found, dict) else found
        weights = {weight.path: keras.ops.convert_to_numpy(weight) for weight in model.weights}
        write(name, model.get_config(), weights, keras.ops.convert_to_numpy(found))


if __name__ == "__main__":
    write_transformers()
    write_keras_hub()
