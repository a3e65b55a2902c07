"""Executes every notebook on the active backend, two at a time; a cell that fails ends it.

The notebooks are committed without outputs; `--save` writes the executed copies into `out/`.
"""

import argparse
import concurrent.futures
import os
import pathlib
import time

import nbclient
import nbformat

FOLDER = pathlib.Path(__file__).parent


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def execute(path, backend, save):
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    client = nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
    )
    client.execute()
    print(f"{backend}: {path.name} ran in {time.perf_counter() - start:.0f} s", flush=True)
    if save:
        out = FOLDER.parent / "out"
        out.mkdir(exist_ok=True)
        nbformat.write(notebook, out / f"{path.stem}.{backend}.ipynb")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", action="store_true", help="keep the executed copies in out/")
    parser.add_argument("--workers", type=int, default=2, help="notebooks at a time (default: 2)")
    arguments = parser.parse_args()
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    # Several processes with several threads each would wait for one another.
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")
    with concurrent.futures.ThreadPoolExecutor(arguments.workers) as pool:
        runs = [
            pool.submit(execute, path, backend, arguments.save)
            for path in sorted(FOLDER.glob("*.ipynb"))
        ]
        try:
            for run in concurrent.futures.as_completed(runs):
                run.result()
        finally:
            pool.shutdown(cancel_futures=True)


if __name__ == "__main__":
    main()
