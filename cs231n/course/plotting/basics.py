"""How the chapters draw: one palette, one style, and the few figures that return in several chapters.

No function here calls `plt.show()`: end the cell with it.
"""

import sys
import textwrap
from itertools import cycle

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends import backend_registry

from cs231n.course.plotting.alt_text import as_text, course_of, describe, show_with_alt_text
from cs231n.progress_bar import in_notebook

# Okabe and Ito (2008), "Color Universal Design": colours that colour-blind readers can tell apart.
PALETTE = {
    "input": "#0072B2",  # blue: x, features, words that go in
    "state": "#009E73",  # green: h, what the network remembers
    "cell": "#56B4E9",  # sky blue: c, the long memory of the LSTM
    "weight": "#E69F00",  # orange: Wx, Wh, b, what is learned
    "output": "#CC79A7",  # purple: scores, probabilities, words that come out
    "gradient": "#D55E00",  # vermilion: everything that flows backward
    "right": "#00785A",  # a darker green, readable as text
    "wrong": "#B34A00",  # a darker vermilion
    "quiet": "#8C8C8C",  # grey: padding, and what matters less
    "ink": "#222222",  # text
}
LINES = [PALETTE[role] for role in ("input", "gradient", "state", "weight", "output", "cell")] + ["#000000"]
DASHES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2))]
MARKS = {True: ("✓", PALETTE["right"]), False: ("✗", PALETTE["wrong"]), None: ("", PALETTE["ink"])}

