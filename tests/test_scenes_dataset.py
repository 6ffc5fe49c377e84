"""The embedded dataset: complete, in the layout of COCO, true, small, and what the extractor makes of it."""

import os
import re
from pathlib import Path

import h5py
import numpy as np
import pytest
from coco_like import write_coco_like
from make_scenes import network_backward, train_extractor
from make_scenes.build import main as rebuild

from cs231n.coco_utils import decode_captions, load_coco_data
from cs231n.course.scenes import (
    FACTS,
    caption_is_true,
    draw_scene,
    extract_features,
    extractor,
    is_held_out,
    load_facts,
    load_picture,
    load_pictures,
    network,
)

ROOT = Path(__file__).resolve().parent.parent

SCENES = ROOT / "datasets" / "scenes"
SPLITS = ("train", "val")


@pytest.fixture(scope="module")
def data():
    return load_coco_data(base_dir=SCENES)


@pytest.fixture(scope="module")
def facts():
    return {split: load_facts(split) for split in SPLITS}


def layout(folder):
    """For each array of the HDF5 files that COCO has too: kind of number, dimensions, columns."""
    found = {}
    for name in ("coco2014_captions.h5", "train2014_vgg16_fc7_pca.h5", "val2014_vgg16_fc7_pca.h5"):
        with h5py.File(folder / name) as file:
            found |= {(name, key): (file[key].dtype, file[key].shape[1:]) for key in file}
    return found


def test_layout_is_that_of_the_coco_files(tmp_path):
    assert layout(SCENES) == layout(write_coco_like(tmp_path))


def test_there_are_as_many_pictures_as_promised(facts):
    assert len(facts["train"]) >= 2000
    assert sum(not is_held_out(f) for f in facts["val"]) >= 400
    assert sum(is_held_out(f) for f in facts["val"]) >= 100


@pytest.mark.parametrize("split", SPLITS)
def test_every_file_of_a_split_has_a_row_for_each_picture(data, facts, split):
    n = len(facts[split])
    assert load_pictures(split).shape == (n, 72, 72, 3)
    assert data[f"{split}_features"].shape == (n, 512)
    assert data[f"{split}_features"].dtype == np.float32
    assert len(data[f"{split}_urls"]) == n
    assert (np.bincount(data[f"{split}_image_idxs"], minlength=n) == 5).all()
    images = (SCENES / f"{split}2014_images.txt").read_text(encoding="utf-8").splitlines()
    assert len(images) == n


@pytest.mark.parametrize("split", SPLITS)
def test_captions_are_true_but_for_unknown_words_and_two_adjectives(data, facts, split):
    texts = decode_captions(data[f"{split}_captions"], data["idx_to_word"])
    not_true = [
        text
        for text, row in zip(texts, data[f"{split}_image_idxs"], strict=True)
        if not caption_is_true(text, facts[split][row])
    ]
    assert all(any(w in text for w in ("<UNK>", "dark forest", "hot desert")) for text in not_true)
    assert 0.03 < len(not_true) / len(texts) < 0.05  # datasets/README.md says 4 %


@pytest.mark.parametrize("split", SPLITS)
def test_captions_start_end_and_are_filled(data, split):
    for row in data[f"{split}_captions"]:
        end = np.flatnonzero(row == 2)
        assert row[0] == 1
        assert len(end) == 1
        assert 6 <= end[0] <= 16
        assert (row[end[0] + 1 :] == 0).all()
        assert (row[1 : end[0]] > 2).all()


def test_vocabulary_is_small_and_begins_with_the_special_words(data):
    assert data["idx_to_word"][:4] == ["<NULL>", "<START>", "<END>", "<UNK>"]
    assert 80 <= len(data["idx_to_word"]) <= 200
    assert all(data["word_to_idx"][w] == i for i, w in enumerate(data["idx_to_word"]))
    assert 0 < (data["train_captions"] == 3).sum() < 0.05 * len(data["train_captions"])


def test_no_held_out_pair_is_in_training_and_they_end_the_validation_set(facts):
    assert not any(map(is_held_out, facts["train"]))
    marks = [is_held_out(f) for f in facts["val"]]
    assert marks == sorted(marks)


def test_no_validation_scene_has_all_its_facts_in_common_with_a_training_scene(facts):
    seen = {tuple(f[name] for name in FACTS) for f in facts["train"]}
    assert not any(tuple(f[name] for name in FACTS) in seen for f in facts["val"])


@pytest.mark.parametrize("split", SPLITS)
def test_stored_pictures_are_what_their_facts_draw(facts, split):
    rows = np.arange(0, len(facts[split]), 97)
    for row, picture in zip(rows, load_pictures(split, rows), strict=True):
        assert (picture == draw_scene(facts[split][row])).all()


def test_features_come_from_the_pixels_alone(data):
    rows = np.arange(0, len(data["val_features"]), 29)
    again = extract_features(load_pictures("val", rows))
    assert np.abs(again - data["val_features"][rows]).max() <= 2 * extractor.STEP
    assert again.dtype == np.float32


def test_features_have_mean_0_and_standard_deviation_1_over_the_training_set(data):
    features = data["train_features"]
    assert abs(features.std() - 1) < 0.02
    assert np.abs(features.mean(axis=0)).max() < 0.1


