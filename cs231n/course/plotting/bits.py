"""Pictures of what a text costs: bits of each character, and of each word in several units."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import course_of, describe
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
    said = "; ".join(f"{letter} {bits:.1f}" for letter, bits in zip(letters, letter_bits, strict=True))
    describe(top, f"Bars of bits: {said}")
    said = "; ".join(
        f"{word} " + ", ".join(f"{bits[k]:.1f} by {name}" for name, bits in word_bits.items())
        for k, word in enumerate(words)
    )
    describe(bottom, f"Bars of bits: {said}")
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
    said = "; ".join(
        f"{name} from {min(values)} to {max(values)}, {np.mean(values):.1f} on average"
        for name, values in lengths.items()
    )
    describe(ax, f"Histograms of the units in a caption: {said}")
    ax.legend()
    return ax


def plot_courses(courses, ylabel):
    """Truth against what training cost, one mark per epoch.

    courses: dict from name to list of (billions of multiplications, share)
    returns: the axes
    """
    _, ax = plt.subplots(figsize=(8, 3.8))
    said = []
    for (name, points), (colour, _), marker in zip(courses.items(), LOOKS, "o^s", strict=False):
        cost, share = zip(*points, strict=True)
        ax.plot(cost, share, color=PALETTE[colour], marker=marker, linestyle="-", label=name)
        said.append(f"{name} {course_of(share, cost)}, after {cost[-1]:.3g} billion")
    ax.set(xlabel="billions of multiplications", ylabel=ylabel, ylim=(0, 1))
    describe(ax, f"Curves of {ylabel} against billions of multiplications in training: {'; '.join(said)}")
    ax.legend()
    return ax
