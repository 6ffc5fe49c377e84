"""Stored results: medians with their range, and numbers that no seed changes alone."""

import json

import numpy as np
import pytest

from cs231n.coco_utils import SCENES_DIR, decode_captions, load_coco_data
from cs231n.course import stored_results as results
from cs231n.course.scenes import caption_is_true, grid_features, load_facts
from cs231n.decoding import greedy_captions
from cs231n.grid_utils import GridFeatures, with_places


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


@pytest.mark.parametrize("name", ["07_attention", "08_transformer", "09_shared_prizes"])
def test_a_stored_captioner_tells_the_truth_as_often_as_its_recipe_does(name):
    places = name.startswith("08")
    grid = grid_features("val", verbose=False)[:450:3]
    vectors = load_coco_data(base_dir=SCENES_DIR)
    features = GridFeatures(vectors["val_features"][:450:3], with_places(grid, 5, 5) if places else grid)
    said = decode_captions(
        greedy_captions(results.stored_captioner(name), features, 17), vectors["idx_to_word"]
    )
    true = [caption_is_true(text, scene) for text, scene in zip(said, load_facts("val")[:450:3], strict=True)]
    assert np.mean(true) > 0.85  # 91 to 95 % of all 450, with three seeds
