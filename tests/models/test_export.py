"""Each format is written, read by its own runtime and run at two sizes, inputs by name."""

import warnings

import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models.export import PLAN_INPUTS, input_signature
from tests.models.small_models import (
    dense_graph,
    dot_classifier,
    edge_graph,
    edge_regressor,
    egt_regressor,
    expander_graph,
    exphormer_regressor,
    global_regressor,
    gps_regressor,
    graphormer_regressor,
    grit_regressor,
    hop_graph,
    hop_regressor,
    outputs,
    pair_graph,
    pna_regressor,
    polynomial_regressor,
    san_regressor,
    weighted_graph,
    word_classifier,
    word_graph,
)

FORMATS = {
    "tensorflow": ("tf_saved_model", "onnx"),
    "jax": ("tf_saved_model",),
    "torch": ("torch", "onnx"),
}[keras.backend.backend()]


def packed(make, counts, rows):
    graphs = [make(nodes, nodes + 3, seed=nodes) for nodes in counts]
    return GraphLoader(graphs, graphs_per_batch=len(counts), rows=rows)[0][0]


CASES = {
    "words": (word_classifier, word_graph().inputs(), word_graph(14, 31, seed=1).inputs()),
    "edges": (edge_regressor, packed(edge_graph, [4, 5], 1), packed(edge_graph, [3, 7, 6, 5], 2)),
    "pna": (pna_regressor, packed(edge_graph, [4, 5], 1), packed(edge_graph, [3, 7, 6, 5], 2)),
    "complete": (
        lambda: dot_classifier(attention="complete"),
        packed(dense_graph, [4, 5], 1),
        packed(dense_graph, [3, 7, 6, 5], 2),
    ),
    "gps": (
        lambda: gps_regressor(num_layers=1),
        packed(edge_graph, [4, 5], 1),
        packed(edge_graph, [3, 7, 6, 5], 2),
    ),
    "exphormer": (
        lambda: exphormer_regressor(num_layers=1),
        packed(expander_graph, [4, 5], 1),
        packed(expander_graph, [3, 7, 6, 5], 2),
    ),
    "global": (
        global_regressor,
        packed(weighted_graph, [4, 5], 1),
        packed(weighted_graph, [3, 7, 6, 5], 2),
    ),
    "polynomial": (
        polynomial_regressor,
        packed(dense_graph, [4, 5], 1),
        packed(dense_graph, [3, 7, 6, 5], 2),
    ),
    "hops": (hop_regressor, packed(hop_graph, [4, 5], 1), packed(hop_graph, [3, 7, 6, 5], 2)),
    **{
        name: (make, packed(pair_graph, [4, 5], 2), packed(pair_graph, [3, 7, 6], 3))
        for name, make in {
            "graphormer": graphormer_regressor,
            "egt": egt_regressor,
            "san": san_regressor,
            "grit": lambda: grit_regressor(num_layers=1),
        }.items()
    },
}


def run_saved_model(path):
    import tensorflow

    loaded = tensorflow.saved_model.load(path)

    def call(inputs):
        tensors = {name: tensorflow.constant(array) for name, array in inputs.items()}
        return loaded.serve(tensors).numpy()

    return call


def run_onnx(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    return lambda inputs: session.run(None, inputs)[0]


def run_torch(path):
    import torch

    module = torch.export.load(path).module()
    return lambda inputs: (
        module({name: torch.as_tensor(array) for name, array in inputs.items()}).detach().numpy()
    )


RUNTIMES = {"tf_saved_model": run_saved_model, "onnx": run_onnx, "torch": run_torch}
SUFFIX = {"tf_saved_model": "", "onnx": ".onnx", "torch": ".pt2"}
IN_ALL = ("words", "edges")  # formats; the others in the backend's first
WRITTEN = [(case, format) for case in CASES for format in FORMATS[: None if case in IN_ALL else 1]]


@pytest.mark.parametrize("case, format", WRITTEN)
def test_exported_models_give_the_same_numbers_at_any_size(tmp_path, case, format):
    make, sample, other = CASES[case]
    model = make()
    path = str(tmp_path / f"model{SUFFIX[format]}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporters' own deprecations
        model.export(path, format=format, sample=sample)
        call = RUNTIMES[format](path)
        for inputs in (sample, other):
            taken = {name: inputs[name] for name in input_signature(model, sample)}
            assert not set(taken) & set(PLAN_INPUTS)
            expected = outputs(model, inputs)
            np.testing.assert_allclose(call(taken), expected, rtol=1e-5, atol=1e-5)


def test_a_format_of_another_backend_is_refused(tmp_path):
    other = "torch" if "torch" not in FORMATS else "tf_saved_model"
    with pytest.raises(ValueError, match="format must be one of .* on this backend"):
        word_classifier().export(tmp_path / "model", format=other)


def test_the_suffix_goes_with_the_format(tmp_path):
    for format in set(FORMATS) - {"tf_saved_model"}:
        with pytest.raises(ValueError, match="filepath must end with"):
            word_classifier().export(tmp_path / "model", format=format)


def test_a_sample_has_the_required_inputs(tmp_path):
    sample = word_graph().inputs()
    del sample["senders"]
    with pytest.raises(ValueError, match="inputs must have the keys"):
        suffix = SUFFIX[FORMATS[0]]
        word_classifier().export(tmp_path / f"model{suffix}", format=FORMATS[0], sample=sample)


def test_without_a_sample_all_optional_inputs_are_taken():
    signature = input_signature(edge_regressor())
    assert {"graph_ids", "graph_mask", "node_mask", "edge_mask"} < set(signature)
    assert signature["node_features"] == (("batch", "n", 2), "int32")
    assert signature["senders"] == (("batch", "e"), "int32")
    assert input_signature(hop_regressor())["hop_features"] == (("batch", "n", 3, 5), "float32")
