"""Pictures of what takes how long: versions of a program beside what their multiplications alone would take."""

import matplotlib.patheffects as effects
import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import describe
from cs231n.course.plotting.basics import DASHES, LINES, PALETTE, plot_bars


def plot_moves(results, bound, predicted=None):
    """One bar per version, a dark mark for the time of its own products, a triangle for what was predicted.

    results: dict from version to (milliseconds of its products, milliseconds measured)
    bound: milliseconds of the products that must be done: the dashed line
    predicted: dict from version to milliseconds or None
    returns: the axes
    """
    places = dict(zip(results, range(len(results)), strict=True))
    ax = plot_bars(
        {name: took for name, (_, took) in results.items()},
        xlabel="milliseconds for loss and gradients",
        form="{:.0f}",
    )
    outline = [effects.withStroke(linewidth=6, foreground="white")]  # seen on the bar and beside it
    products = [alone for alone, _ in results.values()]
    style = {"color": PALETTE["ink"], "markersize": 18, "markeredgewidth": 2.5, "path_effects": outline}
    ax.plot(products, range(len(results)), "|", label="its products alone", **style)
    guesses = {name: value for name, value in (predicted or {}).items() if value is not None}
    if guesses:
        style = {"color": PALETTE["weight"], "markersize": 9, "path_effects": outline}
        ax.plot(list(guesses.values()), [places[n] for n in guesses], "^", label="you predicted", **style)
    ax.axvline(bound, color=PALETTE["gradient"], linestyle="--", label="the bound")
    said = "; ".join(f"{name} {took:.0f} ({alone:.0f})" for name, (alone, took) in results.items())
    said += "".join(f"; you predicted {value} for {name}" for name, value in guesses.items())
    describe(
        ax,
        f"Bars of milliseconds for loss and gradients, in brackets those of the products alone: {said}. "
        f"The bound is {bound:.0f}",
    )
    ax.figure.legend(loc="outside upper left", ncols=3)  # the bars may be long
    return ax


def plot_busy(speeds, xlabel="busy programs beside it"):
    """Steps per second against the number of busy programs, one line per number of threads.

    speeds: dict from name to a list of steps per second, for 0, 1, 2, … busy programs
    returns: the axes
    """
    _, ax = plt.subplots()
    for (name, values), colour, dashes in zip(speeds.items(), LINES, DASHES, strict=False):
        ax.plot(np.arange(len(values)), values, color=colour, linestyle=dashes, marker="o", label=name)
    ax.set(xlabel=xlabel, ylabel="steps a second", xticks=range(len(values)))
    said = "; ".join(f"{name} {', '.join(f'{v:.3g}' for v in values)}" for name, values in speeds.items())
    describe(ax, f"Steps per second with 0, 1, 2, … {xlabel}: {said}")
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax
