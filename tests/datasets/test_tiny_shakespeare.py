import pytest

from keras_gt import datasets
from keras_gt.datasets.tiny_shakespeare import read_tiny_shakespeare


def test_nine_tenths_are_for_training(make_info, write_files):
    paths = write_files({"input.txt": "0123456789\r\nabcdefg"})
    dataset = read_tiny_shakespeare(make_info("s", kind="text"), paths)
    assert dataset.texts == ["0123456789\r\nabcde", "fg"]
    assert dataset.part("train") == (dataset.texts[:1], None)
    assert dataset.part("validation")[0] == ["fg"] and dataset.part("test")[0] == []


def test_an_empty_file_is_refused(make_info, write_files):
    with pytest.raises(ValueError, match="input.txt must hold a text"):
        read_tiny_shakespeare(make_info("s", kind="text"), write_files({"input.txt": ""}))


@pytest.mark.real_data
def test_real_text_statistics():
    dataset = datasets.load("tiny-shakespeare")
    counts = dataset.info.statistics
    assert [len(text) for text in dataset.texts] == counts["characters"]
    assert len(set("".join(dataset.texts))) == counts["vocabulary"]
    assert dataset.texts[0].startswith("First Citizen:\nBefore we proceed any further")
