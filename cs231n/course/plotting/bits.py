"""Pictures of what a text costs: bits of each character, and of each word in several units."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.basics import PALETTE

LOOKS = [("input", ""), ("state", ".."), ("gradient", "//")]


def plot_bits(letters, letter_bits, words, word_bits):
    """Above: what each character costs. Below: what each word costs, one bar per model.

    letters: list of characters; letter_bits: as many numbers
    words: list of words; word_bits: dict from model to as many numbers
    returns: the two axes
    """
    _, (top, bottom) = plt.subplots(2, 1, figsize=(10, 5.6))
    top.bar(range(len(letters)), letter_bits, color=PALETTE["gradient"])
    top.set_xticks(range(len(letters)), [{" ": "␣", "<END>": "END"}.get(each, each) for each in letters])
    top.set(ylabel="bits", title="each character")
    places, width = np.arange(len(words)), 0.8 / len(word_bits)
    for k, ((name, bits), (colour, hatch)) in enumerate(zip(word_bits.items(), LOOKS, strict=False)):
        style = {"color": PALETTE[colour], "hatch": hatch, "edgecolor": "white", "label": name}
        bottom.bar(places + width * (k - (len(word_bits) - 1) / 2), bits, width, **style)
    bottom.set_xticks(places, words)
    bottom.set(ylabel="bits", title="each word")
    bottom.legend()
    return top, bottom


def plot_lengths(lengths):
    """How many captions have how many units, one colour per kind of unit.

    lengths: dict from name to (N,) integers
    returns: the axes
    """
    _, ax = plt.subplots(figsize=(8, 3.2))
    bins = np.arange(0.5, max(map(max, lengths.values())) + 1.5)
    for (name, values), (colour, hatch) in zip(lengths.items(), LOOKS, strict=False):
        style = {"color": PALETTE[colour], "hatch": hatch, "edgecolor": "white", "alpha": 0.85}
        ax.hist(values, bins=bins, label=name, **style)
    ax.set(xlabel="units in a caption", ylabel="captions")
    ax.legend()
    return ax


def plot_courses(courses, ylabel):
    """Truth against what training cost, one mark per epoch.

    courses: dict from name to list of (billions of multiplications, share)
    returns: the axes
    """
    _, ax = plt.subplots(figsize=(8, 3.8))
    for (name, points), (colour, _), marker in zip(courses.items(), LOOKS, "o^s", strict=False):
        ax.plot(*zip(*points, strict=True), color=PALETTE[colour], marker=marker, linestyle="-", label=name)
    ax.set(xlabel="billions of multiplications", ylabel=ylabel, ylim=(0, 1))
    ax.legend()
    return ax
