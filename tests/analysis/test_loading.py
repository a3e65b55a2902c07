import numpy as np

from keras_gt.analysis.loading import preprocessed_loader
from keras_gt.graph import Graph
from keras_gt.models import GraphPreprocessor, GraphRegressor, GraphTransformer


def test_graphs_keep_the_encodings_they_have():
    encodings = {"positional_encoding": {"kind": "random_walk_probabilities", "steps": 2}}
    backbone = GraphTransformer(
        {"dense": 1}, 4, 1, 2, positional_encodings={"positional_encoding": {"dim": 2}}
    )
    model = GraphRegressor(backbone, preprocessor=GraphPreprocessor(encodings=encodings))
    (graph,) = model.preprocess([Graph(2, [0, 1], [1, 0], node_features=np.ones((2, 1)))])
    alone = graph.replace(senders=[], receivers=[])
    (inputs,) = preprocessed_loader(model, [alone, graph], 1)[0]
    np.testing.assert_array_equal(inputs["positional_encoding"][0], [[0, 1], [0, 1]])
    assert len(preprocessed_loader(model, [alone, graph], 1)) == 2
