"""Where a captioner with attention looked: the picture once per word, and the shares of weight as bars."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import describe
from cs231n.course.plotting.basics import PALETTE
from cs231n.course.plotting.caption_film import lit
from cs231n.course.scenes import weight_map


def plot_looks(picture, words, weights, title=None, columns=6):
    """The picture once per word, dark where the weight is small. Above it the word, and the largest weight.

    picture: (S, S, 3) uint8
    words: list of T texts; weights: (T, 25)
    returns: the figure
    """
    rows = -(-len(words) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(1.55 * columns, 1.8 * rows + 0.35 * bool(title)), squeeze=False
    )
    for axis in axes.flat:
        axis.axis("off")
    for axis, word, look in zip(axes.flat, words, weights, strict=False):
        axis.imshow(lit(picture, weight_map(look, 288)), interpolation="bicubic")
        axis.set_title(f"{word}\n{look.max():.0%}", fontsize=9)
    if title:
        figure.suptitle(title, fontsize=10)
    said = ", ".join(f"{word} {look.max():.0%}" for word, look in zip(words, weights, strict=False))
    describe(figure, f"A picture once for each word, bright where the model looked. Largest weight: {said}")
    return figure


def plot_shares(found):
    """The share of weight on what a word speaks of, beside that of equal weights: two bars for each kind of word.

    found: dict from `share_of_weight`
    """
    figure, axis = plt.subplots(figsize=(6.5, 0.55 * len(found) + 1.2))
    places = np.arange(len(found))
    for shift, key, colour, label in (
        (-0.2, "weight", PALETTE["weight"], "the model's weights"),
        (0.2, "equal", PALETTE["quiet"], "equal weights"),
    ):
        shares = [100 * row[key] for row in found.values()]
        bars = axis.barh(places + shift, shares, 0.38, color=colour, label=label)
        axis.bar_label(bars, [f"{share:.0f} %" for share in shares], padding=3, fontsize=9)
    said = "; ".join(
        f"{kind} {100 * row['weight']:.0f} % (equal weights {100 * row['equal']:.0f} %)"
        for kind, row in found.items()
    )
    describe(axis, f"Share of the weight inside the outline of what a word speaks of: {said}")
    axis.set_yticks(places, [f"{kind}\n({row['words']} words)" for kind, row in found.items()])
    axis.invert_yaxis()
    axis.set_xlim(0, 100)
    axis.set_xlabel("share inside the outline, %")
    axis.legend(frameon=False)
    return figure