STYLE = {
    "figure.dpi": 110,
    "figure.figsize": (7, 3.8),
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # comes with matplotlib, so figures look alike everywhere
    "font.size": 12,
    "text.color": PALETTE["ink"],
    "axes.titlesize": 13,
    "axes.labelcolor": PALETTE["ink"],
    "axes.edgecolor": PALETTE["quiet"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.8,
    "xtick.color": PALETTE["ink"],
    "ytick.color": PALETTE["ink"],
    "lines.linewidth": 2.2,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "image.interpolation": "antialiased",
    "savefig.facecolor": "white",
}
IN_PAGES = {"nbagg", "notebook", "webagg"}  # of Matplotlib's own ways to draw, those that a notebook can show


def use_course_style():
    """Make every figure drawn from here on look like the course's: call it once, at the top of a notebook.

    A user's own settings of Matplotlib no longer count then; in a notebook, figures stand below their cells, each
    with an alt text.
    """
    _draw_in_the_notebook()
    show_with_alt_text()
    matplotlib.rcdefaults()
    plt.rcParams.update({**STYLE, "axes.prop_cycle": plt.cycler(color=LINES, linestyle=DASHES)})


def _draw_in_the_notebook():
    """Where MPLBACKEND or a matplotlibrc has chosen a window or no screen, a notebook would show no figure."""
    if in_notebook() and plt.get_backend().lower() in {*backend_registry.list_builtin()} - IN_PAGES:
        sys.modules["IPython"].get_ipython().run_line_magic("matplotlib", "inline")


def show_pictures(pictures, captions=None, columns=4, marks=None):
    """Pictures in a grid, each with its caption below, right and wrong ones told apart by ✓ and ✗.

    pictures: list of arrays (rows, columns[, 3]); None stands for a picture that cannot be had: a grey
        square that says why, the reason being its caption
    captions: list of str, one per picture
    columns: pictures in a row
    marks: list of True, False or None, one per picture
    returns: the array of axes
    ValueError: when captions or marks are not as many as pictures
    """
    pictures = list(pictures)
    captions = [""] * len(pictures) if captions is None else list(captions)
    marks = [None] * len(pictures) if marks is None else list(marks)
    for name, values in (("captions", captions), ("marks", marks)):
        if len(values) != len(pictures):
            raise ValueError(
                f"{name} has {len(values)} entries, expected one for each of {len(pictures)} pictures"
            )

    said = _pictures_in_words(pictures, captions, marks)
    columns = max(1, min(columns, len(pictures)))
    rows = max(1, -(-len(pictures) // columns))
    side = 9.6 / max(columns, 3)  # inches
    letters = int(side * 9.5)  # that fit under a picture
    captions = [textwrap.fill(str(caption), letters) for caption in captions]
    lines = max((caption.count("\n") + 1 for caption in captions if caption), default=0)
    size = (side * columns, rows * (side + 0.2 * lines + 0.15))
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    describe(figure, said)
    for ax in axes.flat:
        ax.grid(False)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    for ax, picture, caption, mark in zip(axes.flat, pictures, captions, marks, strict=False):
        if picture is None:
            ax.imshow([[0.9]], cmap="gray", vmin=0, vmax=1)
            ax.text(0, 0, caption or "no picture", ha="center", va="center", color="#555555", fontsize=11)
            continue
        ax.imshow(picture, cmap="gray", interpolation="bicubic")
        sign, colour = MARKS[None if mark is None else bool(mark)]
        ax.set_xlabel(f"{sign} {caption}".strip(), color=colour, fontsize=11)
    return axes


def _pictures_in_words(pictures, captions, marks):
    """How many pictures there are, and the caption and mark of each."""
    said = []
    for picture, caption, mark in zip(pictures, captions, marks, strict=True):
        text = "" if picture is not None else "a grey square that says "
        text += f"“{' '.join(str(caption).split())}”" if caption else "no caption"
        said.append(text + ("" if mark is None else " (right)" if mark else " (wrong)"))
    if len(said) == 1:
        return f"A picture and its caption: {said[0]}"
    listed = "; ".join(f"{k} {text}" for k, text in enumerate(said, 1))
    return f"{len(said)} pictures and their captions: {listed}"


def smooth(values, window):
    """Running mean: s_t is the mean of the values at most window // 2 steps from t, fewer at both ends.

    values: (T,); window: steps, at most T
    returns: (T,)
    """
    kernel = np.ones(window)
    return np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")


def plot_loss(histories, title=None, window=None, ax=None):
    """Loss at each training step: faint as it was, strong as a running mean.

    histories: list of losses, or a dict from name to list, to compare several
    window: steps in the running mean; left out, a twentieth of the history
    ax: axes to draw in; left out, a new figure
    returns: the axes
    ValueError: for a history without a loss in it
    """
    if not isinstance(histories, dict):
        histories = {None: histories}
    ax = ax or plt.subplots()[1]
    said = []
    for (name, losses), colour, dashes in zip(histories.items(), cycle(LINES), cycle(DASHES), strict=False):
        losses = np.asarray(losses, dtype=float)
        if losses.size == 0:
            raise ValueError(f"The loss history{f' {name!r}' if name else ''} is empty: train first.")
        steps = min(window or max(1, losses.size // 20), losses.size)
        ax.plot(losses, color=colour, alpha=0.25, linewidth=1, linestyle="-")
        ax.plot(smooth(losses, steps), color=colour, linestyle=dashes, label=name)
        said.append(f"{name or 'it goes'} {course_of(smooth(losses, steps))}")
    ax.set(xlabel="training step", ylabel="loss", title=title)
    describe(ax, f"Loss at each training step, as a running mean: {'; '.join(said)}")
    if any(name is not None for name in histories):
        ax.legend()
    return ax


def plot_lines(curves, x=None, xlabel=None, ylabel=None, title=None, log=False, ax=None):
    """Named curves over one x, each with its own colour and dashes.

    curves: dict from name to list
    x: where the values lie; left out, 0, 1, 2, …
    log: True draws y in powers of ten
    ax: axes to draw in; left out, a new figure
    returns: the axes
    """
    ax = ax or plt.subplots()[1]
    for (name, values), colour, dashes in zip(curves.items(), cycle(LINES), cycle(DASHES), strict=False):
        ax.plot(range(len(values)) if x is None else x, values, color=colour, linestyle=dashes, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title, yscale="log" if log else "linear")
    said = "; ".join(f"{name} {course_of(values, x)}" for name, values in curves.items())
    describe(ax, f"Curves of {ylabel or 'numbers'} against {xlabel or 'their place'}: {said}")
    if x is None:
        ax.xaxis.get_major_locator().set_params(integer=True)
    if len(curves) > 1:
        ax.legend()
    return ax


def plot_bars(values, xlabel=None, title=None, form="{:.3g}", role="input", ax=None):
    """One horizontal bar per name, the first on top, with its number at the end: probabilities, times, counts.

    values: dict from name to number
    form: how a number is written, as for str.format
    role: colour, a key of PALETTE, or a list of one key per bar
    ax: axes to draw in; left out, a new figure
    returns: the axes
    """
    ax = ax or plt.subplots(figsize=(7, 0.9 + 0.38 * len(values)))[1]
    colours = [PALETTE[name] for name in ([role] * len(values) if isinstance(role, str) else role)]
    bars = ax.barh(range(len(values)), list(values.values()), color=colours, height=0.7)
    ax.bar_label(bars, [form.format(value) for value in values.values()], padding=4, fontsize=11)
    ax.set_yticks(range(len(values)), list(values))
    ax.set(xlabel=xlabel, title=title)
    said = "; ".join(f"{name} {form.format(value)}" for name, value in values.items())
    describe(ax, f"Bars{f' of {xlabel}' if xlabel else ''}: {said}")
    ax.invert_yaxis()
    ax.grid(False, axis="y")
    ax.margins(x=0.12)
    return ax


def heat_map(values, words, title=None, limit=None):
    """Numbers at each word of a caption, one row per word: blue below 0, white at 0, red above.

    values: (T, H), or a dict from name to (T, H), which are drawn side by side (the gates of an LSTM)
    words: list of T str, or one str with T words
    limit: the number with the strongest colour; left out, the largest in size
    returns: the array of axes
    ValueError: when there are not as many words as rows
    """
    words = words.split() if isinstance(words, str) else list(words)
    panels = values if isinstance(values, dict) else {None: values}
    panels = {name: np.asarray(panel) for name, panel in panels.items()}
    for panel in panels.values():
        if panel.ndim != 2 or len(panel) != len(words):
            raise ValueError(
                f"values has shape {panel.shape}, expected ({len(words)}, H): a row for each word"
            )
    limit = limit or max(np.abs(panel).max() for panel in panels.values()) or 1

    size = (min(10, 4.2 + 1.6 * len(panels)), 1.4 + 0.3 * len(words))
    figure, axes = plt.subplots(
        1, len(panels), figsize=size, sharey=True, squeeze=False, layout="constrained"
    )
    for ax, (name, panel) in zip(axes.flat, panels.items(), strict=True):
        image = ax.imshow(
            panel, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest"
        )
        ax.set_yticks(range(len(words)), words)
        ax.set(xlabel="unit", title=name)
        ax.grid(False)
    figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02)
    figure.suptitle(title or "")
    described = "; ".join(
        f"{f'{name}: ' if name else ''}from {as_text(panel.min())} to {as_text(panel.max())}"
        for name, panel in panels.items()
    )
    describe(figure, f"One row of numbers per word of “{' '.join(words)}”, one column per unit: {described}")
    return axes[0]


def plot_beam_tree(nodes, idx_to_word, end="<END>"):
    """The beginnings that a beam search kept: one column per word, no lines that cross, the winner's way thick.

    Under each dot stands log P of the beginning, and under an ended caption its rank.

    nodes: list as `decoding.beam_tree` gives it
    idx_to_word: list of words
    returns: the axes
    """
    places, columns, above = {}, {}, {None: 0}
    way = " ".join(idx_to_word[node.word] for node in nodes if node.best and idx_to_word[node.word] != end)
    for number, node in enumerate(nodes):
        columns.setdefault(node.step, []).append(number)
    for step in sorted(columns):  # children stand in the order of their parents, so that lines do not cross
        column = sorted(columns[step], key=lambda n: (above[nodes[n].parent], -nodes[n].rank))
        best = next((k for k, n in enumerate(column) if nodes[n].best), 0)
        for k, number in enumerate(column):
            places[number], above[number] = (step, best - k), k  # the winner's way is a straight line
    low, high = min(y for _, y in places.values()), max(y for _, y in places.values())
    _, ax = plt.subplots(figsize=(min(1 + 1.1 * len(columns), 14), 0.9 + 0.95 * (high - low + 1)))
    ax.set(xlim=(-0.5, len(columns) + 0.5), ylim=(low - 0.55, high + 0.55))
    ax.axis("off")
    ended = sum(idx_to_word[node.word] == end for node in nodes)
    describe(
        ax,
        f"A tree of the {len(nodes)} beginnings that a beam search kept in {len(columns)} steps. {ended} of them "
        f"ended; the one that won: “{way}”",
    )
    text = {"ha": "center", "fontsize": 11, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5}}
    ax.scatter(0, 0, s=70, color=PALETTE["input"], zorder=2)
    ax.text(0, 0.16, "<START>", va="bottom", **text)
    for number, (x, y) in places.items():
        node = nodes[number]
        from_x, from_y = (0, 0) if node.parent is None else places[node.parent]
        colour, width = (PALETTE["output"], 3.5) if node.best else (PALETTE["quiet"], 1)
        ax.plot([from_x, x], [from_y, y], color=colour, linewidth=width, linestyle="-", zorder=1)
        ax.scatter(x, y, s=70, color=colour, zorder=2)
        word = idx_to_word[node.word]
        value = f"rank {node.rank:.2f}" if word == end else f"{node.logp:.1f}"
        ax.text(x, y + 0.16, word, va="bottom", weight="bold" if node.best else "normal", **text)
        ax.text(x, y - 0.16, value, va="top", **(text | {"fontsize": 9}))
    return ax
