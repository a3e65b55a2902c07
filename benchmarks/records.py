"""The command line and the record of a benchmark of its own: one JSON file in `results`."""

import argparse
import json
import pathlib
import shlex
import sys

RESULTS = pathlib.Path(__file__).parent / "results"


def parsed(program, description, *files):
    """The command line: one path for each of `files`, and where the record goes."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    for name, text in files:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help=text)
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS, help="folder of the JSON")
    return parser.parse_args()


def write_record(folder, name, program, **content):
    """Writes benchmarks/results/<name>.json: where and how it was made, and every figure.

    Seconds are process time, unless `content` says that its `clock` is "wall".
    """
    from benchmarks.worker import environment

    arguments = [
        pathlib.Path(argument).name if "/" in argument else argument for argument in sys.argv[1:]
    ]
    record = {"command": shlex.join(["python", "-m", program, *arguments])}
    record |= {**environment(threads=1), **content}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path}", flush=True)
