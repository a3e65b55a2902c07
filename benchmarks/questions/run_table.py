"""A record that grows run by run, so that an experiment that was stopped goes on where it was."""

import json
import time

from benchmarks.records import write_record


class RunTable:
    """The runs of an experiment, each known by its settings and its seed.

    Args:
        folder: `pathlib.Path` of the record.
        name: str, the record is <folder>/<name>.json; it is read where it exists.
        program: str, the module that makes it.
        **content: what else the record says.
    """

    def __init__(self, folder, name, program, **content):
        self._place = (folder, name, program)
        self._content = content
        path = folder / f"{name}.json"
        self.runs = json.loads(path.read_text("utf-8"))["runs"] if path.is_file() else []

    def find(self, settings, seed):
        """The run of these settings and this seed, or None."""
        return next(
            (run for run in self.runs if (run["settings"], run["seed"]) == (settings, seed)), None
        )

    def missing(self, settings, seeds):
        """The seeds of which there is no run at these settings."""
        return [seed for seed in seeds if self.find(settings, seed) is None]

    def add(self, settings, seed, function):
        """Makes one run, `function(seed)` -> dict, and writes the record."""
        from keras_gt.recipes.environment import commit

        start = time.process_time()
        result = function(seed)
        seconds = round(time.process_time() - start, 1)
        run = {"settings": settings, "seed": seed, **result}
        self.runs.append({**run, "cpu_seconds": seconds, "commit": commit()})
        print(json.dumps({**settings, "seed": seed, **result, "cpu_seconds": seconds}), flush=True)
        write_record(*self._place, **self._content, runs=self.runs)

    def fill(self, settings, seeds, prepare):
        """Makes the missing runs of one setting.

        Args:
            settings: dict of plain values.
            seeds: iterable of int.
            prepare: function settings -> function seed -> dict. It is called once, so that one
                compiled model can serve all seeds.
        """
        missing = self.missing(settings, seeds)
        if missing:
            run = prepare(settings)
            for seed in missing:
                self.add(settings, seed, run)
