"""What every test run needs: outputs that are the same everywhere, nobody's own answers touched, and order."""

import os
import re
import tempfile
from pathlib import Path

os.environ["TQDM_DISABLE"] = "1"  # no progress bars in the notebooks' outputs
os.environ["CS231N_ANSWERS"] = "off"  # nothing read from or written to a student's my_answers.py
os.environ["CS231N_LANG"] = "en"  # whatever the system speaks
os.environ["CS231N_STILL"] = "1"  # a picture in place of a slider, as the built notebooks store it
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two notebooks at a time: more threads only wait

import matplotlib  # noqa: E402
import pytest  # noqa: E402

matplotlib.use("agg")  # tests draw without a screen; the notebooks' kernels choose for themselves

ROOMS = (
    "notebooks/solutions",
    "tests/chapters",
    "tests/test_notebooks.py",
    "tests/instructors",
)  # longest first
CHAPTER = re.compile(r"(?:notebooks/solutions/|tests/chapters/test_|tests/test_notebooks\.py.*[\[-])(\d\d)_")
LEFT = {}  # what nbval's kernels left: chapter's number → (a file with its names, what it printed)
FOLDER = tempfile.TemporaryDirectory(prefix="chapters_", ignore_cleanup_errors=True)
KEEP = """
def _keep(path, names):
    import cloudpickle, matplotlib.figure
    kept = {}
    for name, value in names.items():
        if not name.startswith("_") and name not in ("In", "Out", "exit", "quit", "open", "get_ipython"):
            try:
                cloudpickle.dumps(value)
                kept[name] = value
            except Exception:
                pass  # an open figure, a file: nothing that a sentence is about
    with open(path, "wb") as file:
        cloudpickle.dump(kept, file)
"""


def chapter_of(nodeid):
    """The number of the chapter that a test is about, or None."""
    found = CHAPTER.match(nodeid)
    return found and found[1]


def pytest_collection_modifyitems(items):
    """A chapter's tests run one after the other, its notebook first: the others look at what that has left."""

    def place(item):
        room = next((i for i, room in enumerate(ROOMS) if item.nodeid.startswith(room)), len(ROOMS))
        return -int(chapter_of(item.nodeid) or 0), room

    items.sort(key=place)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With several workers, all of a chapter goes to one of them."""
    from xdist.scheduler import LoadScopeScheduling

    class ByChapter(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return chapter_of(nodeid) or super()._split_scope(nodeid)

    return ByChapter(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A notebook's verdicts are compared in cells, too, whose other outputs rounding can change."""
    try:
        from notebooks.source.build import verdicts

        a_cell = hasattr(item, "test_outputs")  # that nbval runs; it joins the stored outputs in place
        stored = verdicts(item.cell.outputs) if a_cell else None
        result = yield
        assert not a_cell or verdicts(item.test_outputs) == stored
        return result
    except BaseException:
        item.parent.broken = True
        raise


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    """After the last cell of a notebook: its names are kept where the next test is about the same chapter."""
    if not hasattr(item, "test_outputs") or item.parent is getattr(nextitem, "parent", None):
        return
    number = chapter_of(item.nodeid)
    if nextitem and chapter_of(nextitem.nodeid) == number and not hasattr(item.parent, "broken"):
        path = Path(FOLDER.name) / f"{number}.pickle"
        kernel = item.parent.kernel
        kernel.await_reply(kernel.execute_cell_input(KEEP + f"_keep({str(path)!r}, globals())"), timeout=60)
        cells = (cell for cell in item.session.items if cell.parent is item.parent)
        outputs = (output for cell in cells for output in cell.test_outputs or [])
        printed = "".join(output.text for output in outputs if output.get("name") == "stdout")
        if path.exists():
            LEFT[number] = path, printed


@pytest.fixture(scope="session")
def left_by_chapters():
    """What solved chapters left that nbval has run in this process: number → (file of its names, its prints)."""
    return LEFT
