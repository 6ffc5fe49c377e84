"""How nbgrader runs this course: what a course folder's nbgrader_config.py brings in. Needs nbgrader."""

import bleach
from nbconvert.filters import markdown2html
from nbconvert.preprocessors import Preprocessor
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.generate_feedback import GenerateFeedback
from nbgrader.preprocessors import Execute

TAGS = "br del details div h1 h2 h3 h4 h5 h6 hr img p pre span sub summary sup table tbody td th thead tr"


class ExecuteToLastCheck(Execute):
    """Run a notebook up to its last graded cell. What comes after it, such as training, cannot change a mark."""

    def preprocess(self, nb, resources, *arguments, **others):
        graded = [k for k, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("grade")]
        self._last = max(graded, default=-1)
        return super().preprocess(nb, resources, *arguments, **others)

    def preprocess_cell(self, cell, resources, index, *arguments, **others):
        if index > self._last:
            return cell, resources
        return super().preprocess_cell(cell, resources, index, *arguments, **others)


class WithoutMarkup(Preprocessor):
    """Take away what a page would print as it is: attachments, and the sizes that an output asks for."""

    def preprocess_cell(self, cell, resources, index):
        cell.pop("attachments", None)
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = {}
        return cell, resources


def safe_html(markdown):
    """Markdown as HTML in which nothing runs: other tags than those of a text are shown as text."""
    attributes = {"*": ["class"], "a": ["href"], "img": ["alt", "src"]}
    return bleach.clean(markdown2html(markdown), {*bleach.ALLOWED_TAGS, *TAGS.split()}, attributes)


def _steps(converter, name):
    return list(converter.class_traits()[name].default())


def use(c):
    """The settings that no course changes. c: the configuration object"""
    steps = _steps(Autograde, "autograde_preprocessors")
    c.Autograde.autograde_preprocessors = [ExecuteToLastCheck if s is Execute else s for s in steps]
    c.GenerateFeedback.preprocessors = [*_steps(GenerateFeedback, "preprocessors"), WithoutMarkup]
    c.WithoutMarkup.enabled = True
    c.HTMLExporter.filters = {"markdown2html": safe_html}
    c.HTMLExporter.sanitize_html = True
