import json
import os
from pathlib import Path

MAIN = "preset"


class RunRecords:
    """The record of every finished run of a recipe, in one JSON file that is never half written.

    The runs of the preset itself are under the variant "preset", those of baselines in the same
    folds under the baseline's name.

    Args:
        path: path of the file; it is read where it exists.

    Raises:
        ValueError: if the file is no record of runs.

    Example:
        >>> import tempfile, pathlib
        >>> records = RunRecords(pathlib.Path(tempfile.mkdtemp()) / "runs.json")
        >>> records.add({"run": "seed 0", "value": 81.0})
        >>> records.find("seed 0")["value"], records.find("seed 1")
        (81.0, None)
    """

    def __init__(self, path):
        self.path = Path(path)
        self._variants = {MAIN: []}
        if self.path.is_file():
            content = json.loads(self.path.read_text("utf-8"))
            if not isinstance(content, dict) or not isinstance(content.get(MAIN), list):
                raise ValueError(
                    f"{self.path} must hold the runs of a recipe. Move it away to start anew. "
                    f"Received: {str(content):.80}"
                )
            self._variants = content

    def runs(self, variant=MAIN):
        """The records of one variant, in the order they were made."""
        return list(self._variants.get(variant, ()))

    @property
    def variants(self):
        """The names of all variants with records."""
        return [variant for variant, runs in self._variants.items() if runs]

    def find(self, run, variant=MAIN):
        """The record of a run by its name, or None."""
        return next((record for record in self.runs(variant) if record["run"] == run), None)

    def add(self, record, variant=MAIN):
        """Adds the record of a finished run and writes the file."""
        self._variants.setdefault(variant, []).append(record)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{self.path.name}.partial")
        partial.write_text(json.dumps(self._variants, indent=1) + "\n", "utf-8")
        os.replace(partial, self.path)
