"""Small hand-made files and records for the tests of the data sets."""

import hashlib

import pytest

from keras_gt.datasets import DatasetInfo, FileRecord


@pytest.fixture
def make_info():
    """Returns a function that makes a `DatasetInfo` of named file contents (bytes)."""

    def make(name, contents=None, url="http://127.0.0.1:1", **fields):
        files = tuple(
            FileRecord(file, f"{url}/{name}/{file}", hashlib.sha256(data).hexdigest(), len(data))
            for file, data in (contents or {}).items()
        )
        fields.setdefault("kind", "node")
        return DatasetInfo(name=name, title=name, task="none", folder=name, files=files, **fields)

    return make


@pytest.fixture
def write_files(tmp_path):
    """Returns a function that writes named contents (bytes or text) and returns their paths."""

    def write(contents):
        paths = {name: tmp_path / name for name in contents}
        for name, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            paths[name].write_bytes(data)
        return paths

    return write
