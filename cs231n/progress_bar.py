"""One progress bar for the whole course: in a terminal and in a notebook, none when output is piped."""

import os
import sys


def progress_bar(iterable=None, hidden=False, **options):
    """A tqdm bar that suits where it runs: a widget in a notebook, or text where ipywidgets is not installed.

    iterable, options: as for tqdm
    hidden: True shows nothing; so does the environment variable TQDM_DISABLE=1, which tqdm's widget overlooks
    """
    from tqdm.std import tqdm  # here, since the live page of the site works without it

    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # a browser starts no thread that could watch the bars
    if hidden or os.environ.get("TQDM_DISABLE") == "1":
        return tqdm(iterable, **{**options, "disable": True})
    if not in_notebook():
        return tqdm(iterable, **{"disable": None, **options})  # None: only where standard error is a terminal
    try:
        import ipywidgets  # noqa: F401
        from tqdm.notebook import tqdm as notebook_tqdm

        return notebook_tqdm(iterable, **options)
    except ImportError:
        return tqdm(iterable, file=sys.stdout, **options)


def in_notebook():
    """True when this runs in a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
