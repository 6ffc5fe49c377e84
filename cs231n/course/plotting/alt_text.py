"""Alt texts: what a figure shows, in words, for everybody who cannot see it.

A function that draws says it with `describe`, in numbers that it draws. Notebooks carry it as the picture's
metadata, from which pages made by nbconvert take it. JupyterLab does not read that: there it comes as HTML.
"""

import os
import sys
from html import escape
from weakref import WeakKeyDictionary

import numpy as np
from matplotlib.figure import Figure

WORDS = WeakKeyDictionary()  # figure or axes → what it shows


def describe(drawn, text):
    """Say in words what a figure or one panel of it shows: its alt text in a notebook.

    drawn: a figure, or axes
    text: one to three sentences; titles are added by themselves
    """
    WORDS[drawn] = text


def alt_text(figure):
    """What a figure shows: its title and its description, or those of its panels; their labels where none is.

    returns: a text, never an empty one
    """
    parts = [WORDS[figure]] if figure in WORDS else [_panel_in_words(axes) for axes in figure.axes]
    text = ". ".join(part.rstrip(".") for part in (figure.get_suptitle(), *parts) if part)
    return " ".join(f"{text or 'A figure without a title or labels'}.".split())


def course_of(values, x=None):
    """A curve in words: "from 4.61 to 0.2, lowest 0.1 at 12"; its lowest and highest where they are no end.

    values: (T,), NaN where there is none; x: (T,), where they lie; left out, 0, 1, 2, …
    """
    values = np.asarray(values, dtype=float)
    places = np.arange(len(values)) if x is None else np.asarray(x)
    places, values = places[np.isfinite(values)], values[np.isfinite(values)]
    if not len(values):
        return "no values"
    ends, seen = values[[0, -1]], np.ptp(values) / 20  # a smaller difference is hardly seen
    text = f"from {as_text(ends[0])} to {as_text(ends[1])}"
    for name, at, beyond in (
        ("lowest", values.argmin(), ends.min() - values.min()),
        ("highest", values.argmax(), values.max() - ends.max()),
    ):
        if beyond > seen:
            text += f", {name} {as_text(values[at])} at {as_text(places[at])}"
    return text


def as_text(value):
    """A number as a text that is short to hear: 0.0123, 4.61, 12,345."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.3g}"


def show_with_alt_text():
    """Wherever IPython shows a figure from here on, its alt text comes with it."""
    ipython = sys.modules.get("IPython")
    if shell := ipython and ipython.get_ipython():
        shell.display_formatter.ipython_display_formatter.for_type(Figure, _show)


def _show(figure):
    """Show a figure in the formats that are set; in a running notebook its PNG stands in HTML, too.

    With CS231N_STILL=1, as notebooks are built, it does not: the picture would be stored twice.
    """
    from IPython import get_ipython
    from IPython.display import display

    data, metadata, alt = {}, {}, alt_text(figure)
    for kind, formatter in get_ipython().display_formatter.formatters.items():
        made = formatter(figure)
        made, size = made if isinstance(made, tuple) else (made, {})
        if made is not None:
            data[kind] = made
            if kind.startswith("image/"):
                metadata[kind] = {**size, "alt": alt}
    if "image/png" in data and not os.environ.get("CS231N_STILL"):
        source = f"data:image/png;base64,{data['image/png'].strip()}"
        width = metadata["image/png"].get("width")
        size = f' width="{width}"' if width else ""
        data["text/html"] = f'<img alt="{escape(alt)}"{size} src="{source}">'
    display(data, metadata=metadata, raw=True)


def _panel_in_words(axes):
    """One panel: its title, and its description or its labels; nothing for a bar of colours."""
    if axes in WORDS:
        text = WORDS[axes]
    elif axes.get_label() == "<colorbar>":
        return ""
    else:
        labels = {"across": axes.get_xlabel(), "up": axes.get_ylabel()}
        text = ", ".join(f"{way}: {label}" for way, label in labels.items() if label)
    return ": ".join(part for part in (axes.get_title(), text) if part)
