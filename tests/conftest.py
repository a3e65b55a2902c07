"""No test may be skipped, but those on original data files where KERAS_GT_DATA names none.

Those are listed in real_data_tests.txt and counted in the closing lines.
"""

import gc
import os
import pathlib
import tempfile

import pytest

# Tests compile thousands of small programs and run each a few times; many are the same program.
QUICK_TO_COMPILE = (
    "--xla_backend_optimization_level=0",
    "--xla_cpu_use_fusion_emitters=false",
    "--xla_cpu_parallel_codegen_split_count=1",
)
os.environ.setdefault("XLA_FLAGS", " ".join(QUICK_TO_COMPILE))
os.environ.setdefault("JAX_TRACEBACK_IN_LOCATIONS_LIMIT", "0")  # of Python lines in each program
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

LIST = pathlib.Path(__file__).with_name("real_data_tests.txt")
REASON = "KERAS_GT_DATA is not set"
CACHE = pytest.StashKey()


def pytest_configure(config):
    # Doctests and tests never write to the user's cache; pytest-xdist's workers inherit this one.
    if not hasattr(config, "workerinput"):
        config.stash[CACHE] = tempfile.TemporaryDirectory(prefix="keras_gt_tests_")
        os.environ["KERAS_GT_CACHE"] = config.stash[CACHE].name
        os.environ["JAX_COMPILATION_CACHE_DIR"] = os.path.join(config.stash[CACHE].name, "jax")
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", 0):
        _prepare_backend(os.environ.get("KERAS_BACKEND", "tensorflow"))


def _prepare_backend(backend):
    if backend == "jax":
        from tests.initial_values import draw_in_few_sizes
        from tests.quick_programs import lower_in_one_context

        draw_in_few_sizes()
        lower_in_one_context()
    if backend == "tensorflow":
        import tensorflow

        from tests.quick_programs import keep_no_stacks

        keep_no_stacks()
        # As with XLA: improving a graph takes longer than running it once.
        tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def pytest_unconfigure(config):
    if CACHE in config.stash:
        config.stash[CACHE].cleanup()


@pytest.fixture(autouse=True, scope="module")
def short_collections():
    """Keeps the collector from going through all that earlier files left, again and again."""
    gc.set_threshold(50_000, 20, 100)
    yield
    gc.collect()
    gc.freeze()


def _permitted():
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def _function(item):
    return item.nodeid.split("[")[0]


def pytest_collection_modifyitems(items):
    marked = {_function(item) for item in items if item.get_closest_marker("real_data")}
    if unlisted := sorted(marked - _permitted()):
        raise pytest.UsageError(f"{LIST.name} must list every real_data test. Missing: {unlisted}")
    if not os.environ.get("KERAS_GT_DATA"):
        for item in items:
            if item.get_closest_marker("real_data"):
                item.add_marker(pytest.mark.skip(reason=REASON))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and not item.get_closest_marker("real_data"):
        report.outcome = "failed"
        report.longrepr = f"Only tests marked real_data may be skipped. Received: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"A whole file may not be skipped. Received: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter):
    skipped = len(terminalreporter.stats.get("skipped", ()))
    named = "set" if os.environ.get("KERAS_GT_DATA") else "not set"
    terminalreporter.write_line(f"KERAS_GT_DATA is {named}: {skipped} tests on real data skipped.")
