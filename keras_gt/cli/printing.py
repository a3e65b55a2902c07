"""How the commands print: a table for people, JSON for machines."""

import json
import math


def print_json(value):
    """One JSON document on standard output; numbers that JSON lacks become null."""
    print(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def _plain(value):
    if hasattr(value, "tolist"):  # NumPy arrays and numbers
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_table(columns, rows, right=(), optional=()):
    """A table on standard output.

    A terminal that is too narrow gets it without the `optional` columns, as many of them as need
    be, the first first; a file or a pipe gets lines as long as they are.

    Args:
        columns: list of str, the headings.
        rows: list of lists of str.
        right: headings of columns to align to the right.
        optional: headings that may be left out.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    rows = [[str(cell) for cell in row] for row in rows]
    widths = {
        column: max(len(text) for text in (column, *(row[index] for row in rows))) + 3
        for index, column in enumerate(columns)
    }
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = sum(widths.values()) + 2
    left_out = set()
    for column in optional:
        if sum(widths[name] for name in columns if name not in left_out) + 2 > console.width:
            left_out.add(column)
    table = Table(box=box.SIMPLE_HEAD)
    shown = [index for index, column in enumerate(columns) if column not in left_out]
    for index in shown:
        justify = "right" if columns[index] in right else "left"
        table.add_column(columns[index], justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(row[index] for index in shown))
    console.print(table)


def format_size(size):
    """Bytes in words.

    Example:

    >>> format_size(950), format_size(48_300), format_size(2_456_000)
    ('950 B', '48.3 kB', '2.5 MB')
    """
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.1f} {unit}" if unit != "B" else f"{size} B"
        size /= 1000
    return f"{size:.1f} GB"
