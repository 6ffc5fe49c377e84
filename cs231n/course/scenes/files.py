"""Read the pictures and facts of the dataset; captions and features are read by coco_utils, like COCO's."""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from cs231n.files import open_h5
from cs231n.image_utils import PAINTERS
from cs231n.this_python import python

from .canvas import SIDE
from .draw_scene import draw_scene

FOLDER = Path(__file__).resolve().parents[3] / "datasets" / "scenes"
SPLITS = ("train", "val")


def address(split, index):
    """The name of a picture, which stands in urls.txt where COCO has a web address: scene:train/00012."""
    return f"scene:{split}/{index:05d}"


def load_picture(name, folder=FOLDER):
    """One picture by its name, such as scene:train/00012, as the model's features see it.

    Returns (72, 72, 3) uint8. Raises ValueError for a name that is none, IndexError past the last picture.
    """
    split, row = _split_and_row(name)
    return load_pictures(split, [row], folder)[0]


def crisp_picture(name, folder=FOLDER):
    """The same scene painted large from its facts, for people to look at.

    Returns (288, 288, 3) uint8. Raises ValueError for a name that is none, IndexError past the last picture.
    """
    split, row = _split_and_row(name)
    every = _facts_once(split, folder)
    if row >= len(every):
        raise IndexError(f"{split} has pictures 0 to {len(every) - 1}; asked for {row}.")
    return draw_scene(every[row], size=SIDE)


PAINTERS["scene"] = crisp_picture  # image_from_url shows scenes large from now on


def _split_and_row(name):
    head, _, tail = str(name).strip().partition(":")
    split, _, number = tail.partition("/")
    if head != "scene" or split not in SPLITS or not number.isdecimal():
        raise ValueError(f"{name!r} is no picture of this dataset. A name looks like scene:train/00012.")
    return split, int(number)


def load_pictures(split, indices=None, folder=FOLDER):
    """The pictures of a split, in the order of the features.

    split: "train" or "val"; indices: row numbers (any order, repeats allowed), or None for all
    Returns (N, 72, 72, 3) uint8.
    """
    with open_h5(_path(split, "pictures.h5", folder)) as file:
        pictures = file["pictures"]
        if indices is None:
            return pictures[:]
        indices = np.asarray(indices, dtype=np.int64).reshape(-1)
        if indices.size and (indices.min() < 0 or indices.max() >= len(pictures)):
            raise IndexError(f"{split} has pictures 0 to {len(pictures) - 1}; asked for {indices.tolist()}.")
        rows, places = np.unique(indices, return_inverse=True)
        return pictures[rows][places] if rows.size else pictures[:0]


def load_facts(split, folder=FOLDER):
    """The facts of each picture of a split, a list of dicts in the order of the features."""
    table = json.loads(_path(split, "facts.json", folder).read_text(encoding="utf-8"))
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


@lru_cache(maxsize=4)
def _facts_once(split, folder):
    return load_facts(split, folder)


def _path(split, ending, folder):
    if split not in SPLITS:
        raise ValueError(f"split is {split!r}; this dataset has 'train' and 'val'.")
    path = Path(folder) / f"{split}2014_{ending}"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing. It belongs to the repository: `git checkout datasets/scenes` brings it back, "
            f"or `{python()} datasets/make_scenes` draws the whole dataset again in some minutes."
        )
    return path
