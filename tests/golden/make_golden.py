"""Writes the golden files that do not exist yet.

    KERAS_BACKEND=torch python -m tests.golden.make_golden

A file that exists is never rewritten: delete it first where a layer's definition has changed, and
say why in the change.
"""

from tests.golden.golden_files import golden_path, write_golden
from tests.layers.examples import EXAMPLES

if __name__ == "__main__":
    for name in EXAMPLES:
        if not golden_path(name).exists():
            write_golden(name)
            print(golden_path(name).name)
