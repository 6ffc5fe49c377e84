"""Grid features: what each place of a picture adds to its features, before the extractor adds the places up.

The extractor's last convolution has 5 x 5 places. Its 512 units are a sum over them, units = ReLU(Σ place W + b),
and the features are a projection of the units. Here the summands are kept apart, in the directions of the first
64 features. All cells of the dataset are 15 MB, too much for the repository, and take 8 seconds to compute. So
they are made when they are first asked for, and kept in `datasets/scenes/{train,val}2014_grid.h5`.
"""

import hashlib
import io
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from cs231n.files import open_h5, write_whole
from cs231n.grid_utils import load_grid_features
from cs231n.progress_bar import progress_bar

from . import extractor, network
from .files import FOLDER, load_pictures

SIDE = 5  # cells in a row, and in a column
PIXELS = 16  # of a cell's sides, in a picture of 72; half of the last column and row lies outside
NUMBERS = 64  # a cell
BATCH = 100


def grid_features(split, folder=FOLDER, verbose=True):
    """The cells of all pictures of a split, in the order of the features: read from its file, or computed again.

    split: "train" or "val"; verbose: False shows no progress bar
    Returns (N, 25, 64) float16: cell 5 r + c is the one in row r and column c, counted from the top left.
    """
    path = Path(folder) / f"{split}2014_grid.h5"
    kept = _read(path, _source(split, folder))
    if kept is not None:
        return kept
    pictures = load_pictures(split, folder=folder)
    starts = range(0, len(pictures), BATCH)
    bar = progress_bar(starts, desc=f"Cells of the {split} pictures", unit="batch", hidden=not verbose)
    grid = np.concatenate([extract_grid(pictures[i : i + BATCH], folder) for i in bar])
    _keep(path, grid, _source(split, folder))
    return grid


def extract_grid(pictures, folder=FOLDER):
    """The cells of pictures, from their pixels alone: cell = place @ W_place @ projection, minus the cell's mean.

    pictures: (N, 72, 72, 3) or (72, 72, 3) uint8, as draw_scene paints them
    Returns (N, 25, 64) float16, with a standard deviation of 1 over all cells.
    """
    weights, _, _, (mean, spread) = extractor.load(Path(folder) / extractor.WEIGHTS_FILE)
    cells = _cells(extractor.checked(pictures), weights, _matrices_once(folder))
    return np.ascontiguousarray((cells - mean) / spread, dtype=np.float16)


def weight_map(weights, size=72):
    """One weight a cell as a picture: (25,) -> (size, size), smooth between the centres of the cells."""
    middles = (np.arange(size) + 0.5) * 72 / (PIXELS * size) - 0.5  # of the pixels, counted in cells
    part = np.stack([np.interp(middles, np.arange(SIDE), cell) for cell in np.eye(SIDE)], axis=1)
    return (part @ weights.reshape(SIDE, SIDE) @ part.T).astype(np.float32)


def statistics(pictures, weights, projection):
    """What `make_scenes` stores beside the extractor: the mean of each cell (25, 64) over the first 400 pictures,
    and the standard deviation of all their numbers."""
    parts = (pictures[i : i + BATCH] for i in range(0, min(400, len(pictures)), BATCH))
    matrices = _matrices(weights, projection)
    cells = np.concatenate([_cells(part, weights, matrices) for part in parts])
    mean = cells.mean(axis=0)
    return mean, (cells - mean).std()


def _cells(pictures, weights, matrices):
    return (network.places(pictures, weights).transpose(1, 0, 2) @ matrices).transpose(1, 0, 2)


def _matrices(weights, projection):
    """(25, 64, 64), one a place: from its channels to what it adds to the first features."""
    return weights["W4"].reshape(SIDE * SIDE, -1, network.UNITS) @ projection[:, :NUMBERS]


@lru_cache(maxsize=2)
def _matrices_once(folder):
    weights, _, projection, _ = extractor.load(Path(folder) / extractor.WEIGHTS_FILE)
    return _matrices(weights, projection)


def _source(split, folder):
    """A number of the files that the cells are made from: it changes when they do."""
    names = (extractor.WEIGHTS_FILE, "train2014_pictures.h5", f"{split}2014_pictures.h5")
    how = f"{SIDE} x {SIDE} x {NUMBERS}".encode()
    return _digest(how + b"".join((Path(folder) / name).read_bytes() for name in names))


def _read(path, source):
    """The cells in a file, or None where it is absent, damaged, or made from other files."""
    try:
        with open_h5(path) as file:
            made_from, stored = file.attrs["made_from"], file.attrs["sha256"]
        grid = np.array(load_grid_features(path)) if made_from == source else None
    except (OSError, KeyError, ValueError):
        return None
    return grid if grid is not None and _digest(grid) == stored else None


def _keep(path, grid, source):
    """Write the cells where that is possible; in a folder nobody may write to they are made again next time."""
    import h5py  # here, since the live page of the site works without it

    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["features"] = grid
        file.attrs["made_from"], file.attrs["sha256"] = source, _digest(grid)
    with suppress(OSError), write_whole(path) as out:
        out.write(content.getbuffer())


def _digest(content):
    return hashlib.sha256(content).hexdigest()
