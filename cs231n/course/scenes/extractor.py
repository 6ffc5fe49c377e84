"""The feature extractor: the network trained on facts, then frozen; its 512 units projected by PCA.

It plays the part VGG16's layer fc7 plays for COCO. `datasets/make_scenes` trains it.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np

from . import network
from .files import FOLDER

WEIGHTS_FILE = "extractor.npz"
STEP = 1 / 32  # features are rounded to this step, so that the file is small


def activations(pictures, weights, batch=100):
    """The 512 units of the last hidden layer for each picture."""
    parts = [network.forward(pictures[i : i + batch], weights)[0] for i in range(0, len(pictures), batch)]
    return np.concatenate(parts)


@lru_cache(maxsize=2)
def load(path):
    """Weights, mean and projection of the frozen extractor; mean and spread of its cells, see grid.py."""
    with np.load(path, allow_pickle=False) as file:
        stored = dict(file)
    weights = {
        k: stored[k].astype(np.float32) * stored.get(f"{k}_step", np.float32(1))
        for k in stored
        if k[0] in "Wb" and len(k) == 2
    }
    cells = stored["cell_mean"], stored["cell_spread"]
    return weights, stored["mean"], stored["projection"].astype(np.float32), cells


def extract_features(pictures, folder=FOLDER):
    """Features of pictures, from their pixels alone, in the same space as the files of the dataset.

    features = (units - mean) @ projection, rounded to steps of 1/32

    pictures: (N, 72, 72, 3) or (72, 72, 3) uint8, as draw_scene paints them
    Returns (N, 512) float32.
    """
    weights, mean, projection, _ = load(Path(folder) / WEIGHTS_FILE)
    features = (activations(checked(pictures), weights) - mean) @ projection
    return np.rint(features / STEP).astype(np.float32) * np.float32(STEP)


def checked(pictures):
    """One picture or many as (N, 72, 72, 3). ValueError when they are something else."""
    pictures = np.asarray(pictures)
    if pictures.ndim == 3:
        pictures = pictures[None]
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (72, 72, 3):
        raise ValueError(f"pictures is {pictures.dtype} {pictures.shape}; wanted uint8 (N, 72, 72, 3).")
    return pictures
