"""A figure that a reader moves with a slider, and a still picture wherever nobody can move it."""

import os
import sys

import matplotlib.pyplot as plt


def figure_with_slider(draw, name, values, start):
    """Show the figure for one value; in a running notebook, draw it again for each value the reader chooses.

    The picture stays still in a script, where ipywidgets is absent, and with CS231N_STILL=1: what a built
    notebook stores is then a plain picture, which reads without a kernel.

    draw: takes one value and draws a figure
    name: what the slider chooses
    values: list of what it offers; start: the one shown first
    ValueError: when start is not among the values
    """
    if start not in values:
        raise ValueError(f"start is {start}, which is not among the values: {list(values)}")
    widgets = None if os.environ.get("CS231N_STILL") else _widgets()
    if widgets is None:
        draw(start)
        plt.show()
        return

    def draw_and_show(value):
        draw(value)
        plt.show()

    slider = widgets.SelectionSlider(
        options=list(values),
        value=start,
        description=name,
        continuous_update=False,
        style={"description_width": "initial"},
        layout={"width": "460px"},
    )
    widgets.interact(draw_and_show, value=slider)


def _widgets():
    """The module ipywidgets, or None where no notebook runs or it is not installed."""
    if "ipykernel" not in sys.modules and "pyodide_kernel" not in sys.modules:
        return None
    try:
        import ipywidgets
    except ImportError:
        return None
    return ipywidgets
