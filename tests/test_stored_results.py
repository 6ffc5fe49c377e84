"""Stored results: medians with their range, and numbers that no seed changes alone."""

import json

import pytest

from cs231n.course import stored_results as results


@pytest.fixture
def stored(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    entries = {str(seed): {"weights": 7000, "true": true} for seed, true in ((231, 0.8), (1, 0.7), (2, 0.75))}
    (tmp_path / "some.json").write_text(json.dumps(entries), encoding="utf-8")


def test_a_row_holds_the_median_and_the_range(stored):
    columns = {"weights": (lambda one: one["weights"], "{:,}"), "true": lambda one: one["true"]}
    rows = results.seeds_table({"Some": "some"}, columns)
    assert rows == {"Some": {"weights": "7,000", "true": "75 % (70–80 %)"}}


def test_a_name_without_results_raises(stored):
    with pytest.raises(FileNotFoundError):
        results.stored_results("none")
