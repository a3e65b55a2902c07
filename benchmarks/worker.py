"""Measures every row on the backend and with the threads of this process."""

import argparse
import datetime
import importlib.metadata
import json
import pathlib
import platform
import subprocess
import time

import keras
import torch

from benchmarks.epochs import BARS as EPOCH_BARS
from benchmarks.epochs import EPOCHS, epoch_functions
from benchmarks.molecule_training import training_functions
from benchmarks.names import EPOCHS as EPOCH_ROW
from benchmarks.names import TRAINING
from benchmarks.rows import ROWS
from benchmarks.timing import interleave, peak_megabytes, speed

PACKAGES = ("keras", "numpy", "torch", "torch_geometric", "jax", "tensorflow-cpu", "tensorflow")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", nargs="+", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    record = environment(options.threads)
    record["rows"] = []
    for name in options.rows:
        measures = {EPOCH_ROW: measured_epochs, **dict.fromkeys(TRAINING, measured_training)}
        record["rows"] += measures.get(name, measured)(name, options)
        options.output.write_text(json.dumps(record, indent=1))


def environment(threads):
    """What the numbers depend on."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "backend": keras.backend.backend(),
        "threads": threads,
        "clock": "process" if threads == 1 else "wall",
        "commit": commit,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": processor(),
        "versions": versions,
    }


def processor():
    """The processor's name."""
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def clock_of(threads):
    return time.process_time if threads == 1 else time.perf_counter


def measured(name, options):
    """One row: samples, speed and the bar."""
    row = ROWS[name]
    functions = row.make()
    (reference,) = set(functions) - {"ours"}
    sides = {"ours": functions["ours"], "reference": functions[reference]}
    clock = clock_of(options.threads)
    samples = {}
    for number, kind in enumerate(("forward", "forward and backward")):
        turns = {side: pair[number] for side, pair in sides.items()}
        samples[kind] = interleave(turns, options.rounds, clock, options.seconds)
    result = {
        "name": name,
        "reference": reference,
        "milliseconds": samples,
        **{kind: speed(taken, "ours", "reference") for kind, taken in samples.items()},
        "bar": row.bars.get(keras.backend.backend()),
    }
    if row.memory and options.threads == 1 and keras.backend.backend() != "tensorflow":
        megabytes = {side: peak_megabytes(pair[1]) for side, pair in sides.items()}
        result |= {"peak megabytes": megabytes, "memory bar": row.memory_bar}
    print(f"{name}: {result['forward and backward']:.2f} x {reference}", flush=True)
    return [result]


def measured_epochs(name, options):
    """The rows of model.fit, in milliseconds an epoch."""
    clock = clock_of(options.threads)
    samples = interleave(epoch_functions(), options.rounds, clock, options.seconds)
    samples = {side: [value / EPOCHS for value in values] for side, values in samples.items()}
    bars = {("ours, word ids", "PyG loop, dense"): EPOCH_BARS[keras.backend.backend()]}
    return [
        epoch_row(f"{name}: {ours}", samples, ours, reference, bars.get((ours, reference)))
        for ours in ("ours, word ids", "ours, dense")
        for reference in ("PyG loop, dense", "PyG loop, sparse")
    ]


def measured_training(name, options):
    """One row of training on molecules, in milliseconds an epoch."""
    functions = training_functions(TRAINING[name])
    samples = interleave(functions, options.rounds, clock_of(options.threads), options.seconds)
    return [epoch_row(name, samples, *functions)]


def epoch_row(name, samples, ours, reference, bar=None):
    """The row of two of the functions that were timed, by their names."""
    ratio = speed(samples, ours, reference)
    print(f"{name}: {ratio:.2f} x {reference}", flush=True)
    return {
        "name": name,
        "reference": reference,
        "milliseconds": {"epoch": {"ours": samples[ours], "reference": samples[reference]}},
        "epoch": ratio,
        "bar": bar,
    }


if __name__ == "__main__":
    main()
