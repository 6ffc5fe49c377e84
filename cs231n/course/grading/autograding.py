"""How nbgrader runs a submission of this course. Needs nbgrader; used by the course's nbgrader_config.py."""

from nbgrader.converters.autograde import Autograde
from nbgrader.preprocessors import Execute


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


STEPS = [
    ExecuteToLastCheck if step is Execute else step
    for step in Autograde.class_traits()["autograde_preprocessors"].default()
]
