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
from benchmarks.rows import ROWS
from benchmarks.timing import interleave, peak_megabytes, speed

PACKAGES = ("keras", "numpy", "torch", "torch_geometric", "jax", "tensorflow-cpu", "tensorflow")
EPOCH_ROW = "model.fit, 2-layer GAT, Cora size, dropout 0.6"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--rows", default="")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    record = environment(options.threads)
    record["rows"] = [measured(row, options) for row in ROWS if is_wanted(row.name, options, row)]
    if options.threads == 1 and options.rows in EPOCH_ROW:
        record["rows"] += measured_epochs(options)
    options.output.write_text(json.dumps(record, indent=1))


def is_wanted(name, options, row):
    """Whether a row belongs to this run."""
    if options.rows not in name or (options.quick and row.large):
        return False
    return options.threads == 1 or row.two_threads


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


def measured(row, options):
    """One row: samples, speeds and the bar."""
    rounds = 3 if options.quick else 7
    functions = row.make()
    clock = clock_of(options.threads)
    samples = {}
    for number, kind in enumerate(("forward", "forward and backward")):
        pair = {name: functions[name][number] for name in ("ours", "reference")}
        samples[kind] = interleave(pair, rounds, clock)
    both = speed(samples["forward and backward"], "ours", "reference")
    result = {
        "name": row.name,
        "reference": row.reference,
        "milliseconds": samples,
        "forward": speed(samples["forward"], "ours", "reference"),
        "forward and backward": both,
        "bar": row.bars.get(keras.backend.backend()),
    }
    if row.memory and options.threads == 1:
        result["peak megabytes"] = {
            name: peak_megabytes(functions[name][1]) for name in ("ours", "reference")
        }
    print(f"{row.name}: {both:.2f} x {row.reference}", flush=True)
    return result


def measured_epochs(options):
    """The rows of model.fit, in milliseconds an epoch."""
    samples = interleave(epoch_functions(), 3 if options.quick else 7, clock_of(options.threads))
    samples = {name: [value / EPOCHS for value in values] for name, values in samples.items()}
    bars = {("ours, word ids", "PyG loop, dense"): EPOCH_BARS[keras.backend.backend()]}
    results = []
    for ours in ("ours, word ids", "ours, dense"):
        for reference in ("PyG loop, dense", "PyG loop, sparse"):
            ratio = speed(samples, ours, reference)
            results.append(
                {
                    "name": f"{EPOCH_ROW}: {ours}",
                    "reference": reference,
                    "milliseconds": {
                        "epoch": {"ours": samples[ours], "reference": samples[reference]}
                    },
                    "epoch": ratio,
                    "bar": bars.get((ours, reference)),
                }
            )
            print(f"{EPOCH_ROW}: {ours}: {ratio:.2f} x {reference}", flush=True)
    return results


if __name__ == "__main__":
    main()
