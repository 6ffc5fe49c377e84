"""A slider in a notebook, a still picture everywhere else: run in a real kernel."""

import os

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbclient import NotebookClient

from cs231n.course.plotting.sliders import figure_with_slider

CELL = """
import matplotlib.pyplot as plt
from cs231n.course.plotting.sliders import figure_with_slider
figure_with_slider(lambda size: plt.plot([0, size]), "size", [1, 2, 3], start=2)
"""


@pytest.fixture(scope="module")
def outputs():
    """Kinds of output that the cell leaves in a running notebook, and in one that is built: in one kernel."""
    still = nbformat.v4.new_code_cell('import os\nos.environ["CS231N_STILL"] = "1"')
    cells = [nbformat.v4.new_code_cell(CELL), still, nbformat.v4.new_code_cell(CELL)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(env={name: value for name, value in os.environ.items() if name != "CS231N_STILL"})
    made = [cell.outputs for cell in notebook.cells]
    assert all(output.get("name") != "stderr" for some in made for output in some)
    return [[kind for output in some for kind in output.get("data", {})] for some in (made[0], made[2])]


def test_a_running_notebook_has_a_slider(outputs):
    assert "application/vnd.jupyter.widget-view+json" in outputs[0]


def test_what_a_built_notebook_stores_is_a_picture(outputs):
    assert sorted(outputs[1]) == ["image/png", "text/plain"]


def test_a_script_draws_the_first_value():
    drawn = []
    figure_with_slider(drawn.append, "size", [1, 2, 3], start=2)
    assert drawn == [2]
    plt.close("all")


def test_a_start_that_is_not_offered_is_an_error():
    with pytest.raises(ValueError, match="start is 4"):
        figure_with_slider(print, "size", [1, 2, 3], start=4)
