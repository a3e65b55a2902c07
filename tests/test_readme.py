"""README, the other documents and the notebooks say what the repository holds."""

import json
import pathlib
import re

import pytest

from docs.make_readme import make_readme

ROOT = pathlib.Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_tables_are_what_make_readme_writes():
    assert make_readme() == TEXT, "Run `make readme`."


def documents():
    """Every document of the project and what is written in it, notebooks cell by cell."""
    folders = [ROOT, *(ROOT / name for name in ("docs", "notebooks", "tests", "zoo"))]
    for folder in folders:
        for path in folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"):
            yield path, path.read_text(encoding="utf-8")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield path, "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def test_links_lead_to_files():
    missing, found = [], 0
    for path, text in documents():
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            found += "://" not in link
            if "://" not in link and not (path.parent / link).exists():
                missing.append((path.relative_to(ROOT).as_posix(), link))
    assert not missing
    assert found > 40


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
