"""Figures of chapters 01 and 02: how full tanh is, how memories fade, and how gradients travel through time."""

import matplotlib.colors as colors
import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import as_text, course_of, describe
from cs231n.course.plotting.basics import DASHES, LINES, PALETTE


def plot_saturation(states):
    """A histogram of hidden states for each size of the weights, side by side.

    states: dict from size to an array of states
    returns: the array of axes
    """
    width = 3.4 * len(states) if len(states) > 1 else 5
    figure, axes = plt.subplots(1, len(states), figsize=(width, 3), sharey=True, squeeze=False)
    said = []
    for ax, (size, values) in zip(axes[0], states.items(), strict=True):
        values = np.ravel(values)
        ax.hist(values, bins=30, range=(-1, 1), color=PALETTE["state"])
        slope = (1 - values**2).mean()
        ax.set(title=f"weights × {size}\nmean slope {slope:.2f}", xlabel="value in next_h")
        near = (np.abs(values) > 0.9).mean()
        said.append(f"weights × {size}: mean slope {slope:.2f}, {near:.0%} of the values beyond −0.9 and 0.9")
    axes[0, 0].set_ylabel("how many")
    describe(figure, f"Histograms of next_h, between −1 and 1: {'; '.join(said)}")
    return axes[0]


def plot_step_errors(steps, errors):
    """Error of a measured gradient against the step ε, a curve for each dtype, both axes in powers of ten.

    steps: (K,) values of ε; errors: dict from dtype's name to (K,) errors
    returns: the axes
    """
    _, ax = plt.subplots(figsize=(8, 4))
    said = []
    looks = {"float32": (PALETTE["wrong"], "s"), "float64": (PALETTE["right"], "o")}
    for name, values in errors.items():
        colour, marker = looks[name]
        ax.loglog(steps, np.maximum(values, 1e-16), marker=marker, color=colour, label=name)
        best = int(np.argmin(values))
        said.append(f"{name} is most exact, {values[best]:.0e}, at ε = {steps[best]:.0e}")
    ax.set(xlabel="ε", ylabel="error of the measured gradient")
    describe(ax, f"Error of the measured gradient against ε, both in powers of ten: {'; '.join(said)}")
    ax.legend()
    return ax


def plot_memories(memories):
    """States over time, a panel for each size of Wh: units down, steps across, blue below 0, red above.

    memories: dict from size to (T, H)
    returns: the array of axes
    """
    figure, axes = plt.subplots(1, len(memories), figsize=(11, 3.4), sharey=True, squeeze=False)
    for ax, (size, h) in zip(axes[0], memories.items(), strict=True):
        image = ax.imshow(h.T, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
        ax.set(title=f"Wh × {size}", xlabel="time step")
        ax.grid(False)
    axes[0, 0].set_ylabel("unit")
    figure.colorbar(image, ax=axes, label="h")
    said = "; ".join(
        f"Wh × {size} {course_of(np.abs(h).mean(axis=1)[[0, -1]])}" for size, h in memories.items()
    )
    steps, units = h.shape
    describe(
        figure,
        f"The states of {units} units over {steps} steps, in colours. Their mean size, from the first step to "
        f"the last: {said}",
    )
    return axes[0]


def plot_gradient_walks(with_tanh, without):
    """Length of a gradient on its way back, with tanh on the left and without it on the right, on one log axis.

    with_tanh, without: dict from size of Wh to the lengths, the last step's first
    returns: the array of axes
    """
    _, axes = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True)
    for ax, walks, title in zip(axes, (with_tanh, without), ("with tanh", "without tanh"), strict=True):
        for (size, lengths), colour, dashes in zip(walks.items(), LINES, DASHES, strict=False):
            ax.semilogy(lengths, color=colour, linestyle=dashes)
            ax.annotate(
                f"× {size}", (len(lengths) - 1, lengths[-1]), xytext=(5, -4), textcoords="offset points"
            )
        ax.set(title=title, xlabel="steps back from the end")
        said = "; ".join(f"Wh × {size} {course_of(lengths)}" for size, lengths in walks.items())
        describe(ax, f"length of the gradient over {len(lengths) - 1} steps back, in powers of ten: {said}")
        ax.margins(x=0.09)
    axes[0].set_ylabel("length of the gradient")
    return axes


def plot_influence(maps):
    """How much state s moves state t, over all pairs of steps, a panel for each size of Wh.

    maps: dict from size to (T, T): entry [t, s] for s ≤ t, NaN above
    returns: the array of axes
    """
    figure, axes = plt.subplots(1, len(maps), figsize=(11, 3.9), sharey=True, squeeze=False)
    # Powers of ten, spread around 1: there a factor of 2 is seen, and white is 1 alone.
    norm = colors.FuncNorm((_signed_root, lambda y: 10 ** (4 * y * np.abs(y))), vmin=1e-4, vmax=1e4)
    palette = plt.get_cmap("RdBu_r").with_extremes(bad="#E3E3E3")
    for ax, (size, lengths) in zip(axes[0], maps.items(), strict=True):
        image = ax.imshow(np.clip(lengths, 1e-4, 1e4), cmap=palette, norm=norm, interpolation="nearest")
        ax.set(title=f"Wh × {size}", xlabel="s: the state that is moved")
        ax.grid(False)
    axes[0, 0].set_ylabel("t: the state that answers")
    ticks = [1e-4, 1e-2, 0.1, 1, 10, 1e2, 1e4]
    bar = figure.colorbar(image, ax=axes, extend="both", label="size of ∂h_t / ∂h_s", ticks=ticks)
    bar.ax.set_yticklabels([f"{tick:g}" for tick in ticks])
    said = "; ".join(f"Wh × {size} {as_text(lengths[-1, 0])}" for size, lengths in maps.items())
    describe(
        figure,
        "How much each state moves every later one, as triangles of colours. How much the first moves the last: "
        f"{said}",
    )
    return axes[0]


def _signed_root(sizes):
    """−1 for 10⁻⁴, 0 for 1, 1 for 10⁴: the signed root of the logarithm."""
    powers = np.log10(np.maximum(sizes, 1e-9)) / 4
    return np.sign(powers) * np.sqrt(np.abs(powers))
