"""Nothing to read is refused by name."""

import pytest

from tests.models.small_models import dot_classifier, edge_graph, edge_regressor


@pytest.mark.parametrize("x", [None, [None], (None, None)])
def test_nothing_is_refused(x):
    model = dot_classifier()
    for call in (model.fit, model.evaluate, model.predict, model.backbone.predict):
        with pytest.raises(ValueError, match="x must be a dictionary of arrays.* Received: x="):
            call(x, verbose=0)


def test_what_is_no_graph_is_refused_among_graphs():
    with pytest.raises(ValueError, match="inputs must be graphs. Build .* Received: 3"):
        edge_regressor().predict([edge_graph(), 3], verbose=0)
