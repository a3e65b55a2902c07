"""Writes gallery.md: every architecture of the zoo as one row of a table.

`make readme` runs it; a test fails where gallery.md is not what it would write.
"""

import inspect
import pathlib
import re

from docs.architectures import ARCHITECTURES
from docs.make_readme import table
from keras_gt import models
from keras_gt.presets.card import format_number
from keras_gt.presets.saving import parameter_count

GALLERY = pathlib.Path(__file__).with_name("gallery.md")
TEXT = """\
# The architectures, side by side

A graph network updates a node from those it may read. What differs between the papers fits five
columns: who may read whom (**edges**), how much (**score**), what else enters the score (**bias**),
whether edges carry features of their own that the layers update (**edge state**), and how the
pieces are joined (**wiring**). All are composed of the same layers, so that a part of one can be
tried in another.

{table}

Parameters are the learned ones of the configuration named beside them, its head included, counted
by building it; where the paper states another number, the model's docstring says what makes the
difference. There are also the equations, and where the authors' code departs from their paper.
"""


def backbones():
    """The exported architectures by name."""
    found = {
        name: value
        for name, value in vars(models).items()
        if inspect.isclass(value) and issubclass(value, models.Backbone)
    }
    del found["Backbone"]  # the base
    return found


def parameters(architecture):
    """The number of learned parameters, and what the paper states where that is another one."""
    count = parameter_count(architecture.make())
    if architecture.published in (None, count):
        return format_number(count)
    return f"{format_number(count)} (published {format_number(architecture.published)})"


def row(name, architecture):
    """All cells of one architecture but the last; its file and its paper are the class's own."""
    model_class = backbones()[architecture.backbone or name]
    source = pathlib.Path(inspect.getfile(model_class)).name
    paper = architecture.paper or re.search(
        r"Reference:\s.*?(https://\S+?)[.,]?(?:\s|$)", inspect.getdoc(model_class), re.S
    ).group(1)
    return [
        f"[{name}](../keras_gt/models/{source}) ([paper]({paper}))",
        architecture.edges,
        architecture.score,
        architecture.bias,
        architecture.edge_state,
        architecture.wiring,
        architecture.configuration,
    ]


def make_gallery():
    """gallery.md as it should be."""
    header = ["architecture", "edges", "score", "bias", "edge state", "wiring"]
    header += ["configuration", "parameters"]
    chosen = [(name, ARCHITECTURES[name]) for name in sorted(ARCHITECTURES, key=str.lower)]
    rows = [[*row(name, architecture), parameters(architecture)] for name, architecture in chosen]
    return TEXT.format(table=table(header, rows))


if __name__ == "__main__":
    GALLERY.write_text(make_gallery(), encoding="utf-8")
