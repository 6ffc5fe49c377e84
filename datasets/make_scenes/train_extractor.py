"""Train the feature extractor, fit its PCA, and write both to a file.

The training pictures are those of the training set and more of the same world; none shows a held-out pair,
and validation pictures are never seen.
"""

import numpy as np

from cs231n.course.scenes import network
from cs231n.course.scenes.facts import FACTS
from make_scenes import network_backward

SPREAD = 1.0  # overall standard deviation; COCO has 2.7, with which an RNN starts out saturated
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
    weights = network_backward.new_weights(HEADS[-1].stop, rng)
    mean = {k: np.zeros_like(w) for k, w in weights.items()}
    square = {k: np.zeros_like(w) for k, w in weights.items()}
    steps, step = epochs * (len(pictures) // batch), 0
    for epoch in range(epochs):
        order, losses = rng.permutation(len(pictures)), []
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            x, y = mirrored(shifted(pictures[rows], rng), labels[rows], rng.random(batch) < 0.5)
            features, scores, cache = network.forward(x, weights)
            loss, dscores = network_backward.loss_and_dscores(scores, y, HEADS)
            losses.append(loss)
            step += 1
            rate = learning_rate * min(1, step / 100) * 0.5 * (1 + np.cos(np.pi * step / (steps + 1)))
            rate *= np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            for k, grad in network_backward.backward(dscores, features, cache, weights).items():
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


def as_stored(weights):
    return {
        k: w if step is None else w.astype(np.float32) * step for k, (w, step) in quantised(weights).items()
    }


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


def save(path, weights, mean, projection, cells):
    """cells: mean and spread, from `grid.statistics`."""
    whole = quantised(weights).items()
    arrays = {k: w for k, (w, _) in whole} | {f"{k}_step": step for k, (_, step) in whole if step is not None}
    arrays |= {"cell_mean": cells[0], "cell_spread": cells[1]}
    np.savez_compressed(path, mean=mean, projection=projection.astype(np.float16), **arrays)


def facts_named(pictures, facts, weights):
    """How often the network itself names each kind of fact right: what the features can tell."""
    scores = np.concatenate([network.forward(part, weights)[1] for part in np.array_split(pictures, 8)])
    labels = labels_of(facts)
    return {
        name: float((scores[:, head].argmax(1) == labels[:, k]).mean())
        for k, (name, head) in enumerate(zip(FACTS, HEADS, strict=True))
    }
