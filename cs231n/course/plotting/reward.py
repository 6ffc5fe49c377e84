"""A captioner that follows a reward: captions before and after, curves, and the film of how it changes."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import course_of, describe
from cs231n.course.plotting.basics import DASHES, LINES, MARKS, PALETTE
from cs231n.course.plotting.film import film_of
from cs231n.course.plotting.film import show_film as show_film  # chapter 09 takes it from here

WIDE = 40  # letters per line


def plot_before_after(picture, before, after):
    """One scene, and beside it the captions that a model drew before and after, each with its probability.

    picture: array (rows, columns, 3)
    before, after: lists of (caption, its probability at that time, whether it is true), drawn captions
    returns: the figure
    """
    figure = plt.figure(figsize=(10.4, 0.95 + 0.52 * max(len(before), len(after))), layout="none")
    ax = figure.add_axes((0.005, 0.2, 0.24, 0.68))
    ax.imshow(picture, interpolation="bicubic")
    ax.axis("off")
    longest, said = max(share for _, share, _ in (*before, *after)), []
    for left, title, drawn in ((0.27, "drawn before", before), (0.645, "drawn after", after)):
        ax = figure.add_axes((left, 0.02, 0.35, 0.9))
        _caption_bars(ax, *zip(*drawn, strict=True), longest)
        ax.set_title(title, loc="left")
        captions = (
            f"“{text}” {_percent(share)}, {'true' if right else 'not true'}" for text, share, right in drawn
        )
        said.append(f"{title}: {'; '.join(captions)}")
    describe(figure, f"A picture, and captions of it with their probabilities. {'. '.join(said)}")
    return figure


def plot_over_steps(curves, titles):
    """Small panels, one per measure, with a line for each reward; the reward itself as a share of its highest.

    curves: dict from the name of a reward to a dict from step to a dict of measures
    titles: dict from a measure to its panel's title
    returns: the array of axes
    """
    figure, axes = plt.subplots(2, -(-len(titles) // 2), figsize=(9.6, 5.4), squeeze=False)
    panels = dict(zip(titles, axes.flat, strict=False))
    said = {measure: [] for measure in titles}
    for number, (name, curve) in enumerate(curves.items()):
        for measure, ax in panels.items():
            values = np.array([point[measure] for point in curve.values()])
            values = values / np.nanmax(values) if measure == "reward" else values
            ax.plot(list(curve), values, color=LINES[number], linestyle=DASHES[number], label=name)
            said[measure].append(f"{name} {course_of(values, list(curve))}")
    for measure, ax in panels.items():
        ax.set_title(titles[measure], fontsize=11.5)
        describe(ax, f"over the steps of training: {'; '.join(said[measure])}")
        ax.set(xlabel="steps", ylim=(0, None))
        if measure != "statements":
            ax.set(ylim=(0, 1.04))
            ax.yaxis.set_major_formatter("{x:.0%}")
    for ax in axes.flat[len(titles) :]:
        ax.axis("off")
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(curves))
    return axes


def policy_film(picture, captions, true, probabilities, steps):
    """How the probabilities of some captions change while a model is trained, one frame a measurement.

    picture: array (rows, columns, 3) uint8
    captions: list of K texts; true: list of K booleans
    probabilities: (S, K), of each caption at each of the S steps; steps: (S,) numbers
    returns: the bytes of an animated WebP; `show_film` shows it
    """

    def frame(step, shares):
        figure = plt.figure(figsize=(8.2, 0.8 + 0.5 * len(captions)), dpi=90, layout="none")
        ax = figure.add_axes((0.01, 0.12, 0.3, 0.76))
        ax.imshow(picture, interpolation="bicubic")
        ax.axis("off")
        ax = figure.add_axes((0.34, 0.02, 0.64, 0.88))
        _caption_bars(ax, captions, shares, true, np.max(probabilities))
        ax.set_title(f"after {step} steps", loc="left")
        return figure

    return film_of(map(frame, steps, probabilities), milliseconds=600, quality=70)


def _caption_bars(ax, captions, shares, true, longest):
    """Captions below each other, each with its mark, its probability, and a bar of that length below its words.

    longest: the probability whose bar is as long as the panel
    """
    for row, (caption, share, right) in enumerate(zip(captions, shares, true, strict=True)):
        sign, colour = MARKS[bool(right)]
        text = textwrap.shorten(f"{sign} {caption or '(nothing)'}", 2 * WIDE - 4, placeholder=" …")
        ax.text(0.13, row, textwrap.fill(text, WIDE), va="center", fontsize=9, color=colour, linespacing=1.1)
        ax.text(0.11, row, _percent(share), va="center", ha="right", fontsize=9)
        ax.barh(row + 0.4, 0.87 * share / longest, left=0.13, height=0.1, color=PALETTE["output"])
    ax.set(xlim=(0, 1), ylim=(len(captions) - 0.4, -0.5))
    ax.axis("off")


def _percent(share):
    """A probability as people read it: 12 %, 0.4 %, and < 0.01 % below that."""
    percent = 100 * share
    if percent < 0.01:
        return "< 0.01 %"
    return (
        f"{percent:.0f} %" if percent >= 9.5 else f"{percent:.1f} %" if percent >= 0.1 else f"{percent:.2f} %"
    )
