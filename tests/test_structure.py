"""The picture of the project, read from its source: who may import whom, what a file may hold."""

import ast
import importlib
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "keras_gt"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# An arrow means "may import", itself and what that may import; nothing points back.
ARROWS = {
    "graph": (),
    "ops": (),
    "datasets": ("graph",),
    "loaders": ("graph",),
    "presets": (),
    "layers": ("ops",),
    "losses": ("ops",),
    "metrics": ("ops",),
    "schedules": (),
    "models": ("presets", "layers", "loaders", "losses", "metrics", "graph"),
    "testing": ("layers", "graph"),
    "recipes": ("presets", "models", "datasets", "loaders"),
    "analysis": ("models",),
    "converters": ("models", "datasets"),
    "cli": ("recipes", "analysis", "converters"),
}
NUMPY_ONLY = ("graph", "datasets")
BACKENDS = {"jax", "jaxlib", "tensorflow", "torch"}
OPTIONAL = {"pooch", "networkx", "matplotlib", "rdkit", "keras_hub", "keras_nlp", "scipy"}
OPTIONAL |= {"safetensors", "tokenizers"}
# Folders of tests that hold for many files at once.
WITHOUT_A_SOURCE = {
    "benchmarks",
    "contracts",
    "docs",
    "examples",
    "golden",
    "notebooks",
    "references",
}
# Tests of several files at once, by path: why.
TESTS_OF_SEVERAL = {
    "ops/test_edge_products.py": "products and sums along edges against the generic ones",
    "ops/test_edge_kinds.py": "scores of edges of two kinds against the generic ones",
    "ops/test_gated_sums.py": "sums through gates against those in steps",
    "ops/test_fast_paths.py": "each backend's functions against the generic ones",
}
UNPICKLER = "keras_gt/datasets/unpickler.py"


def reachable(folder):
    found = {folder}
    for target in ARROWS[folder]:
        found |= reachable(target)
    return found


def relative(path):
    return path.relative_to(ROOT).as_posix()


def folder_of(path):
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


def imports(path, top_level_only=False):
    """Dotted names this file imports; `from a import b` counts as a.b."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)}:{node.lineno} imports relatively"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def public_classes(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def test_every_folder_is_in_the_picture():
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders <= set(ARROWS)


def test_no_arrow_points_back():
    wrong = []
    for path in SOURCES:
        folder = folder_of(path)
        if folder is None:
            continue
        for name, line in imports(path):
            parts = name.split(".")
            if parts[0] == "keras_gt" and len(parts) > 1 and parts[1] in ARROWS:
                if parts[1] not in reachable(folder):
                    wrong.append(f"{relative(path)}:{line} {folder} -> {parts[1]}")
    assert not wrong, "\n".join(wrong)


def test_only_the_backend_folder_names_a_backend():
    wrong = []
    for path in SOURCES:
        if relative(path).startswith("keras_gt/ops/_backend/"):
            continue
        for name, line in imports(path):
            if name.split(".")[0] in BACKENDS or name.startswith(("keras.src", "keras.backend.")):
                wrong.append(f"{relative(path)}:{line} {name}")
    assert not wrong, "\n".join(wrong)


def test_graphs_and_data_sets_do_without_keras():
    wrong = [
        f"{relative(path)}:{line} {name}"
        for path in SOURCES
        if folder_of(path) in NUMPY_ONLY
        for name, line in imports(path)
        if name.split(".")[0] == "keras"
    ]
    assert not wrong, "\n".join(wrong)


def test_optional_packages_are_imported_on_use():
    wrong = [
        f"{relative(path)}:{line} {name}"
        for path in SOURCES
        for name, line in imports(path, top_level_only=True)
        if name.split(".")[0] in OPTIONAL
    ]
    assert not wrong, "\n".join(wrong)


def test_pickle_is_read_in_one_place():
    wrong = [
        f"{relative(path)}:{line} {name}"
        for path in SOURCES
        if relative(path) != UNPICKLER
        for name, line in imports(path)
        if name.split(".")[0] in {"pickle", "dill", "cloudpickle", "joblib"}
    ]
    unsafe = re.compile(r"allow_pickle=True|safe_mode=False|enable_unsafe_deserialization")
    wrong += [relative(path) for path in SOURCES if unsafe.search(path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


def test_one_public_class_a_file_and_the_file_is_named_after_it():
    wrong = []
    for path in SOURCES:
        classes = public_classes(path)
        classes = [name for name in classes if not name.endswith("Error")] or classes
        if len(classes) > 1:
            wrong.append(f"{relative(path)} holds {classes}")
        elif classes and path.stem.replace("_", "") != classes[0].lower():
            wrong.append(f"{relative(path)} is not named after {classes[0]}")
    assert not wrong, "\n".join(wrong)


def test_every_public_class_is_importable_from_its_folder():
    wrong = []
    for path in SOURCES:
        folder = folder_of(path)
        if folder is None or any(part.startswith("_") for part in path.relative_to(PACKAGE).parts):
            continue
        module = importlib.import_module(f"keras_gt.{folder}")
        wrong += [
            f"keras_gt.{folder}.{name}"
            for name in public_classes(path)
            if not hasattr(module, name)
        ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("stem", ["utils", "util", "helpers", "helper", "common", "misc"])
def test_no_file_is_named_after_nothing(stem):
    found = [relative(path) for path in ROOT.rglob(f"*{stem}.py") if ".venv" not in path.parts]
    assert not found


def test_files_stay_readable():
    long = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: lines for name, lines in long.items() if lines > 400}


def test_sources_hold_no_leftovers():
    wrong = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert) and folder_of(path) != "testing":
                wrong.append(f"{relative(path)}:{node.lineno} asserts instead of raising")
            if isinstance(node, ast.ExceptHandler) and isinstance(node.body[0], ast.Pass):
                wrong.append(f"{relative(path)}:{node.lineno} swallows an error")
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b", text):
                wrong.append(f"{relative(path)}:{number} leaves work behind")
    assert not wrong, "\n".join(wrong)


def test_tests_mirror_the_source():
    wrong = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        parts = path.relative_to(ROOT / "tests").parts
        if len(parts) == 1 or parts[0] in WITHOUT_A_SOURCE:
            continue
        source = PACKAGE.joinpath(*parts[:-1], path.name.removeprefix("test_"))
        if "/".join(parts) not in TESTS_OF_SEVERAL and not source.exists():
            wrong.append(f"{relative(path)} tests no file of the same name")
    assert not wrong, "\n".join(wrong)


def test_permitted_skips_exist():
    lines = (ROOT / "tests" / "real_data_tests.txt").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    assert len(listed) == len(set(listed))
    for line in listed:
        path, _, function = line.partition("::")
        assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8"), line
