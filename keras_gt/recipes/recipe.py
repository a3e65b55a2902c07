import collections
import math
import os
import shutil
import sys
import time
from pathlib import Path

import keras
import numpy as np

from keras_gt.datasets import info as dataset_info
from keras_gt.presets import load_preset, save_preset, update_metadata
from keras_gt.presets.card import format_runs
from keras_gt.presets.index import build_index
from keras_gt.recipes.environment import describe_environment
from keras_gt.recipes.run_records import MAIN, RunRecords

RUNS_FILE = "runs.json"
_CURVE_POINTS = 16  # of a validation curve on a card


class Recipe:
    """How a preset is made: data, split, model, settings, and the runs of the protocol.

    `run` makes every run of the protocol that has no record yet, keeps the weights of the run
    that is best on validation, and writes the preset with its card. It can be stopped at any time
    and goes on where it was. A subclass says how one run is made, in `train`.

    Args:
        name: str, the preset's name.
        description: str, one sentence.
        dataset: str, the data set's name.
        split: str, which nodes or graphs train, select and test.
        run_names: list of str, the runs of the protocol.
        metric: dict of `name`, `unit` ("%" or "") and `higher_is_better`.
        selected_by: str, the validation metric that chooses among epochs and among runs.
        paper: dict, see `keras_gt.presets.metadata`.
        settings: dict of the training settings that the card shows.
        baselines: dict from the name of a baseline, trained in the same runs, to what it is.
        budget_seconds: float, time after which no further run is begun unless another is given.
        notes: list of str for the card.
    """

    def __init__(
        self,
        name,
        *,
        description,
        dataset,
        split,
        run_names,
        metric,
        selected_by,
        paper,
        settings,
        baselines=None,
        budget_seconds=3600.0,
        notes=(),
    ):
        self.name = name
        self.description = description
        self.dataset = dataset
        self.split = split
        self.run_names = list(run_names)
        self.metric = dict(metric)
        self.selected_by = selected_by
        self.paper = dict(paper)
        self.settings = dict(settings)
        self.baselines = dict(baselines or {})
        self.budget_seconds = budget_seconds
        self.notes = list(notes)

    # === What a subclass says ===

    def build(self, number=0, variant=MAIN):
        """A new task, for the run of this number."""
        raise NotImplementedError(f"{type(self).__name__} must have build(number, variant).")

    def train(self, number, variant, work, deadline):
        """Makes one run.

        Args:
            number: int, the run's place in `run_names`.
            variant: "preset" or the name of a baseline.
            work: `pathlib.Path` of a folder for checkpoints of this recipe.
            deadline: float on the clock of `time.monotonic`; only long runs look at it.

        Returns:
            (task, record): the task with the weights that validation chose, and a dict of `value`
            (test), `validation`, `epochs` and whatever else is worth keeping; None if the run was
            left unfinished at the deadline, to go on later.
        """
        raise NotImplementedError(f"{type(self).__name__} must have train(...).")

    def evaluate(self, task, run=None):
        """The test metric of a task.

        Args:
            task: a task as the recipe builds it.
            run: str, the run whose test part is meant; the first by default.

        Returns:
            A dict: `value` in the metric's unit, and what it was computed on.
        """
        raise NotImplementedError(f"{type(self).__name__} must have evaluate(task, run).")

    def sample(self, task, number):
        """A small input that is stored with the preset: dict of arrays."""
        raise NotImplementedError(f"{type(self).__name__} must have sample(task, number).")

    # === The engine ===

    @property
    def command(self):
        """The command line that makes the preset again."""
        return f"KERAS_BACKEND={keras.config.backend()} keras-gt train {self.name}"

    def run(self, output_directory, budget_seconds=None, resume=True, progress=None):
        """Makes the runs that are missing and writes the preset.

        Args:
            output_directory: path of the preset. Checkpoints lie beside its parent, in
                `<parent>.training/<name>`.
            budget_seconds: float, the time after which no further run is begun; the recipe's own
                by default.
            resume: bool, whether finished runs are kept.
            progress: function that takes a line of text; prints to standard error by default.

        Returns:
            A dict: `preset`, `runs`, `of`, and where there are runs `mean`, `std` and `shipped`.
        """
        output = Path(output_directory).absolute()
        work = output.parent.with_name(f"{output.parent.name}.training") / output.name
        say = progress or (lambda line: print(line, file=sys.stderr, flush=True))
        if not resume:
            shutil.rmtree(work, ignore_errors=True)
        elif not (work / RUNS_FILE).is_file() and (output / RUNS_FILE).is_file():
            work.mkdir(parents=True, exist_ok=True)
            shutil.copy2(output / RUNS_FILE, work / RUNS_FILE)
        records = RunRecords(work / RUNS_FILE)
        budget = self.budget_seconds if budget_seconds is None else budget_seconds
        deadline = time.monotonic() + budget
        for variant in (MAIN, *self.baselines):
            made = self._make_missing_runs(variant, records, work, deadline, say)
            written = (output / "metadata.json").is_file()
            if records.runs() and (made or not written):
                self._write(output, records, work)
                say(f"{self.name}: written to {output}")
        return self._summary(records)

    def _make_missing_runs(self, variant, records, work, deadline, say):
        """Makes the runs of one variant until the deadline; returns how many."""
        made = 0
        for number, run in enumerate(self.run_names):
            if records.find(run, variant):
                continue
            if time.monotonic() >= deadline:
                return made
            record = self._make_run(number, variant, records, work, deadline)
            if record is None:
                say(f"{self.name}: {run} stopped at the end of the budget, to go on later")
                return made
            made += 1
            title = self.name if variant == MAIN else f"{self.name}, {variant}"
            say(
                f"{title}: {run}: {self.metric['name']} {record['value']:.4g}, validation "
                f"{record['validation']:.4g}, {record['epochs']} epochs, "
                f"{record['cpu_seconds']:.0f} s"
            )
        return made

    def _make_run(self, number, variant, records, work, deadline):
        work.mkdir(parents=True, exist_ok=True)
        wall, cpu = time.monotonic(), time.process_time()
        result = self.train(number, variant, work, deadline)
        if result is None:
            return None
        task, measured = result
        best = self._best(records.runs())
        record = {
            "run": self.run_names[number],
            "seconds": round(time.monotonic() - wall, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1),
            **measured,
            "command": self.command,
            **describe_environment(),
        }
        is_best = variant == MAIN and (best is None or self._is_better(record, best))
        if is_best:  # before the record: a record of the best run never stands without its weights
            self._save_weights(task, work, number)
        records.add(record, variant)
        if is_best and best is not None:
            self._weights_file(work, best["run"]).unlink(missing_ok=True)
        return record

    def _weights_file(self, work, run):
        return work / f"weights_of_{run.replace(' ', '_')}.npz"

    def _save_weights(self, task, work, number):
        path = self._weights_file(work, self.run_names[number])
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, *task.get_weights())
        os.replace(partial, path)

    def _is_better(self, record, best):
        if self.metric["higher_is_better"]:
            return record["validation"] > best["validation"]
        return record["validation"] < best["validation"]

    def _best(self, runs):
        best = None
        for record in runs:
            if best is None or self._is_better(record, best):
                best = record
        return best

    def _write(self, output, records, work):
        best = self._best(records.runs())
        number = self.run_names.index(best["run"])
        metadata = self.metadata(records)
        path = self._weights_file(work, best["run"])
        if path.is_file():
            task = self.build(number)
            with np.load(path, allow_pickle=False) as weights:
                task.set_weights([weights[name] for name in weights.files])
        else:
            task = load_preset(type(self.build(number)), str(output))
        save_preset(task, output, metadata, sample=self.sample(task, number))
        shutil.copyfile(work / RUNS_FILE, output / RUNS_FILE)
        update_metadata(output)
        build_index(output.parent)

    def _summary(self, records):
        runs = records.runs()
        summary = {"preset": self.name, "runs": len(runs), "of": len(self.run_names)}
        if runs:
            best = self._best(runs)
            mean, std = mean_and_std(runs)
            summary.update(mean=mean, std=std, shipped={"run": best["run"], "value": best["value"]})
        return summary

    # === What the card says ===

    def metadata(self, records):
        """What `save_preset` is told about the runs made so far."""
        runs = records.runs()
        best = self._best(runs)
        mean, std = mean_and_std(runs)
        data = dataset_info(self.dataset)
        notes = list(self.notes)
        if len(runs) < len(self.run_names):
            notes.insert(
                0,
                f"Runs {len(runs)} of {len(self.run_names)}: the protocol is not complete. "
                f"`keras-gt train {self.name}` makes the others.",
            )
        notes += [self._baseline_note(name, records, runs) for name in self.baselines]
        return {
            "name": self.name,
            "description": self.description,
            "dataset": {"name": self.dataset, "title": data.title, "source": data.source},
            "split": self.split,
            "metric": {
                **self.metric,
                "mean": mean,
                **({"std": std} if len(runs) > 1 else {}),
                "runs": [self._shown(record) for record in runs],
            },
            "shipped": {
                "run": best["run"],
                "value": best["value"],
                "validation": best["validation"],
                "selected_by": self.selected_by,
            },
            "paper": self.paper,
            "licence": {
                "data": data.licence or "none stated by the owner",
                "weights": "Apache-2.0",
            },
            "recipe": {
                "command": f"keras-gt train {self.name}",
                "backend": _backends(runs),
                **self.settings,
            },
            "training_time": float(sum(record["cpu_seconds"] for record in runs)),
            "notes": [note for note in notes if note],
        }

    def _shown(self, record):
        """What the card shows of a run; of a protocol's only run its validation curve, too."""
        keys = ("run", "value", "validation", "epochs", "seconds", "cpu_seconds")
        shown = {key: record[key] for key in keys if key in record}
        if len(self.run_names) == 1 and "curve" in record:
            curve = record["curve"]
            step = -(-len(curve) // _CURVE_POINTS)
            shown["curve"] = [*curve[:-1:step], curve[-1]]
        return shown

    def _baseline_note(self, name, records, main):
        runs = records.runs(name)
        if not runs:
            return None
        mean, std = mean_and_std(runs)
        same = [record for record in main if records.find(record["run"], name)]
        own, _ = mean_and_std(same)
        return (
            f"Beside {self.baselines[name]}, in the same {len(runs)} runs: {mean:.4g} ± {std:.2g} "
            f"({self.metric['name']}); this preset's mean over them is {own:.4g}."
        )


def _backends(runs):
    """The backend of all runs; where there are several, with the number of runs of each."""
    counts = collections.Counter(record["backend"] for record in runs)
    if len(counts) == 1:
        return next(iter(counts))
    (first, number), *others = counts.items()
    words = [f"{first} ({format_runs(number)})", *(f"{name} ({n})" for name, n in others)]
    return ", ".join(words)


def mean_and_std(runs):
    """Mean and (population) standard deviation of the runs' values."""
    values = [record["value"] for record in runs]
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
