import json

import numpy as np
import pytest

from keras_gt.cli.printing import print_json, print_table

ROWS = [["gat_cora", "82.5 ± 0.9 %", "93 kB"], ["gcn", "81.0 %", "1 kB"]]


def test_a_pipe_gets_whole_lines(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    print_table(["name", "all runs", "size"], [["x" * 150, "1", "2"]], optional=["size"])
    lines = capsys.readouterr().out.splitlines()
    assert any("x" * 150 in line and line.rstrip().endswith("2") for line in lines)


@pytest.mark.parametrize(("width", "shown"), [(60, True), (30, False)])
def test_a_narrow_terminal_gets_fewer_columns(capsys, monkeypatch, width, shown):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    print_table(["name", "all runs", "size"], ROWS, right=["size"], optional=["size"])
    output = capsys.readouterr().out
    assert ("93 kB" in output) == shown
    assert "82.5 ± 0.9 %" in output


def test_markup_is_text(capsys):
    print_table(["name"], [["[red]CC[/red] :smile: [C@H](O)"]])
    assert "[red]CC[/red] :smile: [C@H](O)" in capsys.readouterr().out


def test_json_of_numbers_that_json_lacks(capsys):
    print_json({"a": np.float32(1.5), "b": np.array([1, 2]), 3: float("nan"), "c": (None, "é")})
    text = capsys.readouterr().out
    assert json.loads(text) == {"a": 1.5, "b": [1, 2], "3": None, "c": [None, "é"]}
