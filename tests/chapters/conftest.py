"""A chapter to measure: its prose, and the names that its code cells leave behind when they run.

A file test_NN_*.py tests what chapter NN says. The fixture `chapter` is that chapter, run once: by nbval just
before, or here. With CHAPTER_SEED=1 in the environment it runs here, with another seed than its own.
"""

import contextlib
import io
import os
import pickle
import re
from functools import cached_property
from pathlib import Path

import jupytext
import matplotlib.pyplot
import pytest

OWN_SEED = "231"
SEED = os.environ.get("CHAPTER_SEED", OWN_SEED)
SOURCE = Path(__file__).resolve().parents[2] / "notebooks" / "source"


class Chapter:
    """One chapter in its solved edition.

    prose: its markdown in one line, links to the glossary left out, marks like ** left as they are
    space: the names its code leaves behind; prints: all that it printed
    """

    def __init__(self, source, left=None):
        self.source, self.name, self.left = source, source.stem, left
        self.cells = jupytext.read(source, fmt="py:percent").cells
        prose = " ".join(" ".join(cell.source.split()) for cell in self.cells if cell.cell_type == "markdown")
        self.prose = re.sub(r"\[([^\]]+)\]\(\.\./docs/glossary\.md#[\w-]+\)", r"\1", prose)

    def says(self, *sentences):
        """Fail where the chapter does not say this any more: then the test under it measures nothing."""
        for sentence in sentences:
            assert " ".join(sentence.split()) in self.prose, f"{self.name} does not say: {sentence}"

    @cached_property
    def space(self):
        if self.left is None:
            return self.run()
        path, printed = self.left
        return pickle.loads(path.read_bytes()) | {"__prints__": printed}

    @property
    def prints(self):
        return self.space["__prints__"]

    def run(self, until=None):
        """Run the code cells one after another, up to the first that holds the text `until`, that one too.

        returns: dict of the names they leave behind
        """
        space, printed = {"__name__": "__main__"}, io.StringIO()
        with contextlib.redirect_stdout(printed):
            for number, cell in enumerate(self.cells):
                if cell.cell_type == "code":
                    code = re.sub(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.M)
                    code = code.replace(f"np.random.seed({OWN_SEED})", f"np.random.seed({SEED})")
                    exec(compile(code, f"{self.name}, cell {number}", "exec"), space)
                    if until and until in code:
                        break
        return space | {"__prints__": printed.getvalue()}


@pytest.fixture(scope="module")
def chapter(request, left_by_chapters):
    number = request.module.__name__.split("test_")[1][:2]
    (source,) = SOURCE.glob(f"{number}_*.py")
    with pytest.MonkeyPatch.context() as patch, matplotlib.rc_context():
        matplotlib.use("Agg")
        patch.setenv("TQDM_DISABLE", "1")
        patch.setenv("CS231N_ANSWERS", "off")
        patch.chdir(SOURCE.parent)
        yield Chapter(source, left_by_chapters.get(number) if SEED == OWN_SEED else None)
        matplotlib.pyplot.close("all")
