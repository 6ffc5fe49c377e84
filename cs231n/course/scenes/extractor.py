"""The feature extractor: the network trained on facts, then frozen; its 512 units projected by PCA.

It plays the part VGG16's layer fc7 plays for COCO. The training pictures are those of the training set and
more of the same world; none shows a held-out pair, and validation pictures are never seen.
"""

from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np

from . import network
from .facts import FACTS
from .files import FOLDER

WEIGHTS_FILE = "extractor.h5"
SPREAD = 1.0  # overall standard deviation; COCO has 2.7, with which an RNN starts out saturated
STEP = 1 / 32  # features are rounded to this step, so that the file is small
_ends = np.cumsum([len(values) for values in FACTS.values()])
HEADS = [slice(int(end) - len(values), int(end)) for end, values in zip(_ends, FACTS.values(), strict=True)]


def labels_of(facts):
    """(N, kinds of fact) int: the place of each fact among the values it can have."""
    return np.array([[values.index(f[name]) for name, values in FACTS.items()] for f in facts])


def shifted(pictures, rng, reach=4):
    """Each picture moved by up to `reach` pixels in both directions, its border repeated."""
    padded = np.pad(pictures, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
    side, moves = pictures.shape[1], rng.integers(0, 2 * reach + 1, (len(pictures), 2))
    return np.stack([p[y : y + side, x : x + side] for p, (y, x) in zip(padded, moves, strict=True)])


def mirrored(pictures, labels, chosen):
    """The chosen pictures with left and right changed over, in the facts too."""
    pictures, labels = pictures.copy(), labels.copy()
    pictures[chosen] = pictures[chosen, :, ::-1]
    for name in ("side", "companion_side"):
        column, values = list(FACTS).index(name), FACTS[name]
        swap = np.array([values.index({"left": "right", "right": "left"}.get(v, v)) for v in values])
        labels[chosen, column] = swap[labels[chosen, column]]
    return pictures, labels


def train(pictures, facts, epochs=12, batch=64, learning_rate=1.5e-3, seed=0, say=print):
    """Train the network with Adam on shifted and mirrored pictures; returns its weights."""
    rng = np.random.default_rng(seed)
    labels = labels_of(facts)
    weights = network.new_weights(HEADS[-1].stop, rng)
    mean = {k: np.zeros_like(w) for k, w in weights.items()}
    square = {k: np.zeros_like(w) for k, w in weights.items()}
    steps, step = epochs * (len(pictures) // batch), 0
    for epoch in range(epochs):
        order, losses = rng.permutation(len(pictures)), []
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            x, y = mirrored(shifted(pictures[rows], rng), labels[rows], rng.random(batch) < 0.5)
            features, scores, cache = network.forward(x, weights)
            loss, dscores = network.loss_and_dscores(scores, y, HEADS)
            losses.append(loss)
            step += 1
            rate = learning_rate * min(1, step / 100) * 0.5 * (1 + np.cos(np.pi * step / (steps + 1)))
            rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            for k, grad in network.backward(dscores, features, cache, weights).items():
                mean[k] += 0.1 * (grad - mean[k])
                square[k] += 0.001 * (grad * grad - square[k])
                weights[k] -= np.float32(rate) * mean[k] / (np.sqrt(square[k]) + 1e-8)
        say(f"  extractor, round {epoch + 1} of {epochs}: loss {np.mean(losses):.3f}")
    return weights


def quantised(weights):
    """The same weights in 8 bits a value: whole numbers times one step for each output unit."""
    out = {}
    for k, w in weights.items():
        if w.ndim == 2:
            step = (np.abs(w).max(axis=0) / 127).astype(np.float32)
            out[k] = (np.rint(w / step).astype(np.int8), step)
        else:
            out[k] = (w, None)
    return out


def activations(pictures, weights, batch=100):
    """The 512 units of the last hidden layer for each picture."""
    parts = [network.forward(pictures[i : i + batch], weights)[0] for i in range(0, len(pictures), batch)]
    return np.concatenate(parts)


def fit_pca(train_activations, weights):
    """Mean and projection (512, 512) of the units, from the training pictures alone.

    projection = (U S Uᵀ / max S + I / 50) V · scale, where U S Wᵀ is the singular value decomposition of the
    scores' weights and V holds the principal directions of what comes before it. The first factor measures
    the units by what they say about facts, since the rest is noise that a captioner learns by heart.
    """
    mean = train_activations.mean(0)
    left, strength, _ = np.linalg.svd(weights["W5"].astype(np.float64), full_matrices=False)
    measure = (left * (strength / strength.max())) @ left.T + np.eye(network.UNITS) / 50
    measured = (train_activations - mean) @ measure
    _, directions = np.linalg.eigh(measured.T @ measured)
    directions = directions[:, ::-1]  # the direction of most variance first
    directions = directions * np.sign(directions[np.abs(directions).argmax(0), np.arange(network.UNITS)])
    return mean, (measure @ directions * (SPREAD / measured.std())).astype(np.float32)


def save(path, weights, mean, projection):
    with h5py.File(path, "w") as file:
        for k, (w, step) in quantised(weights).items():
            file.create_dataset(k, data=w, compression="gzip", compression_opts=9)
            if step is not None:
                file[f"{k}_step"] = step
        file["mean"] = mean
        file.create_dataset(
            "projection", data=projection.astype(np.float16), compression="gzip", compression_opts=9
        )


def as_stored(weights):
    return {
        k: w if step is None else w.astype(np.float32) * step for k, (w, step) in quantised(weights).items()
    }


@lru_cache(maxsize=2)
def load(path):
    """Weights, mean and projection of the frozen extractor."""
    with h5py.File(path, "r") as file:
        stored = {k: file[k][()] for k in file}
    weights = {
        k: stored[k].astype(np.float32) * stored.get(f"{k}_step", np.float32(1))
        for k in stored
        if k[0] in "Wb" and len(k) == 2
    }
    return weights, stored["mean"], stored["projection"].astype(np.float32)


def extract_features(pictures, folder=FOLDER):
    """Features of pictures, from their pixels alone, in the same space as the files of the dataset.

    features = (units - mean) @ projection, rounded to steps of 1/32

    pictures: (N, 72, 72, 3) or (72, 72, 3) uint8, as draw_scene paints them
    Returns (N, 512) float32.
    """
    pictures = np.asarray(pictures)
    if pictures.ndim == 3:
        pictures = pictures[None]
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (72, 72, 3):
        raise ValueError(f"pictures is {pictures.dtype} {pictures.shape}; wanted uint8 (N, 72, 72, 3).")
    weights, mean, projection = load(Path(folder) / WEIGHTS_FILE)
    features = (activations(pictures, weights) - mean) @ projection
    return np.rint(features / STEP).astype(np.float32) * np.float32(STEP)
