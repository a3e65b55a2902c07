"""`keras-gt verify`: do presets still give the numbers they were shipped with?"""

import os

from keras_gt.cli.printing import print_json, print_table
from keras_gt.presets import list_presets, open_preset
from keras_gt.presets.card import format_number
from keras_gt.presets.preset_format import SAMPLE_FILE

METRIC_TOLERANCE = 5e-3


def add_parser(commands):
    parser = commands.add_parser(
        "verify",
        help="re-run stored inputs, and with data at hand the shipped metric",
        description="Checks every file's hash, runs the stored input and compares the output with "
        "the stored one (1e-4 of the largest). The shipped metric is computed again (to 0.5 %%) "
        "where KERAS_GT_DATA names the data, or with --metric, which may download them.",
    )
    parser.add_argument("presets", nargs="*", metavar="preset", help="all named ones by default")
    metric = parser.add_mutually_exclusive_group()
    metric.add_argument("--metric", action="store_true", help="compute metrics, fetch data for it")
    metric.add_argument("--no-metric", action="store_true", help="leave metrics out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(arguments):
    handles = arguments.presets or list(list_presets())
    if not handles:
        raise ValueError("There must be presets to verify. Name one. Received: an empty zoo")
    with_metric = arguments.metric or (
        bool(os.environ.get("KERAS_GT_DATA")) and not arguments.no_metric
    )
    results = [verify(handle, with_metric) for handle in handles]
    if arguments.json:
        print_json(results)
    else:
        rows = [
            [
                result["preset"],
                result["files"],
                _difference(result),
                _metric(result),
                "ok" if result["ok"] else f"FAILED: {result['problem']}",
            ]
            for result in results
        ]
        print_table(["preset", "files", "stored output", "shipped metric", "result"], rows)
    return 0 if all(result["ok"] for result in results) else 1


def _difference(result):
    value = result.get("difference")
    return "none" if value is None else f"{value:.1e} apart"


def _metric(result):
    if "metric" not in result:
        return ""
    return f"{format_number(result['metric'])} (shipped {format_number(result['shipped'])})"


def verify(handle, with_metric):
    """Checks one preset.

    Args:
        handle: str, see `keras_gt.presets.open_preset`.
        with_metric: bool, whether to compute the shipped metric, which needs the data set.

    Returns:
        A dict: `preset`, `ok`, `files` ("ok"), `difference` (relative, stored output), `metric`
        and `shipped` where computed, and the `problem` of what failed.
    """
    result = {"preset": handle, "ok": False, "files": ""}
    try:
        files = open_preset(handle)
        files.check_all()
        result["files"] = "ok"
        _verify_numbers(files, result, with_metric)
    except (ValueError, OSError, ImportError) as error:
        result["problem"] = str(error)
    result["ok"] = "problem" not in result
    return result


def _verify_numbers(files, result, with_metric):
    from keras_gt.cli.models import load_model
    from keras_gt.presets.sample import TOLERANCE, check_sample

    model = load_model(files)
    if SAMPLE_FILE in files:
        result["difference"] = check_sample(model, files.path(SAMPLE_FILE))
        if not result["difference"] <= TOLERANCE:
            result["problem"] = f"the output differs by {result['difference']:.1e} of its largest"
    shipped = files.metadata.get("shipped")
    if with_metric and shipped:
        from keras_gt.cli.evaluate_command import evaluate

        result["shipped"] = shipped["value"]
        result["metric"] = evaluate(files, model)["value"]
        if not abs(result["metric"] - result["shipped"]) <= METRIC_TOLERANCE * abs(
            shipped["value"]
        ):
            result["problem"] = f"the metric is {result['metric']:.5g}, not {shipped['value']:.5g}"
