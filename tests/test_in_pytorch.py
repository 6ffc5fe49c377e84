"""The numbers that chapter 13 compares itself with: today's PyTorch gives them, and so does the package."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from cs231n.course.stored_results import stored_results
from cs231n.rnn_layers import lstm_forward

sys.path.insert(
    0, str(Path(__file__).resolve().parent.parent)
)  # benchmarks/ is no part of the installed package


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="PyTorch is not installed")
def test_pytorch_gives_the_stored_numbers():
    from benchmarks.in_pytorch import inputs, numbers

    for name, values in numbers().items():
        np.testing.assert_allclose(values, stored_results("in_pytorch")[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(lstm_forward(*inputs())[0], numbers()["h"], rtol=1e-9)


def test_the_stored_states_are_those_of_the_package():
    rng = np.random.default_rng(8)
    arrays = [rng.standard_normal(shape) for shape in [(2, 4, 3), (2, 5), (3, 20), (5, 20), (20,)]]
    np.testing.assert_allclose(lstm_forward(*arrays)[0], stored_results("in_pytorch")["h"], rtol=1e-9)
