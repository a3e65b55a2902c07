"""The runs of an experiment in one JSON file, written as each of them ends."""

import json
import time

from benchmarks.records import RESULTS, write_record
from benchmarks.worker import environment


class RunTable:
    """Makes the runs that a record does not have yet, and keeps it.

    Args:
        name: str, of the record: `<folder>/<name>.json`.
        program: str, the module that `python -m` runs.
        settings: dict that JSON can hold. Runs of a record with other settings are dropped.
        summarise: function from the list of runs to a dict, kept beside them in the record.
        folder: `pathlib.Path`.
    """

    def __init__(self, name, program, settings, summarise, folder=RESULTS):
        self.name = name
        self.program = program
        self.settings = json.loads(json.dumps(settings))
        self.summarise = summarise
        self.folder = folder
        path = folder / f"{name}.json"
        content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        self.runs = content["runs"] if content.get("settings") == self.settings else []

    def run(self, keys, function):
        """The record of one run: the one that is there, or `function()`'s, added and written.

        Args:
            keys: dict of str and numbers that tell this run from all others.
            function: function without arguments that gives a dict.

        Returns:
            dict of the keys, what the function gave, `cpu_seconds`, `commit`, `date`, `backend`.
        """
        for record in self.runs:
            if all(record[name] == value for name, value in keys.items()):
                return record
        start = time.process_time()
        result = function()
        cpu_seconds = round(time.process_time() - start, 1)
        made = environment(threads=1)
        made = {name: made[name] for name in ("commit", "date", "backend")}
        record = json.loads(json.dumps({**keys, **result, "cpu_seconds": cpu_seconds, **made}))
        self.runs.append(record)
        self.write()
        return record

    def write(self):
        """Writes the record, with the summary of the runs so far."""
        write_record(
            self.folder,
            self.name,
            self.program,
            clock="process",
            settings=self.settings,
            summary=self.summarise(self.runs),
            runs=self.runs,
        )
