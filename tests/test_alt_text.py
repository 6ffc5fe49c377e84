"""Every picture of a chapter has words: in a running notebook, in the built ones, and on the site's pages."""

import os
import re
from html import unescape
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from cs231n.course.plotting import describe, plot_lines, plot_loss, show_pictures
from cs231n.course.plotting.alt_text import alt_text, course_of

SOLVED = Path(__file__).resolve().parent.parent / "notebooks" / "solutions"
SHORT, LONG = 8, 2500  # words that an alt text has at least; letters that it has at most
CELL = """
import matplotlib.pyplot as plt
from cs231n.course.plotting import plot_bars, use_course_style
use_course_style()
plot_bars({'a "<b>" & c': 1, "two": 2}, xlabel="how often")
plt.show()
"""


@pytest.fixture(autouse=True)
def no_figure_stays_open():
    yield
    plt.close("all")


@pytest.mark.parametrize("path", sorted(SOLVED.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_picture_of_a_chapter_has_words_of_its_own(path):
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                found.append(output.metadata.get("image/png", {}).get("alt", ""))
            page = output.get("data", {}).get("text/html", "")
            found += [unescape(alt) for alt in re.findall(r"<img [^>]*alt=\"([^\"]*)\"", page)]
            assert page.count("<img") == page.count(" alt=")
    assert all(len(alt.split()) >= SHORT and len(alt) <= LONG for alt in found), found
    assert len(found) == len(set(found)) > 0


@pytest.fixture(scope="module")
def shown():
    """What the cell shows in a running notebook, and in one that is built."""
    still = nbformat.v4.new_code_cell('import os\nos.environ["CS231N_STILL"] = "1"')
    cells = [nbformat.v4.new_code_cell(CELL), still, nbformat.v4.new_code_cell(CELL)]
    client = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=120, kernel_name="python3")
    client.execute(env={name: value for name, value in os.environ.items() if name != "CS231N_STILL"})
    ((live,), _, (built,)) = (cell.outputs for cell in cells)
    return live, built


WORDS = 'Bars of how often: a "<b>" & c 1; two 2.'


def test_a_built_notebook_stores_a_picture_with_its_words(shown):
    _, built = shown
    assert sorted(built.data) == ["image/png", "text/plain"]
    assert built.metadata["image/png"]["alt"] == WORDS


def test_a_running_notebook_shows_the_same_picture_with_its_words(shown):
    live, built = shown
    alt, source = re.fullmatch(r'<img alt="([^"]*)" src="([^"]*)">', live.data["text/html"]).groups()
    assert unescape(alt) == WORDS == live.metadata["image/png"]["alt"]
    assert source == f"data:image/png;base64,{built.data['image/png'].strip()}"


def test_titles_stand_before_what_the_panels_show():
    figure, (left, right) = plt.subplots(1, 2)
    plot_loss([4, 2, 1], title="training", window=1, ax=left)
    plot_lines({"LSTM": [3, 2]}, xlabel="epoch", ylabel="loss", title="validation", ax=right)
    figure.suptitle("Both")
    assert alt_text(figure) == (
        "Both. training: Loss at each training step, as a running mean: it goes from 4 to 1. "
        "validation: Curves of loss against epoch: LSTM from 3 to 2."
    )


def test_a_figure_that_nobody_described_has_its_labels():
    figure, axes = plt.subplots()
    assert alt_text(figure) == "A figure without a title or labels."
    axes.set(xlabel="word", ylabel="how often")
    figure.colorbar(axes.imshow([[0, 1]]), label="no words")
    assert alt_text(figure) == "across: word, up: how often."
    describe(axes, "What\nit shows.")
    assert alt_text(figure) == "What it shows."


def test_captions_are_said_with_their_marks_and_missing_pictures_with_their_reasons():
    show_pictures(
        [np.zeros((2, 2)), np.ones((2, 2)), None], ["a\ncat", "", "gone"], marks=[True, False, None]
    )
    said = "1 “a cat” (right); 2 no caption (wrong); 3 a grey square that says “gone”"
    assert alt_text(plt.gcf()) == f"3 pictures and their captions: {said}."


@pytest.mark.parametrize(
    "values, x, said",
    [
        ([3, 1, 2], None, "from 3 to 2, lowest 1 at 1"),
        ([1, 5, 2, 0.99], [10, 20, 30, 40], "from 1 to 0.99, highest 5 at 20"),
        ([1, 0.999, 2], None, "from 1 to 2"),  # so shallow a dip is not seen
        ([np.nan, 12345, 1e-9], None, "from 12,345 to 1e-09"),
        ([np.nan], None, "no values"),
        ([], None, "no values"),
    ],
)
def test_a_curve_is_said_by_its_ends_and_what_lies_beyond_them(values, x, said):
    assert course_of(values, x) == said
