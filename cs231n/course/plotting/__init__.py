"""Pictures in one palette: general ones in `basics`; what one chapter alone shows has a module of its own."""

from cs231n.course.plotting.alt_text import describe
from cs231n.course.plotting.basics import (
    DASHES,
    LINES,
    MARKS,
    PALETTE,
    STYLE,
    heat_map,
    plot_bars,
    plot_beam_tree,
    plot_lines,
    plot_loss,
    show_pictures,
    smooth,
    use_course_style,
)

__all__ = [
    "DASHES",
    "LINES",
    "MARKS",
    "PALETTE",
    "STYLE",
    "describe",
    "heat_map",
    "plot_bars",
    "plot_beam_tree",
    "plot_lines",
    "plot_loss",
    "show_pictures",
    "smooth",
    "use_course_style",
]
