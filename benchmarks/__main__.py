"""`python -m benchmarks`: one process a backend, pinned to one core, and one with two threads.

Every row measures our public layers as `fit` uses them with the default `compile`, and
PyTorch Geometric's layer on the same edges in the same process, turn by turn. The samples, the
versions and the commit go to benchmarks/results/<backend>.json.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from benchmarks.report import print_table

RESULTS = pathlib.Path(__file__).parent / "results"
BACKENDS = ("torch", "jax", "tensorflow")


def arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--backend", choices=BACKENDS, help="one backend; all three by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no large graph")
    parser.add_argument("--rows", default="", help="only the rows whose name contains this")
    parser.add_argument("--core", type=int, help="the core to pin to; the last one by default")
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS, help="folder of the JSON")
    return parser.parse_args()


def run_worker(backend, threads, options, output):
    """Runs the rows in a process of its own with that many threads, on as many cores."""
    cores = sorted(os.sched_getaffinity(0))
    last = cores[-1] if options.core is None else options.core
    chosen = {last} if threads == 1 else set(cores[:threads]) | {last}
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "OMP_NUM_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": "1",
    }
    command = [sys.executable, "-m", "benchmarks.worker", "--threads", str(threads)]
    command += ["--output", str(output), "--rows", options.rows]
    command += ["--quick"] if options.quick else []
    subprocess.run(
        command,
        env=environment,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, chosen),
    )


def main():
    options = arguments()
    options.results.mkdir(parents=True, exist_ok=True)
    for backend in [options.backend] if options.backend else BACKENDS:
        record = {}
        path = options.results / f"{backend}.json"
        for threads in (1, 2):
            part = options.results / f".{backend}.{threads}.json"
            run_worker(backend, threads, options, part)
            record[f"{threads} thread" + "s" * (threads > 1)] = json.loads(part.read_text())
            part.unlink()
        path.write_text(json.dumps(record, indent=1) + "\n")
        print_table(backend, record)


if __name__ == "__main__":
    main()
