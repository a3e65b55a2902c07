"""`keras-gt evaluate`: a preset's own metric on its own test data."""

from keras_gt.cli.printing import print_json
from keras_gt.presets import open_preset
from keras_gt.presets.card import format_number


def add_parser(commands):
    parser = commands.add_parser("evaluate", help="compute a preset's metric on its test data")
    parser.add_argument("preset", help="a name from `keras-gt list`, a directory or an address")
    parser.add_argument("--sha256", help="the hash that its metadata.json must have")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(arguments):
    from keras_gt.cli.models import load_model

    files = open_preset(arguments.preset, sha256=arguments.sha256)
    result = evaluate(files, load_model(files))
    if arguments.json:
        print_json(result)
        return 0
    unit = files.metadata.get("metric", {}).get("unit", "")
    for key, value in result.items():
        print(f"{key}: {format_number(value, unit if key in ('value', 'shipped') else '')}")
    return 0


def evaluate(files, model):
    """The metric of a preset as its recipe computes it.

    Args:
        files: the opened preset.
        model: the task that was loaded from it.

    Returns:
        A dict: `preset`, `metric` (its name), `value`, `shipped` (as metadata.json has it), and
        whatever else the recipe tells.

    Raises:
        ValueError: if no recipe has the preset's name.
    """
    from keras_gt import recipes

    name, shipped = files.metadata.get("name"), files.metadata.get("shipped", {})
    measured = recipes.get(name).evaluate(model, run=shipped.get("run"))
    return {
        "preset": name,
        "metric": files.metadata.get("metric", {}).get("name"),
        "value": measured["value"],
        "shipped": shipped.get("value"),
        **{key: value for key, value in measured.items() if key != "value"},
    }