def test_the_whole_dataset_fits_in_12_megabytes():
    committed = [
        p for p in SCENES.glob("*") if p.is_file() and not p.name.endswith("_grid.h5")
    ]  # the cells are made on first use
    assert sum(p.stat().st_size for p in committed) <= 12_000_000


def test_a_stored_result_is_small():
    for path in (SCENES / "results").iterdir():
        assert path.stat().st_size < 1_000_000, path.name


def test_pictures_are_read_in_the_order_asked_for():
    every = load_pictures("val")
    assert (load_pictures("val", [7, 2, 7]) == every[[7, 2, 7]]).all()
    assert load_pictures("val", []).shape == (0, 72, 72, 3)
    assert (load_picture("scene:val/00007") == every[7]).all()


def test_the_urls_are_names_that_load_picture_reads(data):
    assert data["train_urls"][12] == "scene:train/00012"
    assert (load_picture(data["train_urls"][12]) == load_pictures("train", [12])[0]).all()


@pytest.mark.parametrize("name", ["http://example.org/x.jpg", "scene:test/00001", "scene:val/x", ""])
def test_a_name_that_is_no_picture_is_refused(name):
    with pytest.raises(ValueError, match="scene:train/00012"):
        load_picture(name)


def test_wrong_splits_rows_and_folders_are_refused_in_words(tmp_path):
    with pytest.raises(ValueError, match="'train' and 'val'"):
        load_pictures("test")
    with pytest.raises(IndexError, match="pictures 0 to"):
        load_pictures("val", [10**6])
    with pytest.raises(FileNotFoundError, match="git checkout"):
        load_facts("val", tmp_path)


def test_wrong_pictures_are_refused():
    with pytest.raises(ValueError, match="float64"):
        extract_features(np.zeros((1, 72, 72, 3)))
    with pytest.raises(ValueError, match=r"\(1, 96, 96, 3\)"):
        extract_features(np.zeros((1, 96, 96, 3), np.uint8))


def test_gradients_of_the_network_equal_central_differences():
    rng, heads = np.random.default_rng(0), train_extractor.HEADS
    pictures = rng.integers(0, 256, (3, 72, 72, 3), dtype=np.uint8)
    labels = np.stack([rng.integers(0, head.stop - head.start, 3) for head in heads], axis=1)
    weights = network_backward.new_weights(heads[-1].stop, rng)
    weights = {k: w.astype(np.float64) for k, w in weights.items()}
    features, scores, cache = network.forward(pictures, weights)
    _, dscores = network_backward.loss_and_dscores(scores, labels, heads)
    grads = network_backward.backward(dscores, features, cache, weights)
    for name, w in weights.items():
        for at in rng.integers(0, w.size, 4):
            place, h, old = np.unravel_index(at, w.shape), 1e-6, w.flat[at]
            losses = []
            for step in (h, -h):
                w[place] = old + step
                losses.append(
                    network_backward.loss_and_dscores(
                        network.forward(pictures, weights)[1], labels, train_extractor.HEADS
                    )[0]
                )
            w[place] = old
            assert np.isclose((losses[0] - losses[1]) / (2 * h), grads[name][place], rtol=1e-4, atol=1e-7), (
                name
            )


def test_mirroring_changes_left_and_right_in_the_facts_too(facts):
    labels = train_extractor.labels_of(facts["val"][:50])
    pictures = load_pictures("val", range(50))
    turned, turned_labels = train_extractor.mirrored(pictures, labels, np.arange(50) % 2 == 0)
    assert (turned[0] == pictures[0, :, ::-1]).all()
    assert (turned[1] == pictures[1]).all()
    for i in range(0, 50, 2):
        for name in ("side", "companion_side"):
            column = list(FACTS).index(name)
            before, after = (FACTS[name][k[i, column]] for k in (labels, turned_labels))
            assert after == {"left": "right", "right": "left"}.get(before, before)


def test_a_small_rebuild_gives_the_same_pictures_and_captions_twice(tmp_path):
    for run in ("one", "two"):
        rebuild(["--small", "--out", os.fspath(tmp_path / run)])
    one, two = (load_coco_data(base_dir=tmp_path / run) for run in ("one", "two"))
    assert (one["train_captions"] == two["train_captions"]).all()
    for split in SPLITS:
        assert (
            load_pictures(split, folder=tmp_path / "one") == load_pictures(split, folder=tmp_path / "two")
        ).all()
        assert np.abs(one[f"{split}_features"] - two[f"{split}_features"]).max() <= 4 * extractor.STEP


def test_the_frozen_network_names_what_the_datasets_page_says(facts):
    """Its table has a row for regular pictures and one for held-out pairs, a column for each kind of fact."""
    page = (ROOT / "datasets" / "README.md").read_text(encoding="utf-8")
    weights = extractor.load(SCENES / extractor.WEIGHTS_FILE)[0]
    held_out = np.array([is_held_out(f) for f in facts["val"]])
    for title, rows in (("regular", ~held_out), ("held-out pairs", held_out)):
        line = re.search(rf"^\| {title} \|(.*)\|$", page, re.M).group(1)
        written = [float(cell.strip(" %")) for cell in line.split("|")]
        scenes = [f for f, chosen in zip(facts["val"], rows, strict=True) if chosen]
        named = train_extractor.facts_named(load_pictures("val", np.flatnonzero(rows)), scenes, weights)
        np.testing.assert_allclose([100 * share for share in named.values()], written, atol=0.7)
