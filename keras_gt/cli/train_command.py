"""`keras-gt train`: re-runs the recipe that made a preset."""

import argparse
import re
import sys
import time
from pathlib import Path

from keras_gt.cli.printing import print_json
from keras_gt.presets.card import format_spread

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


def add_parser(commands):
    parser = commands.add_parser(
        "train",
        help="re-run the recipe that made a preset, or all of them",
        description="Runs every seed or fold of a recipe and writes the preset, its card and its "
        "run records to OUTPUT/PRESET. A run that was stopped goes on where it was.",
    )
    parser.add_argument("presets", nargs="*", metavar="preset", help="names of recipes")
    parser.add_argument("--all", action="store_true", help="every recipe that is not complete")
    parser.add_argument(
        "--budget", type=parse_duration, metavar="TIME", help="stop after this time: 90s, 150m, 2h"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("zoo"), help="the folder of presets (default: zoo)"
    )
    parser.add_argument("--restart", action="store_true", help="forget runs that were done")
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    return parser


def parse_duration(text):
    """Seconds from "90", "90s", "150m", "2h" or "1h30m".

    Example:

    >>> parse_duration("1h30m"), parse_duration("150m"), parse_duration("45")
    (5400, 9000, 45)
    """
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise argparse.ArgumentTypeError(
            f"a time must be like 90s, 150m, 2h or 1h30m. Received: {text!r}"
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def run(arguments):
    from keras_gt import recipes

    if bool(arguments.presets) == arguments.all:
        raise ValueError("Give the presets to train, or --all. Received: neither, or both")
    names = recipes.names() if arguments.all else arguments.presets
    chosen = [(name, recipes.get(name)) for name in names]
    deadline = None if arguments.budget is None else time.monotonic() + arguments.budget
    records = {}
    for name, recipe in chosen:
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            print(f"{name}: not started, the budget is spent", file=sys.stderr)
            continue
        records[name] = recipe.run(
            arguments.output / name, budget_seconds=left, resume=not arguments.restart
        )
        if not arguments.json:
            print(_summary(name, records[name]))
    if arguments.json:
        print_json(records)
    return 0


def _summary(name, record):
    runs = f"{name}: {record['runs']} of {record['of']} runs"
    return f"{runs}, {format_spread(record)}" if record["runs"] else runs
