"""What every test run needs: outputs that are the same everywhere, and nobody's own answers touched."""

import os

os.environ["TQDM_DISABLE"] = "1"  # no progress bars in the notebooks' outputs
os.environ["CS231N_ANSWERS"] = "off"  # nothing read from or written to a student's my_answers.py
os.environ["CS231N_STILL"] = "1"  # a picture in place of a slider, as the built notebooks store it
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two notebooks at a time: more threads only wait

import matplotlib  # noqa: E402
import pytest  # noqa: E402

matplotlib.use("agg")  # tests draw without a screen; the notebooks' kernels choose for themselves


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """A notebook's verdicts are compared in cells, too, whose other outputs rounding can change."""
    result = yield
    if getattr(item, "test_outputs", None) is not None:  # a cell that nbval has run
        from notebooks.source.build import verdicts

        assert verdicts(item.test_outputs) == verdicts(item.cell.outputs)
    return result
