"""Executes every notebook on the active backend and fails with the first cell that fails.

The notebooks are committed without outputs; `--save` writes the executed copies into `out/`.
"""

import argparse
import os
import pathlib
import time

import nbclient
import nbformat

FOLDER = pathlib.Path(__file__).parent


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--save", action="store_true", help="keep the executed copies in out/")
    arguments = parser.parse_args()
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        start = time.perf_counter()
        client = nbclient.NotebookClient(
            notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
        )
        client.execute()
        print(f"{backend}: {path.name} ran in {time.perf_counter() - start:.0f} s", flush=True)
        if arguments.save:
            out = FOLDER.parent / "out"
            out.mkdir(exist_ok=True)
            nbformat.write(notebook, out / f"{path.stem}.{backend}.ipynb")


if __name__ == "__main__":
    main()
