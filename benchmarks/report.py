"""The table on the screen."""

import statistics


def print_table(backend, record):
    """Prints every row of one backend; a bar that is missed says so."""
    first = next(iter(record.values()))
    versions = ", ".join(f"{name} {version}" for name, version in first["versions"].items())
    print(f"\n{backend} on {first['machine']}, {versions}, commit {first['commit'][:10]}")
    line = "{:<62} {:<17} {:>9} {:>9} {:>8} {:>6}  {}"
    for threads, part in record.items():
        print(f"\n{threads}, {part['clock']} time")
        print(line.format("", "against", "ours ms", "theirs", "speed", "bar", ""))
        for row in part["rows"]:
            for text in lines(row, line):
                print(text)


def lines(row, line):
    """The lines of one row: time, and memory where it was measured."""
    kind = "epoch" if "epoch" in row else "forward and backward"
    ours, theirs = (
        statistics.median(row["milliseconds"][kind][name]) for name in ("ours", "reference")
    )
    bar = row["bar"]
    yield line.format(
        row["name"],
        row["reference"],
        f"{ours:.2f}",
        f"{theirs:.2f}",
        f"{row[kind]:.2f}",
        "" if bar is None else bar,
        "" if bar is None else verdict(row[kind] >= bar),
    )
    if "forward" in row:
        ours, theirs = (
            statistics.median(row["milliseconds"]["forward"][name])
            for name in ("ours", "reference")
        )
        yield line.format(
            "    forward alone", "", f"{ours:.2f}", f"{theirs:.2f}", f"{row['forward']:.2f}", "", ""
        )
    if "peak megabytes" in row:
        ours, theirs = (row["peak megabytes"][name] for name in ("ours", "reference"))
        most = row["memory bar"]
        yield line.format(
            "    peak megabytes",
            "",
            f"{ours:.0f}",
            f"{theirs:.0f}",
            "",
            "" if most is None else most,
            "" if most is None else verdict(ours <= most * theirs),
        )


def verdict(met):
    return "met" if met else "MISSED"
