from keras_gt.presets.card import format_runs, format_spread, make_card

CARD = """\
# toy

A toy.

## Use

```python
import keras_gt

model = keras_gt.models.ToyClassifier.from_preset("toy")
```

## accuracy, higher is better

|  | value |  |
|---|---|---|
| mean of all runs | 81.0 ± 1.0 % | 2 runs |
| this file | 82.0 % | seed 1, chosen by validation accuracy |
| paper | 81.5 % | On toys, https://example.org/toys |

## Notes

- Made for tests.

## Facts

|  |  |
|---|---|
| class | ToyClassifier |
| backbone | ToyBackbone |
| parameters | 31 |
| data set | toys |
| data set: graphs | 3 |
| split | none |
| training time, all runs | 1 min 15 s |
| licence: data | none stated by the owner |
| licence: weights | Apache-2.0 |
| saved | 2030-01-01, keras_gt 1, Keras 3 |

## How it was trained

```
keras-gt train toy
```

| setting | value |
|---|---|
| epochs | 2 |

## Every run

| run | value |
|---|---|
| seed 0 | 80.0 % |
| seed 1 | 82.0 % |

*Written from metadata.json; every number in it comes from the recorded runs.*
"""


def test_the_card_of_a_preset(metadata):
    content = {
        "name": "toy",
        "class_name": "ToyClassifier",
        "backbone": "ToyBackbone",
        "parameter_count": 31,
        "date_saved": "2030-01-01",
        "keras_version": "3",
        "keras_gt_version": "1",
        **metadata,
        "notes": ["Made for tests."],
    }
    assert make_card(content) == CARD


def test_a_card_without_numbers_has_none():
    card = make_card({"name": "x", "class_name": "GAT", "backbone": "GAT"})
    assert "backbone = keras_gt.models.GAT" in card
    assert "## Every run" not in card
    assert "±" not in card


def test_spread():
    assert format_spread({"value": 0.22612, "std": 0.0141}) == "0.2261 ± 0.0141"
    assert format_spread({"title": "no number"}) == "not stated"
    assert format_spread({"mean": 0.61, "std": 0.05}, "log mol/l") == "0.61 ± 0.05 log mol/l"


def test_one_run_is_no_plural():
    assert [format_runs(number) for number in (1, 2)] == ["1 run", "2 runs"]


def test_table_cells_cannot_break_the_table():
    card = make_card({"name": "x", "class_name": "GAT", "licence": {"data": "a | b\nc"}})
    assert "| licence: data | a \\| b c |" in card


def test_a_run_may_show_its_curve():
    run = {"run": "seed 0", "value": 0.5, "curve": [[1, 0.75], [9, 0.5]]}
    metric = {"name": "test MAE", "mean": 0.5, "runs": [run]}
    card = make_card({"name": "x", "class_name": "GAT", "backbone": "GAT", "metric": metric})
    assert "| run | value |\n" in card
    assert "| mean of all runs | 0.5 | 1 run |\n" in card
    curve = "| epoch | validation |\n|---|---|\n| 1 | 0.75 |\n| 9 | 0.5 |"
    assert f"## Validation of seed 0 by epoch\n\n{curve}" in card
