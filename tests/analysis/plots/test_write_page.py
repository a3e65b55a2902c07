import html
import re

import numpy as np
import pytest

from keras_gt.analysis.plots import write_page
from keras_gt.graph import Graph
from tests.analysis.plots.browser import use

# Reads the page as a user does: counts edges, turns the pickers, points at a node, moves the bound.
SCRIPT = """
const edges = () => [...document.querySelectorAll(".edge")];
const names = picker => [...picker.options].map(option => option.textContent);
const tell = (target, kind) => target.dispatchEvent(new Event(kind));
const turn = (picker, value) => { picker.value = value; tell(picker, "change"); };
const rows = () => [...document.querySelectorAll("#reads tr")].map(row => row.textContent);
const point = (node, kind) => tell(document.querySelector(`[data-node="${node}"]`), kind);
const report = {
  title: document.title, heading: document.querySelector("h1").textContent,
  labels: [...document.querySelectorAll(".node text")].map(text => text.textContent),
  bold: document.querySelectorAll("b").length,
  layers: names(layerPicker), heads: names(headPicker),
  mean: edges().map(edge => edge.textContent),
};
turn(headPicker, "2");
report.second = edges().map(edge => edge.textContent);
turn(layerPicker, "1");
report.kept = headPicker.value;
report.heads_of_last = names(headPicker);
report.last = edges().length;
turn(layerPicker, "0");
least.value = "60"; tell(least, "input");
report.strong = edges().map(edge => edge.textContent);
least.value = "0"; tell(least, "input");
point(1, "mouseenter");
report.hint = document.getElementById("hint").textContent;
report.hover = [edges().length, rows()];
point(1, "mouseleave");
report.left = [edges().length, rows().length];
return report;
"""

LABELS = ["</script><b>x</b>", "b & 'c'", "<!--"]
TITLE = "A <b>bold</b> & quoted title"


def written(folder, **options):
    inputs = Graph(3, [0, 1, 2, 1], [1, 0, 1, 1]).inputs()  # sorted: 1->0, then 0->1, 2->1, 1->1
    first = np.array([[[1.0, 0.5], [0.25, 0.75], [0.25, 0.25], [0.5, 0.0]]])
    scores = {"block_0": first, "block_1": np.full((1, 4, 1), 0.5)}
    return write_page(folder / "page.html", inputs, scores, **options).read_text("utf-8")


def test_the_page_works_in_a_browser(tmp_path):
    report, asked = use(written(tmp_path, labels=LABELS, title=TITLE, positions="line"), SCRIPT)
    assert isinstance(report, dict), report
    a, b, c = LABELS
    assert asked == ["/page.html"]
    assert report["title"] == report["heading"] == TITLE
    assert report["labels"] == LABELS and report["bold"] == 0
    assert report["layers"] == ["block_0", "block_1"]
    assert report["heads"] == ["mean of heads", "head 0", "head 1"]
    assert report["mean"] == [
        f"{a} reads {b}: 0.750",
        f"{b} reads {a}: 0.500",
        f"{b} reads {c}: 0.250",
    ]
    assert report["second"] == [
        f"{a} reads {b}: 0.500",
        f"{b} reads {a}: 0.750",
        f"{b} reads {c}: 0.250",
    ]
    assert report["kept"] == "0" and report["heads_of_last"] == ["mean of heads", "head 0"]
    assert report["last"] == 3
    assert report["strong"] == [f"{a} reads {b}: 0.750", f"{b} reads {a}: 0.500"]
    assert report["hint"] == f"{b} reads"
    assert report["hover"] == [2, [f"{a}0.500", f"{b}0.250", f"{c}0.250"]]
    assert report["left"] == [3, 0]


def test_the_page_names_nothing_outside(tmp_path):
    page = written(tmp_path, title="http")
    assert not re.search(r"\b(src|href|url|@import)\s*[=(]\s*[\"']?(?!#)", page)
    assert [name for name in re.findall(r"https?://[^\s\"']+", page)] == [
        "http://www.w3.org/2000/svg"
    ]
    assert "default-src 'none'" in html.unescape(page)


def test_places_keep_their_shape(tmp_path):
    page = written(tmp_path, positions=np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 2.0]]))
    assert '"positions":[[0.0,0.75],[1.0,0.75],[0.0,0.25]]' in page
    assert '"positions":[[0.0,0.5],[0.5,0.5],[1.0,0.5]]' in written(tmp_path, positions="line")
    assert '"line":false' in written(tmp_path)


def test_what_makes_no_page_is_refused(tmp_path):
    with pytest.raises(ValueError, match="scores must hold a layer"):
        write_page(tmp_path / "page.html", {}, {})
    with pytest.raises(ValueError, match="labels must name the 3 nodes"):
        written(tmp_path, labels=["a"])
    with pytest.raises(ValueError, match=r"positions must be \(N, 2\) for the 3 nodes"):
        written(tmp_path, positions=np.zeros((2, 2)))
    with pytest.raises(ValueError, match="positions must be an"):
        written(tmp_path, positions="circle")
    big = {"layer": np.ones((1, 80, 180, 180), "float16")}
    with pytest.raises(ValueError, match="scores must hold at most 2000000 weights"):
        write_page(tmp_path / "page.html", {}, big, positions="line")
    mixed = {"layer": np.ones((1, 1, 2, 2)), "other": np.ones((1, 1, 3, 3))}
    with pytest.raises(ValueError, match="scores must be of the same nodes in all layers"):
        write_page(tmp_path / "page.html", {}, mixed, positions="line")
