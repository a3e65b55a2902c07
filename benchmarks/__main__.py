"""`python -m benchmarks`: a process a row, pinned to one core, then some with two threads.

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

from benchmarks.names import names
from benchmarks.report import print_table

RESULTS = pathlib.Path(__file__).parent / "results"
BACKENDS = ("torch", "jax", "tensorflow")


def arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--backend", choices=BACKENDS, help="one backend; all three by default")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no large graph")
    parser.add_argument("--rounds", type=int, help="samples of each at least; 7, or 3 if quick")
    parser.add_argument("--seconds", type=float, help="time of each at least; 2, or 0 if quick")
    parser.add_argument(
        "--together",
        action="store_true",
        help="all rows in one process: quicker, but a row finds memory that others have freed",
    )
    parser.add_argument("--rows", default="", help="only the rows whose name contains this")
    parser.add_argument("--core", type=int, help="the core to pin to; the last one by default")
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS, help="folder of the JSON")
    options = parser.parse_args()
    if options.rounds is None:
        options.rounds = 3 if options.quick else 7
    if options.seconds is None:
        options.seconds = 0.0 if options.quick else 2.0
    return options


def run_worker(backend, threads, rows, options, output):
    """Measures rows in a process of its own with that many threads, on as many cores."""
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
    command = [sys.executable, "-m", "benchmarks.worker", "--rows", *rows]
    command += ["--threads", str(threads), "--output", str(output)]
    command += ["--rounds", str(options.rounds), "--seconds", str(options.seconds)]
    subprocess.run(
        command,
        env=environment,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, chosen),
    )


def measured(backend, options):
    """The record of one backend: what one thread gives, and what two give.

    It is written after every row, so that a run that is cut short leaves what it has measured.
    """
    record = {}
    path = options.results / f"{backend}.json"
    for threads, label in ((1, "1 thread"), (2, "2 threads")):
        chosen = [name for name in names(threads, options.quick) if options.rows in name]
        for rows in [chosen] if options.together else [[name] for name in chosen]:
            part = options.results / f".{backend}.json"
            run_worker(backend, threads, rows, options, part)
            given = json.loads(part.read_text())
            part.unlink()
            if label in record:
                record[label]["rows"] += given["rows"]
            else:
                record[label] = given
            path.write_text(json.dumps(record, indent=1) + "\n")
    return record


def main():
    options = arguments()
    options.results.mkdir(parents=True, exist_ok=True)
    for backend in [options.backend] if options.backend else BACKENDS:
        print_table(backend, measured(backend, options))


if __name__ == "__main__":
    main()
