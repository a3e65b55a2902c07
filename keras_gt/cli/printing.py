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


def print_table(columns, rows, right=()):
    """A table on standard output, as wide as the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, str) else str(cell) for cell in row))
    Console(markup=False, highlight=False, emoji=False).print(table)


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
