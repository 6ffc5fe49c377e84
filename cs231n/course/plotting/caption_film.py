"""A caption as it is spoken: a small film of the picture, the words so far, and the likeliest next words."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from cs231n.course.plotting import film
from cs231n.course.plotting.basics import PALETTE


def show_film(picture, words, likeliest, overlays=None):
    """`caption_film` on the page of a notebook, with the caption as its description: end a cell with it."""
    speech = " ".join(word for word in words if word != "<END>")
    return film.show_film(
        caption_film(picture, words, likeliest, overlays), f"A film of the caption: {speech}"
    )


def caption_film(picture, words, likeliest, overlays=None):
    """One frame per word: the picture, the caption up to this word, and the bars of the likeliest words.

    picture: array (rows, columns, 3) uint8
    words: list of T words as they were said, <END> with them
    likeliest: list of T dicts from word to probability, the likeliest first; `decoding.word_by_word` gives both
    overlays: list of T arrays (h, w) of weights, such as those of attention: the larger, the brighter there
    returns: the bytes of an animated WebP
    ValueError: when the lists have different lengths
    """
    for name, values in (("likeliest", likeliest), ("overlays", overlays)):
        if values is not None and len(values) != len(words):
            raise ValueError(f"{name} has {len(values)} entries, expected one for each of {len(words)} words")
    overlays = [None] * len(words) if overlays is None else overlays
    frames = (
        caption_frame(picture, words[: t + 1], *shown)
        for t, shown in enumerate(zip(likeliest, overlays, strict=True))
    )
    return film.film_of(frames, milliseconds=900, quality=85)


def caption_frame(picture, said, likeliest, overlay=None):
    """One frame of the film, as a figure.

    said: the words up to this one; likeliest: dict from word to probability; overlay: (h, w) weights or None
    """
    figure = plt.figure(figsize=(6.6, 3.5), dpi=100, layout="none")
    left, right = figure.add_axes((0.02, 0.22, 0.4, 0.76)), figure.add_axes((0.6, 0.22, 0.38, 0.66))
    left.set(xticks=[], yticks=[])
    left.grid(False)
    left.spines[:].set_visible(False)
    left.imshow(lit(picture, overlay), interpolation="bicubic")
    speech = " ".join(word for word in said if word != "<END>")
    left.set_xlabel(
        textwrap.fill(speech, 34) + "\n" * (2 - len(textwrap.wrap(speech, 34))), fontsize=12, linespacing=1.3
    )

    names, shares = list(likeliest), [100 * p for p in likeliest.values()]
    colours = [PALETTE["output"] if name == said[-1] else PALETTE["quiet"] for name in names]
    bars = right.barh(range(len(names)), shares, color=colours, height=0.62)
    right.bar_label(bars, [f"{share:.0f} %" for share in shares], padding=3, fontsize=11)
    right.set_yticks(range(len(names)), names, fontsize=12)
    right.set(xlim=(0, 118), xticks=[], title=f"word {len(said)}")
    right.spines["bottom"].set_visible(False)
    right.grid(False)
    right.invert_yaxis()
    return figure


def lit(picture, overlay):
    """The picture, darker where the weights of the overlay (h, w) are small; None leaves it as it is."""
    if overlay is None:
        return picture
    rows, columns = picture.shape[:2]
    weights = Image.fromarray((np.asarray(overlay) / np.max(overlay)).astype(np.float32))
    weights = np.asarray(weights.resize((columns, rows), Image.Resampling.BICUBIC)).clip(0, 1)
    return (picture * (0.25 + 0.75 * weights[..., None])).astype(np.uint8)
