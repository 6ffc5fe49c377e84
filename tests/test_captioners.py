"""benchmarks/captioners.py: it judges right, trains what tells the truth, and its stored results are whole."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # benchmarks/ is no part of the installed package

from benchmarks import captioners, speaking  # noqa: E402
from cs231n.coco_utils import SCENES_DIR, load_coco_data  # noqa: E402
from cs231n.course.scenes import load_facts  # noqa: E402


def test_truth_counts_captions_and_statements():
    facts = dict(load_facts("val")[0], kind="house", colour="red", count=1, place="meadow", time="night")
    captions = ["a red house in a meadow", "two red houses in a meadow at night", "a painting of a dragon"]
    assert captioners.truth(captions, [facts] * 3) == {
        "true": pytest.approx(1 / 3),
        "no_sentence": pytest.approx(1 / 3),
        "statements": 3,
        "facts": {"colour": [2, 2], "count": [1, 2], "kind": [2, 2], "place": [2, 2], "time": [1, 1]},
    }


@pytest.fixture(scope="module")
def entry():
    recipe = replace(captioners.CAPTIONERS["06_rnn"], epochs=2, rate=4e-3)
    return captioners.run(recipe, load_coco_data(base_dir=SCENES_DIR), seed=0)


def test_a_quickly_trained_captioner_says_more_truth_than_with_shuffled_features(entry):
    assert entry["regular"]["true"] > 0.25
    assert entry["shuffled"]["true"] < 0.05


@pytest.mark.parametrize("name", captioners.CAPTIONERS)
def test_stored_results_have_three_seeds_and_the_settings_of_today(name, entry):
    results, recipe = captioners.load_results(name), captioners.with_rate(name)
    assert len(results) >= 3, f"run: python -m benchmarks.captioners {name}"
    for each in results.values():
        assert set(each) - {"bits_per_character"} == set(entry)
        assert (each["epochs"], each["rate"], each["decay"]) == (recipe.epochs, recipe.rate, recipe.decay)


def test_results_are_written_with_four_digits_and_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(captioners, "RESULTS", tmp_path)
    captioners.store("one", {3: {"true": 0.123456, "facts": {"kind": [1, 2]}}})
    assert captioners.load_results("one") == {3: {"true": 0.1235, "facts": {"kind": [1, 2]}}}
    assert json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert captioners.load_results("two") == {}


def test_the_datasets_page_has_the_table_of_the_stored_runs():
    page = (ROOT / "datasets" / "README.md").read_text(encoding="utf-8")
    assert "\n".join(speaking.table()) in page, "run: python -m benchmarks.speaking --table"
