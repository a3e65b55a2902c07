"""`keras-gt`: parses the arguments, runs one command, turns errors into one line."""

import argparse
import os
import sys

from keras_gt import __version__
from keras_gt.cli import (
    convert_command,
    download_command,
    evaluate_command,
    info_command,
    list_command,
    predict_command,
    train_command,
    verify_command,
)

OK, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

_COMMANDS = (
    list_command,
    info_command,
    download_command,
    verify_command,
    evaluate_command,
    predict_command,
    train_command,
    convert_command,
)
_EXPECTED_ERRORS = (ValueError, OSError, ImportError, NotImplementedError)


def make_parser():
    """The argument parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="keras-gt",
        description="Trained graph models for Keras 3: list, check, use and train them.",
        epilog="Exit status: 0 done, 1 failed or a check failed, 2 wrong usage, 130 interrupted. "
        "KERAS_BACKEND chooses jax, tensorflow or torch; KERAS_GT_ZOO another zoo, "
        "KERAS_GT_CACHE another cache, KERAS_GT_DATA a folder with the data sets' files.",
    )
    parser.add_argument("--version", action="version", version=f"keras_gt {__version__}")
    parser.add_argument("--traceback", action="store_true", help="show where an error arose")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_parser(commands).set_defaults(run=command.run)
    return parser


def main(arguments=None):
    """Runs `keras-gt`.

    Args:
        arguments: list of str; those of the process by default.

    Returns:
        The exit status: 0 done, 1 failed or a check failed, 130 interrupted. Wrong usage leaves
        by `SystemExit(2)`.
    """
    parsed = make_parser().parse_args(arguments)
    try:
        return parsed.run(parsed)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except _EXPECTED_ERRORS as error:
        if parsed.traceback:
            raise
        print(f"error: {error}", file=sys.stderr)
        return FAILED
