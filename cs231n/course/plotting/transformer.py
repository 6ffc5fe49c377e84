"""A caption as a triangle of looks, head by head, and what the heads look at."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb

from cs231n.course.plotting.alt_text import describe
from cs231n.course.plotting.basics import PALETTE
from cs231n.course.plotting.caption_film import lit
from cs231n.course.scenes import weight_map

NARROW = 0.3  # width of a word's square, beside a height of 1
SHADES = LinearSegmentedColormap.from_list("looks", ["white", PALETTE["output"], "#4A1F3A"])


def plot_mask(mask, words):
    """A mask as a picture: row t is the word that asks; ✓ where it may look.

    mask: (T, T) booleans; words: list of T texts
    returns: the figure
    """
    figure, axis = plt.subplots(figsize=(0.75 * len(words) + 1.8, 0.45 * len(words) + 1.4))
    axis.imshow(np.where(mask, 0.35, 0.0), cmap=SHADES, vmin=0, vmax=1, aspect="auto")
    for t, s in np.ndindex(mask.shape):
        axis.text(s, t, "✓" if mask[t, s] else "·", ha="center", va="center", color=PALETTE["ink"])
    rows = (", ".join(word for word, may in zip(words, row, strict=True) if may) for row in mask)
    said = "; ".join(f"{word} asks {row or 'nothing'}" for word, row in zip(words, rows, strict=True))
    describe(axis, f"A square with a ✓ where a word may look at another: {said}")
    axis.set_xticks(range(len(words)), words)
    axis.set_yticks(range(len(words)), words)
    axis.set(xlabel="may be asked", ylabel="asks")
    axis.xaxis.set_label_position("top")
    axis.tick_params(bottom=False, left=False, top=False, labeltop=True, labelbottom=False)
    axis.grid(False)
    return figure


def plot_triangle(picture, words, at_words, at_cells, outlines=None, titles=None):
    """A caption as a triangle of looks: one panel a head, one row a word that is said.

    In a row: how much the head looked at each word so far, and at the right the picture, bright where it looked.
    picture: (S, S, 3) uint8
    words: list of T texts as they were said
    at_words: (heads, T, T), at_cells: (heads, T, 25), from `transformer_looks`
    outlines: list of T masks (S, S) of what the word speaks of, or None where that is unclear
    titles: list of texts, one per head
    returns: the figure
    """
    heads, T = len(at_words), len(words)
    asked = ["<START>", *words[:-1]]
    figure, axes = plt.subplots(
        1, heads, figsize=(1.0 + heads * (0.115 * T + 0.62), 0.44 * T + 1.4), sharey=True, squeeze=False
    )
    for head, axis in enumerate(axes[0]):
        place = NARROW * T
        axis.imshow(
            np.where(np.tri(T, dtype=bool), at_words[head, :T, :T], np.nan),
            cmap=SHADES,
            vmin=0,
            vmax=1,
            extent=(0, place, T, 0),
            aspect="auto",
            interpolation="nearest",
        )
        for t in range(T):
            axis.plot([0, NARROW * (t + 1)], [t, t], color=PALETTE["quiet"], linewidth=0.4, linestyle="-")
            seen = lit(picture, weight_map(at_cells[head, t], len(picture)))
            if outlines is not None and outlines[t] is not None:
                seen = np.array(seen)
                seen[_edge(outlines[t])] = np.array(to_rgb(PALETTE["weight"])) * 255
            axis.imshow(seen, extent=(place + 0.25, place + 1.2, t + 0.975, t + 0.025), aspect="auto")
        axis.set_xlim(0, place + 1.2)
        axis.set_ylim(T, 0)
        axis.set_xticks(NARROW * (np.arange(T) + 0.5), asked, rotation=90, fontsize=8)
        axis.set_yticks(np.arange(T) + 0.5, words, fontsize=11)
        axis.tick_params(length=0)
        axis.grid(False)
        axis.spines[:].set_visible(False)
        axis.set_title(titles[head] if titles else f"head {head + 1}", fontsize=11)
    axes[0, 0].set_ylabel("it says")
    said = "; ".join(
        f"{titles[k] if titles else f'head {k + 1}'} {at_cells[k, :T].sum(axis=1).mean():.0%} at the picture"
        for k in range(heads)
    )
    describe(
        figure,
        f"Where {heads} heads look before each word of “{' '.join(words)}” is said: at the words so far, and at "
        f"the picture. Share of each head's looks, on average: {said}",
    )
    figure.supxlabel("… and looks at: the words so far, and the picture", fontsize=11)
    return figure


def plot_head_shares(shares, rows, columns, title=None):
    """Shares as shaded squares with their numbers: one row per head.

    shares: (heads, K), 0 to 1; rows: a text for each head; columns: K texts
    """
    shares = np.asarray(shares)
    figure, axis = plt.subplots(figsize=(1.25 * len(columns) + 1.6, 0.48 * len(rows) + 1.1))
    if not len(columns):  # a model that has hardly learned speaks of nothing
        axis.set_axis_off()
        axis.set_title("nothing to show")
        return figure
    axis.imshow(shares, cmap=SHADES, vmin=0, vmax=1, aspect="auto")
    for place in np.ndindex(shares.shape):
        dark = shares[place] > 0.45
        axis.text(
            place[1],
            place[0],
            f"{100 * shares[place]:.0f} %",
            ha="center",
            va="center",
            color="white" if dark else PALETTE["ink"],
        )
    said = "; ".join(
        f"{row}: " + ", ".join(f"{name} {share:.0%}" for name, share in zip(columns, each, strict=True))
        for row, each in zip(rows, shares, strict=True)
    )
    describe(axis, f"A table of shares. {said}")
    axis.set_xticks(range(len(columns)), columns)
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
    axis.grid(False)
    axis.spines[:].set_visible(False)
    if title:
        axis.set_title(title, fontsize=11)
    return figure


def _edge(mask, width=10):
    """The rim of a mask, this many pixels wide."""
    inside = mask.copy()
    for _ in range(width):
        padded = np.pad(inside, 1, mode="edge")
        inside = inside & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inside
