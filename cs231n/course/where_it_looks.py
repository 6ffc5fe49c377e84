"""Where a captioner with attention looks: the weights word by word, and how much of them lies where.

A look belongs to the word that is said after it: the state asks, the context comes, then the word is chosen.
"""

import numpy as np

from cs231n.attention import attention_forward
from cs231n.course.scenes import COLOURS, outlines
from cs231n.course.scenes.grammar import COMPANION_NOUNS, NOUNS
from cs231n.course.scenes.grid import PIXELS, SIDE
from cs231n.decoding import NEVER_SAID
from cs231n.rnn_layers import affine_forward, lstm_step_forward

# What a word speaks of, by its last word where it has more; words that may speak of two things are left out.
WORDS_OF = {
    "colour": ("thing", set(COLOURS)),
    "thing": ("thing", {noun.split()[-1] for nouns in NOUNS.values() for pair in nouns for noun in pair}),
    "companion": (
        "companion",
        {noun.split()[-1] for nouns in COMPANION_NOUNS.values() for noun in nouns} - {"post"} | {"lamp"},
    ),
    "time or weather": (
        "sky",
        set(
            "sunny sunshine cloudy clouds rainy rain falling starry stars moon sunset evening dusk night".split()
        ),
    ),
}


def greedy_looks(model, features, max_length=17, change=None):
    """Greedy captions in plain steps, with the weights of the look before each word.

    model: CaptioningRNN with cell_type "attention"; features: GridFeatures of N pictures
    change: for an experiment, a function from weights (N, L) to those that are used in their place
    returns: captions (N, max_length) as from model.sample, and weights (N, max_length, L), zero after the end
    """
    p, (N, L) = model.params, features.grid.shape[:2]
    null, end = model.word_to_idx["<NULL>"], model.word_to_idx["<END>"]
    banned = [model.word_to_idx[word] for word in NEVER_SAID]
    h, c, grid = model.initial_state(features)
    A = affine_forward(grid.reshape(N * L, -1), p["W_grid"], p["b_grid"])[0].reshape(N, L, -1)
    words, speaking = np.full(N, model.start_word), np.ones(N, bool)
    captions, weights = np.full((N, max_length), null, np.int32), np.zeros((N, max_length, L), A.dtype)
    inputs_weights = np.vstack([p["Wx"], p["Wc"]])
    for t in range(max_length):
        context, look, _ = attention_forward(h, A)
        if change is not None:
            look = change(look)
            context = (look[:, None] @ A)[:, 0]
        inputs = np.hstack([p["W_embed"][words], context])
        h, c, _ = lstm_step_forward(inputs, h, c, inputs_weights, p["Wh"], p["b"])
        scores = affine_forward(h, p["W_vocab"], p["b_vocab"])[0]
        scores[:, banned] = -np.inf
        words = scores.argmax(axis=1)
        captions[speaking, t], weights[speaking, t] = words[speaking], look[speaking]
        speaking &= words != end
        if not speaking.any():
            break
    return captions, weights


def cell_shares(facts):
    """How much of each cell the sky, the place, the companion and the thing cover: dict of (25,), 0 to 1."""
    k = PIXELS * 4  # outlines have 288 pixels, not 72
    masks = {name: mask.astype(float) for name, mask in outlines(facts).items()}
    inside = _sums(
        np.ones_like(masks["sky"]), k
    )  # cells at the right and lower edge reach out of the picture
    return {name: (_sums(mask, k) / inside).ravel() for name, mask in masks.items()}


def spoken_of(word):
    """What a word speaks of: "thing", "companion" or "sky"; None for a word that may speak of anything."""
    return next((where for where, words in WORDS_OF.values() if word in words), None)


def _sums(mask, k):
    """The sum of each cell's k x k pixels: (288, 288) -> (SIDE, SIDE)."""
    whole = np.zeros((SIDE * k, SIDE * k))
    whole[: len(mask), : len(mask)] = mask
    return whole.reshape(SIDE, k, SIDE, k).sum(axis=(1, 3))


def share_of_weight(captions, weights, facts, idx_to_word):
    """How much of the weight lies on what a word speaks of, beside what equal weights would give.

    captions (N, T), weights (N, T, 25): from `greedy_looks`, or (N, T, heads, 25); facts: of the N pictures
    returns: for each kind of word a dict: "words", how many there were; "weight", the mean share of the weight
        inside the outline, for each head where there are several; "equal", what equal weights would give
    """
    found = {kind: [] for kind in WORDS_OF}
    for row, looks, scene in zip(captions, weights, facts, strict=True):
        shares = cell_shares(scene)
        for number, look in zip(row, looks, strict=True):
            word = idx_to_word[number]
            for kind, (where, words) in WORDS_OF.items():
                if word in words and shares[where].any():
                    found[kind].append((look @ shares[where], shares[where].mean()))
    return {
        kind: {
            "words": len(pairs),
            "weight": np.mean([weight for weight, _ in pairs], axis=0),
            "equal": float(np.mean([equal for _, equal in pairs])),
        }
        for kind, pairs in found.items()
        if pairs
    }
