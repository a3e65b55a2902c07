from keras_gt.analysis.pruning.prunable_layers import prunable_layers
from keras_gt.models import GraphGPS, GraphTransformer


def test_layers_go_by_the_name_of_their_block():
    for backbone in (GraphTransformer({"dense": 3}, 4, 2, 2), GraphGPS({"dense": 3}, 4, 2, 2)):
        layers = prunable_layers(backbone)
        assert list(layers) == ["block_0", "block_1"]
        assert [layer.name for layer in layers.values()] == ["attention_0", "attention_1"]
