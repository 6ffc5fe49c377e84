"""Grid features: the cells of the painted pictures, and files of cells that somebody else made."""

import h5py
import numpy as np
import pytest

from cs231n.course.scenes import extract_grid, extractor, grid, grid_features, load_pictures, network
from cs231n.course.scenes.files import FOLDER
from cs231n.grid_utils import load_grid_features, with_places


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder with the extractor and a few pictures of each split."""
    folder = tmp_path_factory.mktemp("scenes")
    (folder / extractor.WEIGHTS_FILE).write_bytes((FOLDER / extractor.WEIGHTS_FILE).read_bytes())
    for split, n in (("train", 30), ("val", 12)):
        with h5py.File(folder / f"{split}2014_pictures.h5", "w") as file:
            file["pictures"] = load_pictures(split, range(n))
    return folder


@pytest.fixture
def made(monkeypatch):
    """How many pictures were looked at while the test ran."""
    seen, real = [], network.places
    monkeypatch.setattr(
        network, "places", lambda pictures, w: seen.append(len(pictures)) or real(pictures, w)
    )
    return seen


def test_cells_are_made_once_and_kept(small, made):
    first = grid_features("val", small)
    assert first.shape == (12, 25, 64) and first.dtype == np.float16 and made
    made.clear()
    np.testing.assert_array_equal(grid_features("val", small), first)
    assert not made
    assert not list(small.glob("*.part"))


def damage(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path):
    path.write_bytes(path.read_bytes()[:5000])


def empty(path):
    path.write_bytes(b"")


def other_pictures(path):
    with h5py.File(path, "r+") as file:
        file.attrs["made_from"] = "other pictures"


@pytest.mark.parametrize("harm", [damage, cut, empty, other_pictures])
def test_a_damaged_file_is_made_again(small, made, harm):
    path, first = small / "val2014_grid.h5", grid_features("val", small)
    harm(path)
    made.clear()
    np.testing.assert_array_equal(grid_features("val", small), first)
    assert made
    np.testing.assert_array_equal(load_grid_features(path), first)


def test_a_folder_that_cannot_be_written_to_does_not_matter(small, monkeypatch):
    first = grid_features("val", small)
    (small / "val2014_grid.h5").unlink()

    def refuse(*args, **options):
        raise PermissionError("read only")

    monkeypatch.setattr(type(small), "replace", refuse)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    np.testing.assert_array_equal(grid_features("val", small), first)
    assert not list(small.glob("*.part")) and not (small / "val2014_grid.h5").exists()


def test_a_new_picture_gets_the_cells_that_the_dataset_has():
    pictures = load_pictures("val", [3, 5])
    cells = extract_grid(pictures)
    np.testing.assert_allclose(extract_grid(pictures[1])[0], cells[1], atol=0.01)
    many = extract_grid(load_pictures("train")[:400]).astype(np.float64)
    np.testing.assert_allclose(many.mean(axis=0), 0, atol=0.01)
    np.testing.assert_allclose(many.std(), 1, atol=0.01)


def test_the_cells_add_up_to_the_features_before_they_are_cut_at_zero():
    pictures = load_pictures("train")[:400]
    weights, _, projection, (mean, spread) = extractor.load(FOLDER / extractor.WEIGHTS_FILE)
    flat = network.forward(pictures, weights)[2][2]
    expected = flat @ weights["W4"] @ projection[:, :64]
    cells = extract_grid(pictures).astype(np.float64) * spread + mean
    np.testing.assert_allclose(cells.sum(axis=1), expected, atol=0.02 * expected.std())


@pytest.mark.parametrize("row, column", [(1, 3), (3, 1), (2, 2)])
def test_cells_are_numbered_row_by_row(row, column):
    picture = np.zeros((1, 72, 72, 3), np.uint8)
    bright = picture.copy()
    bright[0, 16 * row : 16 * row + 16, 16 * column : 16 * column + 16] = 255
    change = np.abs(extract_grid(bright).astype(float) - extract_grid(picture)).sum(axis=2)[0]
    middle = change @ np.stack(np.divmod(np.arange(25), 5), axis=1) / change.sum()
    np.testing.assert_allclose(middle, [row, column], atol=0.7)


def test_a_map_of_weights_lies_on_the_picture():
    weights = np.arange(25.0)
    small, large = grid.weight_map(weights), grid.weight_map(weights, 288)
    assert small.shape == (72, 72) and large.shape == (288, 288)
    assert np.isclose(small[23:25, 39:41].mean(), 7) and np.isclose(large[95:97, 159:161].mean(), 7)
    assert small.min() == 0 and 23.5 < small[71, 71] <= 24
    assert (np.diff(small, axis=1) >= 0).all()  # no steps back between the cells


# Files of somebody else


def write(path, name, array, **options):
    with h5py.File(path, "w") as file:
        file.create_dataset(name, data=array, **options)
    return path


def test_a_grid_of_ones_own_is_read_without_loading_it_all(tmp_path):
    array = np.random.default_rng(0).standard_normal((6, 49, 8)).astype(np.float32)
    cells = load_grid_features(write(tmp_path / "grid.h5", "features", array))
    assert isinstance(cells, np.memmap)
    np.testing.assert_array_equal(cells[[4, 1]], array[[4, 1]])
    packed = load_grid_features(write(tmp_path / "packed.h5", "features", array, compression="gzip"))
    np.testing.assert_array_equal(packed, array)


def test_files_without_a_grid_are_refused_and_told_why(tmp_path):
    with pytest.raises(ValueError, match=r"shape \(6, 512\): one vector a picture.*needs \(N, L, D\)"):
        load_grid_features(write(tmp_path / "a.h5", "features", np.zeros((6, 512), np.float32)))
    with pytest.raises(ValueError, match=r"shape \(6, 7, 7, 8\).*reshape\(N, rows \* columns, D\)"):
        load_grid_features(write(tmp_path / "b.h5", "features", np.zeros((6, 7, 7, 8), np.float32)))
    with pytest.raises(ValueError, match="int64, expected numbers"):
        load_grid_features(write(tmp_path / "c.h5", "features", np.zeros((6, 7, 8), np.int64)))
    with pytest.raises(ValueError, match="no array `features`. It has: cells"):
        load_grid_features(write(tmp_path / "d.h5", "cells", np.zeros((6, 7, 8))))
    with h5py.File(tmp_path / "far.h5", "w") as file:
        file["features"] = h5py.ExternalLink(tmp_path / "a.h5", "features")
    with pytest.raises(ValueError, match="link to somewhere else"):
        load_grid_features(tmp_path / "far.h5")
    with pytest.raises(FileNotFoundError, match="published COCO files hold none"):
        load_grid_features(tmp_path / "absent.h5")
    (tmp_path / "e.h5").write_bytes(b"no HDF5")
    with pytest.raises(OSError, match="damaged"):
        load_grid_features(tmp_path / "e.h5")


def test_places_say_row_and_column_of_every_cell():
    cells = np.random.default_rng(0).standard_normal((2, 6, 4)).astype(np.float32)
    placed = with_places(cells, rows=2, columns=3)
    assert placed.shape == (2, 6, 9) and placed.dtype == np.float32
    np.testing.assert_array_equal(placed[:, :, :4], cells)
    np.testing.assert_array_equal(placed[0, 4, 4:], [0, 1, 0, 1, 0])  # cell 4 is in row 1, column 1
    with pytest.raises(ValueError, match="grid has 6 cells, expected 3 rows · 3 columns = 9"):
        with_places(cells, 3, 3)


def test_what_make_scenes_stores_of_the_cells_are_their_mean_and_spread():
    weights, _, projection, (mean, spread) = extractor.load(FOLDER / extractor.WEIGHTS_FILE)
    again = grid.statistics(load_pictures("train", range(400)), weights, projection)
    np.testing.assert_allclose(again[0], mean, atol=1e-3 * spread)
    np.testing.assert_allclose(again[1], spread, rtol=1e-3)
