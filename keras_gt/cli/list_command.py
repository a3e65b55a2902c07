"""`keras-gt list`: the presets that can be loaded by name."""

from keras_gt.cli.printing import format_size, print_json, print_table
from keras_gt.presets import list_presets
from keras_gt.presets.card import format_number, format_spread


def add_parser(commands):
    parser = commands.add_parser("list", help="the presets that can be loaded by name")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def run(arguments):
    presets = list_presets()
    if arguments.json:
        print_json(presets)
        return 0
    rows = []
    for name, entry in presets.items():
        metric, shipped = entry.get("metric", {}), entry.get("shipped", {})
        unit = metric.get("unit", "")
        rows.append(
            [
                name,
                entry.get("dataset", ""),
                entry.get("class_name", ""),
                entry.get("backbone", ""),
                metric.get("name", ""),
                format_spread(metric, unit) if metric else "",
                format_number(shipped["value"], unit) if shipped else "",
                format_spread(entry["paper"], unit) if "paper" in entry else "",
                format_number(entry.get("parameter_count", "")),
                format_size(entry["size"]),
            ]
        )
    columns = ["name", "data", "task", "backbone", "metric", "all runs", "this file", "paper"]
    columns += ["parameters", "size"]
    optional = ["backbone", "task", "size", "parameters", "this file", "data"]
    print_table(columns, rows, right=columns[5:], optional=optional)
    return 0
