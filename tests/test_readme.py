"""README says what the repository holds."""

import pathlib
import re

import pytest

from docs.make_readme import make_readme

ROOT = pathlib.Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_tables_are_what_make_readme_writes():
    assert make_readme() == TEXT, "Run `make readme`."


def test_links_lead_to_files():
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links
    missing = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert not missing


def test_commands_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.real_data
def test_example_runs():
    example = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    names = {}
    exec(example, names)
    assert names["scores"].shape == (1, 2708, 7)
