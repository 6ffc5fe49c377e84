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
    figure_with_choices(lambda **chosen: draw(chosen[name]), {name: values}, {name: start})


def figure_with_choices(draw, choices, start):
    """Like `figure_with_slider`, for several choices at once: numbers have a slider, everything else a list.

    draw: takes a keyword for each choice and draws a figure
    choices: dict from name to the list of what it offers; start: dict from name to the one shown first
    ValueError: when a start is not among its values
    """
    for name, values in choices.items():
        if start[name] not in values:
            raise ValueError(f"start is {start[name]}, which is not among the values: {list(values)}")
    widgets = None if os.environ.get("CS231N_STILL") else _widgets()
    if widgets is None:
        draw(**start)
        plt.show()
        return

    def draw_and_show(**chosen):
        draw(**chosen)
        plt.show()

    def choose(name, values):
        settings = {
            "options": [(str(value), value) for value in values],
            "value": start[name],
            "description": name,
            "style": {"description_width": "initial"},
            "layout": {"width": "460px"},
        }
        if all(isinstance(value, (int, float)) for value in values):
            return widgets.SelectionSlider(continuous_update=False, **settings)
        return widgets.Dropdown(**settings)

    widgets.interact(draw_and_show, **{name: choose(name, values) for name, values in choices.items()})


def _widgets():
    """The module ipywidgets, or None where no notebook runs or it is not installed."""
    if "ipykernel" not in sys.modules and "pyodide_kernel" not in sys.modules:
        return None
    try:
        import ipywidgets
    except ImportError:
        return None
    return ipywidgets
