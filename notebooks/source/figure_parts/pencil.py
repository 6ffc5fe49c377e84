"""A sheet to draw on: boxes for arrays, circles for operations, arrows between them, in the course's colours."""

import io
import re
from contextlib import contextmanager
from typing import NamedTuple
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Patch

from cs231n.course.plotting import PALETTE

PAPER = "#FFFFFF"
DARK = {
    "quiet": "#666666",
    "weight": "#8A5A00",
    "output": "#8E3F6F",
    "state": "#00684B",
    "cell": "#1B6FA3",
    "gradient": "#B34A00",
}
CODE = "DejaVu Sans Mono"
CHINESE = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, sans-serif"
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
DASHES = (0, (4, 2))
STYLE = {
    "svg.hashsalt": "captioning-with-rnns",  # the same ids each time
    "svg.fonttype": "path",  # letters are drawn, so no font is needed to see them
}


@contextmanager
def same_everywhere():
    """Draw with matplotlib's own settings, not with those of the reader's machine."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


class Words:
    """The words in drawings: `said` holds all that were written, `chinese` what is written in their place."""

    def __init__(self):
        self.said, self.chinese = [], {}

    def __call__(self, text, code):
        """What to write; code, and a name in code, stays as it is."""
        if code and (" " not in text and text not in NO_NAMES or re.search(r"[\[@]|\):", text)):
            return text
        self.said.append(text)
        return self.chinese.get(text, text)


NO_NAMES = {"start", "stop", "choose", "fitted", "step"}  # words, although they are drawn as code
WORDS = Words()


def tint(role, strength=None):
    """The colour of a role, mixed with white."""
    strength = strength or (0.05 if role == "ink" else 0.16)
    return tuple(1 - strength * (1 - part) for part in to_rgb(PALETTE[role]))


def dark(role):
    """The colour of a role, dark enough for text."""
    return DARK.get(role, PALETTE[role])


class Shape(NamedTuple):
    """Something arrows start from and end at; x and y are its middle."""

    patch: Patch
    x: float
    y: float
    w: float
    h: float

    def at(self, right=0.0, down=0.0):
        """A point of the shape: at(1, 0) is the middle of its right side, at(0, -1) of its top."""
        return self.x + right * self.w / 2, self.y + down * self.h / 2


class Sheet:
    """A white sheet with round corners, measured in pixels from its top left."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.letters = []  # of Chinese texts, which the reader's own font draws
        self.figure = Figure(figsize=(width / 96, height / 96), facecolor="none")
        self.ax = self.figure.add_axes([0, 0, 1, 1])
        self.ax.set(xlim=(0, width), ylim=(height, 0))
        self.ax.axis("off")
        self.band(3, 3, width - 6, height - 6, fill=PAPER, edge="#D0D0D0", rounding=14)

    def band(self, x, y, w, h, fill="#F6F6F6", edge="none", rounding=10):
        """A quiet background from (x, y) to (x + w, y + h)."""
        style = f"round,pad=0,rounding_size={rounding}"
        self.ax.add_patch(
            FancyBboxPatch(
                (x, y), w, h, boxstyle=style, facecolor=fill, edgecolor=edge, zorder=0, clip_on=False
            )
        )

    def text(
        self, x, y, text, size=16, role="ink", ha="center", code=False, bold=False, rotation=0, on_line=False
    ):
        """A line of text with its middle at height y; size in pixels.

        code: written as in code; on_line: with white behind it, so that it can stand on an arrow
        """
        more = {"family": CODE} if code else {}
        more |= {"rotation": rotation, "rotation_mode": "anchor"} if rotation else {}
        more |= {"bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}} if on_line else {}
        weight = "bold" if bold else "normal"
        if (chinese := WORDS(str(text), code)) != str(text):
            self.letters.append(
                f'<text x="{x * 0.75:g}" y="{y * 0.75:g}" font-size="{size * 0.75:g}" font-weight="{weight}" '
                f'font-family="{CHINESE}" fill="{dark(role)}" text-anchor="{ANCHORS[ha]}" '
                f'dominant-baseline="central" paint-order="stroke" stroke-width="{3 * on_line}" stroke="{PAPER}" '
                f'transform="rotate({-rotation:g} {x * 0.75:g} {y * 0.75:g})">{escape(chinese)}</text>'
            )
            return
        style = {"color": dark(role), "fontsize": size * 0.75, "fontweight": weight, "zorder": 5}
        self.ax.text(x, y, text, ha=ha, va="center_baseline", **style, **more)

    def box(self, x, y, text="", role="input", w=100, h=44, below=None, size=17, code=True, dashed=False):
        """An array or a layer: a rounded box around (x, y). below: a smaller second line, such as its shape."""
        style = f"round,pad=0,rounding_size={min(8, h / 4)}"
        patch = FancyBboxPatch(
            (x - w / 2, y - h / 2),
            w,
            h,
            boxstyle=style,
            facecolor=tint(role),
            edgecolor=PALETTE[role],
            zorder=3,
        )
        patch.set(linewidth=1.6, linestyle="--" if dashed else "-")
        self.ax.add_patch(patch)
        self.text(x, y - (10 if below else 0), text, size=size, role=role, code=code, bold=True)
        if below:
            self.text(x, y + 12, below, size=14, code=True)
        return Shape(patch, x, y, w, h)

    def layer(self, x, y, text, w=170, h=48):
        """A layer of the network: a box in plain ink, its name in words."""
        return self.box(x, y, text, "ink", w=w, h=h, code=False)

    def circle(self, x, y, text, role="ink", r=24, size=17):
        """An operation."""
        patch = Circle((x, y), r, facecolor=PAPER, edgecolor=dark(role), linewidth=1.6, zorder=3)
        self.ax.add_patch(patch)
        self.text(x, y, text, size=size, role=role, code=True, bold=True)
        return Shape(patch, x, y, 2 * r, 2 * r)

    def arrow(self, start, end, role="ink", dashed=False, bend=0.0, width=1.8, through=None):
        """An arrow between two shapes or points; a gradient's is dashed.

        bend: how far it bows out, positive to the left of its direction
        through: "-|" goes across first and then up or down, "|-" the other way round
        """
        dashed = dashed or role == "gradient"
        connection = f"arc3,rad={-bend}"
        if through:
            connection = "angle,angleA={},angleB={},rad=8".format(*((0, 90) if through == "-|" else (90, 0)))
        ends = [
            (place.patch, (place.x, place.y)) if isinstance(place, Shape) else (None, place)
            for place in (start, end)
        ]
        self.ax.add_patch(
            FancyArrowPatch(
                ends[0][1],
                ends[1][1],
                patchA=ends[0][0],
                patchB=ends[1][0],
                shrinkA=2,
                shrinkB=3,
                arrowstyle="-|>,head_length=5,head_width=2.8",
                connectionstyle=connection,
                linestyle=DASHES if dashed else "-",
                color=PALETTE[role],
                linewidth=width,
                zorder=2,
            )
        )

    def line(self, points, role="ink", width=1.8, dashed=False):
        """A line without a head through the points, for the long way round to an arrow."""
        x, y = zip(*points, strict=True)
        self.ax.plot(
            x, y, color=PALETTE[role], linewidth=width, linestyle=DASHES if dashed else "-", zorder=2
        )

    def cells(self, x, y, values, role="input", w=40, h=34, size=15, code=True, roles=None):
        """A row of touching cells that starts at (x, y), its top left; returns them as shapes.

        roles: one role a cell, in place of one role for all
        """
        roles = roles or [role] * len(values)
        shapes = []
        for number, (value, its_role) in enumerate(zip(values, roles, strict=True)):
            corner = (x + number * w, y)
            patch = FancyBboxPatch(
                corner, w, h, boxstyle="square,pad=0", facecolor=tint(its_role), edgecolor=PALETTE[its_role]
            )
            patch.set(linewidth=1.2, zorder=3)
            self.ax.add_patch(patch)
            shapes.append(Shape(patch, corner[0] + w / 2, y + h / 2, w, h))
            self.text(*shapes[-1].at(), value, size=size, role=its_role, code=code)
        return shapes

    def svg(self, title, description):
        """The sheet as SVG text, the same each time, with a title and a description for screen readers."""
        file = io.StringIO()
        about = {"Title": title, "Creator": f"matplotlib {matplotlib.__version__}", "Date": None}
        self.figure.savefig(file, format="svg", metadata=about)
        lines = [line.rstrip() for line in file.getvalue().splitlines()]
        title_at = next(number for number, line in enumerate(lines) if "<title>" in line)
        lines.insert(title_at + 1, f" <desc>{description}</desc>")
        lines[-1:-1] = self.letters
        return "\n".join(lines) + "\n"
