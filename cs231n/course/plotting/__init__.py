"""The course's pictures in one palette. General ones are in `basics`; what a chapter alone shows has its own module."""

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
    "heat_map",
    "plot_bars",
    "plot_beam_tree",
    "plot_lines",
    "plot_loss",
    "show_pictures",
    "smooth",
    "use_course_style",
]
