"""Figures of chapter 03: words as points."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n.course.plotting.alt_text import describe
from cs231n.course.plotting.basics import PALETTE

MARKERS = "os^Dv"
COLOUR_WORDS = {  # each colour word in its own colour, dark enough to be read on white
    "red": "#C62828",
    "orange": "#B85300",
    "yellow": "#8A7300",
    "green": "#2E7D32",
    "blue": "#1557B0",
    "purple": "#6A1B9A",
    "pink": "#C2185B",
}


def plot_word_map(groups, maps):
    """Words as points, a panel for each map, each group with its own marker; no label lies on another.

    groups: dict from a group's name to its words; a colour word has its own colour
    maps: dict from a panel's title to a dict from word to (2,)
    returns: the array of axes
    """
    figure, axes = plt.subplots(1, len(maps), figsize=(12, 5.6), squeeze=False)
    others = [PALETTE[role] for role in ("ink", "input", "state", "output", "weight")]
    for ax, (title, places) in zip(axes[0], maps.items(), strict=True):
        for (name, group), marker, colour in zip(groups.items(), MARKERS, others, strict=False):
            points = np.array([places[word] for word in group]).reshape(-1, 2)
            ax.scatter(
                *points.T, marker=marker, s=55, label=name, c=[COLOUR_WORDS.get(w, colour) for w in group]
            )
        ax.set(title=title, xticks=[], yticks=[])
        ax.margins(0.14)
    said = "; ".join(f"{title}, for {_beside_their_group(groups, places)}" for title, places in maps.items())
    names = ". ".join(f"{name}: {', '.join(group)}" for name, group in groups.items())
    describe(
        figure,
        f"Maps of words as points. {names}. The nearest point to a word is of its own group: {said} words",
    )
    axes[0, 0].legend(loc="upper left", bbox_to_anchor=(0, -0.02), ncols=len(groups))
    figure.canvas.draw()  # fixes the layout, so that places on the paper are known
    for ax, places in zip(axes[0], maps.values(), strict=True):
        points = {word: ax.transData.transform(point) for word, point in places.items()}
        taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in points.values()]
        colours = {
            w: COLOUR_WORDS.get(w, c) for g, c in zip(groups.values(), others, strict=False) for w in g
        }
        for word, (x, y) in points.items():
            text = ax.annotate(
                word,
                places[word],
                xytext=(0, 0),
                textcoords="offset points",
                fontsize=11,
                color=colours[word],
            )
            box = text.get_window_extent()
            right, up = _free_place(x, y, box.width, box.height, taken, ax.bbox)
            taken.append((x + right, y + up, x + right + box.width, y + up + box.height))
            text.set_position((right * 72 / figure.dpi, up * 72 / figure.dpi))
    return axes[0]


def _beside_their_group(groups, places):
    """For how many words the nearest other word is of the same group: "9 of 21"."""
    words = [word for group in groups.values() for word in group]
    if not words:
        return "none of 0"
    group_of = [name for name, group in groups.items() for _ in group]
    points = np.array([places[word] for word in words])
    away = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(away, np.inf)
    near = away.argmin(axis=1)
    return f"{sum(group_of[k] == group_of[near[k]] for k in range(len(words)))} of {len(words)}"


def _free_place(x, y, width, height, taken, frame):
    """Where a label goes, from its point, so that it lies on nothing: the nearest of many places, in pixels."""
    best, least = (8, 4), np.inf
    for away in range(8, 90, 6):
        for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
            middle_x, middle_y = away * np.cos(angle), away * np.sin(angle)
            right = middle_x - width / 2 + np.cos(angle) * width / 2
            up = middle_y - height / 2 + np.sin(angle) * height / 2
            box = (x + right, y + up, x + right + width, y + up + height)
            covered = sum(
                max(0, min(box[2], other[2]) - max(box[0], other[0]) + 2)
                * max(0, min(box[3], other[3]) - max(box[1], other[1]) + 2)
                for other in taken
            )
            outside = max(0, frame.x0 - box[0]) + max(0, box[2] - frame.x1)
            outside += max(0, frame.y0 - box[1]) + max(0, box[3] - frame.y1)
            cost = covered + 50 * outside + 0.05 * away
            if cost < least:
                best, least = (right, up), cost
        if least < 10:
            break
    return best
