"""What a captioner keeps while it reads: its states, its gates, and what a linear probe finds in them.

A linear probe (Alain and Bengio, 2016) is one affine layer, trained to read a fact out of the states of a model
that stays as it is. Where the probe is right, the state holds the fact in a form that one matrix can read.
"""

import numpy as np

from cs231n.attention import attention_forward
from cs231n.rnn_layers import sigmoid


def open_forget_gate(model, bias=3.0):
    """Let the forget gates of an LSTM start open: b_f = bias in every unit, so f ≈ σ(bias) before training.

    ValueError: when the model has no forget gate
    """
    if model.cell_type not in ("lstm", "attention"):
        raise ValueError(
            f"cell_type is {model.cell_type!r}: only an LSTM has a forget gate, with attention or without"
        )
    H = model.params["Wh"].shape[0]
    model.params["b"][H : 2 * H] = bias  # gates in the order i, f, o, g


def states_while_reading(model, features, captions):
    """All that a model carries on after each word it reads: h, and for an LSTM h and c side by side.

    features: (N, D), or GridFeatures for a model with attention; captions: (N, T) word numbers, <START> first
    returns: (T, N, H) for an RNN, (T, N, 2H) for an LSTM; entry t is the state after captions[:, t]
    """
    state, found = model.initial_state(features), []
    for words in captions.T:
        _, state = model.step(words, state)
        found.append(
            np.concatenate(state[:2], axis=1)
        )  # with attention the grid comes third: it stays the same
    return np.stack(found)


def gates_while_reading(model, features, words):
    """The gates of an LSTM, with attention or without, while it reads one caption.

    features: (1, D), or GridFeatures of one picture; words: (T,) numbers
    returns: (T, 3, H), for each word i, f and o
    """
    p, state, found = model.params, model.initial_state(features), []
    A = state[2] @ p["W_grid"] + p["b_grid"] if model.cell_type == "attention" else None
    for word in words:
        a = p["W_embed"][[word]] @ p["Wx"] + state[0] @ p["Wh"] + p["b"]
        if A is not None:
            a += attention_forward(state[0], A)[0] @ p["Wc"]
        found.append(sigmoid(a[0, : 3 * state[0].shape[1]]).reshape(3, -1))
        _, state = model.step(np.array([word]), state)
    return np.stack(found)


def linear_probe(states, labels, strength=1e-2):
    """A probe that is fitted: a function from states (M, K) to (M,) labels. Arguments as in `fit_probe`."""
    values, W, b = fit_probe(states, labels, strength)
    return lambda new: values[(new @ W + b).argmax(axis=1)]


def fit_probe(states, labels, strength=1e-2):
    """Fit S W + b to one column a label, 1 where it is right and 0 elsewhere, by least squares.

    states: (N, K); labels: (N,)
    strength: of the term ‖W‖² that keeps the weights small (ridge regression)
    returns: the labels (L,), W (K, L) and b (L,)
    """
    values, numbers = np.unique(labels, return_inverse=True)
    mean, target = states.mean(axis=0, dtype=np.float64), np.eye(len(values))[numbers]
    centred = states - mean
    scale = np.square(centred).mean()
    W = np.linalg.solve(
        centred.T @ centred + strength * scale * len(states) * np.eye(states.shape[1]),
        centred.T @ (target - target.mean(axis=0)),
    )
    return values, W, target.mean(axis=0) - mean @ W


def states_and_facts(model, data, facts, kinds, words=10, captions=3000):
    """The states of a model while it reads people's captions, and the facts of their pictures.

    Only captions of at least that many words are read.

    facts: {"train": …, "val": …} from `load_facts`; kinds: names of facts
    captions: of training, at most
    returns: states, a dict from split to (words + 1, N, K), after <START> and after each word; labels, a dict
        from split to a dict from kind to (N,) texts
    """
    states, labels = {}, {}
    for split in ("train", "val"):
        long = np.flatnonzero((data[f"{split}_captions"] > 2).sum(axis=1) >= words)[:captions]
        pictures = data[f"{split}_image_idxs"][long]
        read = data[f"{split}_captions"][long, : words + 1]
        states[split] = states_while_reading(model, data[f"{split}_features"][pictures], read)
        labels[split] = {k: np.array([str(facts[split][i][k]) for i in pictures]) for k in kinds}
    return states, labels


def facts_in_state(model, data, facts, kinds, words=10, captions=3000):
    """How often a linear probe reads each kind of fact right, after each word of people's captions.

    The probes are fitted on training captions, a new one for each word and fact, and judged on the validation
    captions. Arguments as in `states_and_facts`.

    returns: (len(kinds), words + 1) shares, after <START> and after each word; (len(kinds),) shares of the
        most frequent value, which a probe that knows nothing reaches
    """
    states, labels = states_and_facts(model, data, facts, kinds, words, captions)
    shares = np.empty((len(kinds), words + 1))
    guess = np.empty(len(kinds))
    for row, kind in enumerate(kinds):
        right = labels["val"][kind]
        frequent, counts = np.unique(labels["train"][kind], return_counts=True)
        guess[row] = np.mean(right == frequent[counts.argmax()])
        for t in range(words + 1):
            read_out = linear_probe(states["train"][t], labels["train"][kind])
            shares[row, t] = np.mean(read_out(states["val"][t]) == right)
    return shares, guess
