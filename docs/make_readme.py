"""Rewrites the tables of README.md from zoo/index.json and benchmarks/results.

`make readme` runs it; a test fails where README.md is not what it would write.
"""

import json
import pathlib

from keras_gt.presets.card import format_number, format_runs, format_spread
from keras_gt.presets.index import index_entry

ROOT = pathlib.Path(__file__).parent.parent
README = ROOT / "README.md"
BACKENDS = {"torch": "PyTorch", "jax": "JAX", "tensorflow": "TensorFlow"}


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def mean_and_spread(entry, unit):
    """`82.5 ± 0.9 %`; three decimals and no unit where it is no percentage."""
    if unit == "%":
        return format_spread(entry, unit)
    parts = [entry.get("mean", entry.get("value")), entry.get("std")]
    return " ± ".join(f"{part:.3f}" for part in parts if part is not None)


def presets_table():
    """One line a preset of the zoo: its protocol's result beside the published one."""
    folders = sorted(path.parent for path in (ROOT / "zoo").glob("*/metadata.json"))
    rows = []
    for folder in folders:
        entry = index_entry(folder)
        metric, paper = entry["metric"], entry.get("paper", {})
        unit = metric.get("unit", "")
        name = metric["name"] if unit in ("", "%") else f"{metric['name']}, {unit}"
        rows.append(
            [
                f"[{folder.name}](zoo/{folder.name}/README.md)",
                f"{entry['class_name']}, {entry['backbone']}",
                name,
                f"{mean_and_spread(metric, unit)} ({format_runs(metric['runs'])})",
                mean_and_spread(paper, unit),
                format_number(entry["parameter_count"]),
            ]
        )
    return table(["preset", "task, backbone", "metric", "ours", "published", "parameters"], rows)


def speed_table(threads, machine):
    """One line a piece of work: speed over the reference on each backend."""
    speeds, machines = {}, set()
    for backend in BACKENDS:
        path = ROOT / "benchmarks" / "results" / f"{backend}.json"
        if not path.exists():
            continue
        record = json.loads(path.read_text(encoding="utf-8"))[threads]
        machines.add(record["machine"])
        for row in record["rows"]:
            ratio = row["epoch" if "epoch" in row else "forward and backward"]
            work = (row["name"], row["reference"])
            speeds.setdefault(work, {})[backend] = f"{ratio:.1f}"
    if not speeds:
        return "Not measured on this commit: `make benchmark` prints the table and writes its JSON."
    rows = [
        [*work, *(found.get(backend, "") for backend in BACKENDS)] for work, found in speeds.items()
    ]
    measured = f"{machine} of {', '.join(sorted(machines))}."
    return table(["work", "against", *BACKENDS.values()], rows) + f"\n\n{measured}"


def replaced(text, name, content):
    """The text with what stands between two marks replaced."""
    start, end = f"<!-- {name}: begin -->\n", f"\n<!-- {name}: end -->"
    before, rest = text.split(start)
    return before + start + content + end + rest.split(end)[1]


def make_readme():
    """README.md with its tables as they should be."""
    text = README.read_text(encoding="utf-8")
    tables = {
        "presets": presets_table(),
        "speed": speed_table("1 thread", "Measured on one core"),
        "two threads": speed_table("2 threads", "Two threads, wall time, on cores"),
    }
    for name, content in tables.items():
        text = replaced(text, name, content)
    return text


if __name__ == "__main__":
    README.write_text(make_readme(), encoding="utf-8")
