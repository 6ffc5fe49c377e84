"""Pictures of what a network keeps: gradients on their way back, gates, facts in the state, statements."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import course_of, describe
from cs231n.course.plotting.basics import DASHES, LINES, PALETTE


def plot_walk_back(walks, belts, ends, scales, here):
    """Left: lengths of a gradient on its way back, and dotted what the belt alone would leave. Right: what is
    left at the end, for matrices of several sizes.

    walks: dict from name to list of lengths
    belts: the same names or fewer, to list of lengths
    ends: dict from name to one length for each of scales
    here: the scale of the left panel
    returns: the two axes
    """
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True)
    dashed = [each for each in DASHES if each != ":"]  # dotted lines are the belt
    for name, colour, dashes in zip(walks, LINES, dashed, strict=False):
        left.plot(walks[name], color=colour, linestyle=dashes, label=name)
        if name in belts:
            left.plot(belts[name], color=colour, linestyle=":", linewidth=1.2)
        right.plot(scales, ends[name], color=colour, linestyle=dashes, marker="o")
    left.set(yscale="log", xlabel="steps back from the end", ylabel="length of ∂L/∂(state)")
    left.set_title(f"size of the matrix {here}")
    right.set(xlabel="size of the matrix", title=f"left after {len(next(iter(walks.values()))) - 1} steps")
    right.axvline(here, color=PALETTE["quiet"], linestyle=":", linewidth=1.2)
    left.legend(fontsize=10)
    said = "; ".join(f"{name} {course_of(lengths)}" for name, lengths in walks.items())
    describe(left, f"length of the gradient on its way back, in powers of ten: {said}")
    said = "; ".join(f"{name} {course_of(lengths, scales)}" for name, lengths in ends.items())
    describe(right, f"for matrices of size {scales[0]} to {scales[-1]}: {said}")
    return left, right


def plot_gates(gates, words, columns=40):
    """The three gates of an LSTM at each word, for some units, sorted by how open their forget gate is.

    gates: (T, 3, H), from `gates_while_reading`; words: list of T str
    returns: the three axes
    """
    shown = np.argsort(-gates[:, 1].mean(axis=0))[:: max(gates.shape[2] // columns, 1)][:columns]
    figure, axes = plt.subplots(1, 3, figsize=(11, 1.2 + 0.32 * len(words)), sharey=True)
    names = ["input gate i", "forget gate f", "output gate o"]
    for ax, name, gate in zip(axes, names, gates.swapaxes(0, 1), strict=True):
        image = ax.imshow(
            gate[:, shown], vmin=0, vmax=1, cmap="cividis", aspect="auto", interpolation="nearest"
        )
        ax.set(title=name, xlabel="unit")
        ax.grid(False)
    axes[0].set_yticks(range(len(words)), words)
    figure.colorbar(image, ax=axes, label="0 closed … 1 open")
    said = "; ".join(
        f"{name} {', '.join(f'{open_:.2f}' for open_ in gate.mean(axis=1))}"
        for name, gate in zip(names, gates.swapaxes(0, 1), strict=True)
    )
    describe(
        figure,
        f"How open three gates are in each unit, at the words “{' '.join(words)}”. "
        f"Their means at these words: {said}",
    )
    return axes


def plot_facts_in_state(shares, kinds, guess):
    """How often a probe reads each fact right, one column per word read, one panel per model.

    shares: dict from model to (facts, words + 1); kinds: names of the facts
    guess: (facts,), what guessing the most frequent value gives: the column on the left
    returns: the axes
    """
    steps = next(iter(shares.values())).shape[1]
    figure, axes = plt.subplots(
        len(shares), 1, figsize=(9.6, len(shares) * (0.9 + 0.42 * len(kinds))), sharex=True, squeeze=False
    )
    for ax, (name, values) in zip(axes[:, 0], shares.items(), strict=True):
        values = np.column_stack([guess, np.full(len(kinds), np.nan), values])
        image = ax.imshow(values, vmin=0, vmax=1, cmap="cividis", aspect="auto", interpolation="nearest")
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                ink = "black" if value > 0.5 else "white"
                ax.text(column, row, f"{value:.0%}", ha="center", va="center", color=ink, fontsize=9)
        ax.set_yticks(range(len(kinds)), kinds)
        ax.set_title(name)
        ax.grid(False)
        ax.spines[:].set_visible(False)
    axes[-1, 0].set_xticks([0, *range(2, steps + 2)], ["guess", "START", *range(1, steps)])
    axes[-1, 0].set_xlabel("words read")
    figure.colorbar(image, ax=axes, label="share that a probe reads right", fraction=0.04, pad=0.02)
    said = [
        f"{name}: "
        + ", ".join(f"{kind} {row[0]:.0%} to {row[-1]:.0%}" for kind, row in zip(kinds, values, strict=True))
        for name, values in shares.items()
    ]
    guesses = ", ".join(f"{kind} {share:.0%}" for kind, share in zip(kinds, guess, strict=True))
    describe(
        figure,
        "How often a probe reads each fact right in the state, from the first column, after START, to the last, "
        f"after {steps - 1} words. {'. '.join(said)}. A guess: {guesses}",
    )
    return axes[:, 0]


def plot_statements(right, order):
    """For each kind of fact: the share of right statements, one bar per model, with their number.

    right: dict from model to dict from fact to list of True and False
    returns: the axes
    """
    _, ax = plt.subplots(figsize=(8, 0.9 + (0.3 + 0.25 * len(right)) * len(order) * 0.75))
    looks = [("input", ""), ("gradient", "//"), ("state", ".."), ("weight", "xx")]
    height, told = 0.84 / len(right), []
    for place, ((name, said), (colour, hatch)) in enumerate(zip(right.items(), looks, strict=False)):
        said = [said.get(fact, []) for fact in order]
        shares = [np.mean(each) if each else 0 for each in said]
        notes = [f"{share:.0%} of {len(each)}" for share, each in zip(shares, said, strict=True)]
        told.append(f"{name}: " + ", ".join(map(" ".join, zip(order, notes, strict=True))))
        style = {"color": PALETTE[colour], "hatch": hatch, "edgecolor": "white", "label": name}
        middle = np.arange(len(order)) + height * (place - (len(right) - 1) / 2)
        ax.bar_label(ax.barh(middle, shares, height * 0.93, **style), notes, padding=3, fontsize=9)
    ax.set_yticks(range(len(order)), order)
    describe(ax, f"Shares of right statements. {'. '.join(told)}")
    ax.set(xlabel="share of right statements", xlim=(0, 1), xticks=np.arange(0, 1.01, 0.2))
    ax.grid(False, axis="y")
    ax.invert_yaxis()
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=3)
    return ax
