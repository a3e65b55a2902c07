import io
import zipfile

import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.datasets.trec import read_trec

TRAIN = b"NUM:date When is it ?\nLOC:other Where in Bogot\xe1 ?\r\nNUM:count How many ?\n"
TEST = b"LOC:city Which city ?\n"


@pytest.fixture
def read(make_info, write_files):
    def read(train=TRAIN, **options):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as files:
            files.writestr("qc/train.txt", train)
            files.writestr("qc/test.txt", TEST)
        paths = write_files({"qc.zip": stream.getvalue()})
        return read_trec(make_info("trec", kind="text"), paths, **options)

    return read


def test_a_tiny_archive_is_read(read):
    dataset = read()
    assert dataset.texts == ["When is it ?", "Where in Bogotá ?", "How many ?", "Which city ?"]
    assert dataset.label_names == ("LOC", "NUM") and dataset.labels.tolist() == [1, 0, 1, 0]
    parts = {part: numbers.tolist() for part, numbers in dataset.split().items()}
    assert parts == {"train": [0, 1, 2], "validation": [], "test": [3]}


def test_fine_classes(read):
    dataset = read(classes=50)
    assert dataset.label_names == ("LOC:city", "LOC:other", "NUM:count", "NUM:date")
    assert dataset.labels.tolist() == [3, 1, 2, 0] and dataset.num_classes == 4


def test_errors(read):
    with pytest.raises(ValueError, match="classes must be 6 or 50. Received: classes=5"):
        read(classes=5)
    with pytest.raises(ValueError, match="qc/train.txt must have a class such as .*line 2: 'When"):
        read(b"NUM:date When ?\nWhen is it ?\n")


@pytest.mark.real_data
def test_real_trec_statistics():
    dataset = datasets.load("trec")
    counts = dataset.info.statistics
    assert [len(numbers) for numbers in dataset.split().values()] == counts["sentences"]
    assert dataset.label_names == dataset.info.label_names
    assert dataset.num_classes == counts["classes"]
    assert dataset.texts[0] == "How did serfdom develop in and then leave Russia ?"
    assert dataset.label_names[dataset.labels[0]] == "DESC"
    fine = datasets.load("trec", classes=50)
    assert fine.num_classes == counts["fine_classes"]
    assert len(np.unique(fine.part("test")[1])) == 42
