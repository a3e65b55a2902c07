"""The model card: README.md of a preset, written from its metadata alone."""

import numbers


def format_number(value, unit=""):
    """A number as a card shows it: four significant digits, percent with one decimal.

    Example:

    >>> format_number(83.0449, "%"), format_number(0.22612), format_number(588929)
    ('83.0 %', '0.2261', '588,929')
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return str(value)
    if unit == "%":
        return f"{value:.1f} %"
    text = f"{value:,}" if isinstance(value, numbers.Integral) else f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def format_spread(entry, unit=""):
    """`mean +- std`, or the mean or value alone, of a metric entry.

    Example:

    >>> format_spread({"mean": 83.04, "std": 0.71}, "%")
    '83.0 ± 0.7 %'
    """
    value = entry.get("mean", entry.get("value"))
    if value is None:
        return "not stated"
    if entry.get("std") is None:
        return format_number(value, unit)
    number = format_number(value, unit).removesuffix(unit).rstrip()
    spread = format_number(entry["std"], unit)
    return f"{number} ± {spread}"


def format_runs(number):
    """How many runs, in words.

    Example:

    >>> format_runs(1), format_runs(10)
    ('1 run', '10 runs')
    """
    return "1 run" if number == 1 else f"{number} runs"


def format_duration(seconds):
    """Seconds in words.

    Example:

    >>> format_duration(75), format_duration(8000)
    ('1 min 15 s', '2 h 13 min')
    """
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def _escape(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def _table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _numbers_section(metadata):
    metric = metadata.get("metric")
    if not metric:
        return ""
    unit, paper = metric.get("unit", ""), metadata.get("paper")
    rows = [["mean of all runs", format_spread(metric, unit), format_runs(len(metric["runs"]))]]
    if "shipped" in metadata:
        shipped = metadata["shipped"]
        chosen = shipped.get("selected_by")
        note = f"{shipped['run']}, chosen by {chosen}" if chosen else f"{shipped['run']}"
        rows.append(["this file", format_number(shipped["value"], unit), note])
    if paper:
        note = ", ".join(str(paper[key]) for key in ("title", "url", "note") if paper.get(key))
        rows.append(["paper", format_spread(paper, unit), note])
    better = metric.get("higher_is_better")
    direction = {True: ", higher is better", False: ", lower is better"}.get(better, "")
    return f"## {metric['name']}{direction}\n\n" + _table(["", "value", ""], rows)


def _runs_section(metadata):
    metric = metadata.get("metric", {})
    runs = metric.get("runs")
    if not runs:
        return ""
    columns = list(dict.fromkeys(key for run in runs for key in run if key != "curve"))
    units = {"value": metric.get("unit", "")}
    rows = [
        [format_number(run.get(column, ""), units.get(column, "")) for column in columns]
        for run in runs
    ]
    parts = ["## Every run\n\n" + _table(columns, rows)]
    for run in runs:
        if "curve" in run:
            title = f"## Validation of {run['run']} by epoch\n\n"
            values = [[epoch, format_number(value)] for epoch, value in run["curve"]]
            parts.append(title + _table(["epoch", "validation"], values))
    return "\n\n".join(parts)


def _facts_section(metadata):
    facts = [("class", metadata.get("class_name"))]
    facts.append(("backbone", metadata.get("backbone")))
    if metadata.get("parameter_count") is not None:
        facts.append(("parameters", format_number(metadata["parameter_count"])))
    for key, value in metadata.get("dataset", {}).items():
        label = "data set" if key == "name" else f"data set: {key.replace('_', ' ')}"
        facts.append((label, format_number(value)))
    facts.append(("split", metadata.get("split")))
    if "training_time" in metadata:
        facts.append(("training time, all runs", format_duration(metadata["training_time"])))
    for key, value in metadata.get("licence", {}).items():
        facts.append((f"licence: {key}", value))
    facts.append(
        (
            "saved",
            f"{metadata.get('date_saved')}, keras_gt "
            f"{metadata.get('keras_gt_version')}, Keras {metadata.get('keras_version')}",
        )
    )
    return "## Facts\n\n" + _table(["", ""], [fact for fact in facts if fact[1] is not None])


def _recipe_section(metadata):
    recipe = metadata.get("recipe")
    if not recipe:
        return ""
    settings = [[key, format_number(value)] for key, value in recipe.items() if key != "command"]
    text = f"## How it was trained\n\n```\n{recipe['command']}\n```"
    return text + ("\n\n" + _table(["setting", "value"], settings) if settings else "")


def _use_section(metadata):
    name = metadata.get("class_name", "Backbone")
    variable = "backbone" if metadata.get("backbone") == name else "model"
    return (
        "## Use\n\n```python\nimport keras_gt\n\n"
        f'{variable} = keras_gt.models.{name}.from_preset("{metadata.get("name")}")\n```'
    )


def make_card(metadata):
    """The text of README.md.

    Args:
        metadata: dict, the content of metadata.json; `files` is not used.

    Returns:
        Markdown as str: use, numbers beside the paper's, facts, notes, recipe, every run.
    """
    notes = "\n".join(f"- {note}" for note in metadata.get("notes", []))
    sections = [
        f"# {metadata.get('name')}",
        metadata.get("description", ""),
        _use_section(metadata),
        _numbers_section(metadata),
        f"## Notes\n\n{notes}" if notes else "",
        _facts_section(metadata),
        _recipe_section(metadata),
        _runs_section(metadata),
        "*Written from metadata.json; every number in it comes from the recorded runs.*",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"
