import importlib.util
import pathlib

import numpy as np
import pytest
from scipy.stats import spearmanr

from tests.models.text_models import TEXTS, embedder

PATH = pathlib.Path(__file__).parents[2] / "examples" / "sentence_similarity.py"


def example():
    spec = importlib.util.spec_from_file_location("sentence_similarity", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_rank_correlation_of_a_preset(tmp_path, capsys):
    model = embedder()
    model.save_to_preset(tmp_path / "words")
    rows = zip(TEXTS[:3], TEXTS[1:], (2.0, 5.0, 1.0), strict=True)
    lines = [f'"{one}",{other},{score}' for one, other, score in rows]
    (tmp_path / "pairs.csv").write_text("\n".join(lines), encoding="utf-8")
    found = example().main([str(tmp_path / "words"), str(tmp_path / "pairs.csv")])
    vectors = model.predict(TEXTS)
    expected = spearmanr((vectors[:-1] * vectors[1:]).sum(axis=1), [2, 5, 1]).statistic
    assert found == pytest.approx(100 * expected) and np.isfinite(found)
    assert capsys.readouterr().out.startswith("3 pairs, Spearman ")
