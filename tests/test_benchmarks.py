"""The benchmarks run on small sizes, compare equal work, and draw minibatches like COCO's."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # benchmarks/ is no part of the installed package

from benchmarks import contests, transformer  # noqa: E402
from benchmarks.bound import multiplications, products  # noqa: E402
from benchmarks.sizes import COCO, Sizes, draw_batch  # noqa: E402
from benchmarks.step_by_step import StepByStep  # noqa: E402
from benchmarks.timing import interleaved, table  # noqa: E402

SMALL = Sizes("small", 6, 5, 7, 8, 20, T=16)
HAS_TORCH = importlib.util.find_spec("torch") is not None
if HAS_TORCH:
    import torch

    torch.set_num_threads(1)  # on small sizes threads only wait for each other
each_cell = pytest.mark.parametrize("cell_type", ["rnn", "lstm"])


def test_lengths_are_those_of_coco():
    _, captions = draw_batch(COCO.but(N=5000))
    words = np.count_nonzero(captions[:, 1:], axis=1)
    assert 8 <= words.min() and words.max() == 16 and abs(words.mean() - 11.14) < 0.1
    assert (captions[:, 0] == 1).all() and ((captions == 2).sum(axis=1) == 1).all()
    assert (np.diff((captions == 0).astype(int), axis=1) >= 0).all()  # padding only at the end


def test_words_do_not_repeat_more_than_in_coco():
    _, captions = draw_batch(COCO)
    assert len(np.unique(captions[:, :-1])) >= 300


@each_cell
def test_every_contestant_finds_the_same_loss_and_runs(cell_type):
    for title, contestants in contests.of_training(SMALL, cell_type, HAS_TORCH):
        times = interleaved(contestants, rounds=3, pause=0)
        lines = list(table(times, contests.OURS))
        assert title and len(lines) == 1 + len(contestants) and len(contestants) == (7 if HAS_TORCH else 4)
        assert all(len(seconds) == 3 and min(seconds) > 0 for seconds in times.values())


@each_cell
def test_all_speak_alike(cell_type):
    for _, contestants in contests.of_speaking(SMALL.but(N=30), cell_type, HAS_TORCH):
        for run in contestants.values():
            run()


@each_cell
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_first_version_has_the_gradients_of_the_package(cell_type, dtype):
    model = contests.make_model(SMALL, cell_type)
    features, captions = draw_batch(SMALL)
    (loss, grads), (other_loss, other_grads) = (
        m.loss(features, captions) for m in (model, StepByStep(model, dtype))
    )
    assert other_loss == pytest.approx(loss, rel=1e-5)
    for name, grad in grads.items():
        np.testing.assert_allclose(other_grads[name], grad, rtol=1e-3, atol=1e-5, err_msg=name)
        assert other_grads[name].dtype == dtype


def test_the_transformers_contestants_find_the_same_loss_and_run():
    runs = transformer.contestants(Sizes("small", 6, 5, 8, 8, 20, T=16), 9, 7, 2, HAS_TORCH)
    assert len(runs) == (5 if HAS_TORCH else 3) and all(
        len(seconds) == 2 for seconds in interleaved(runs, 2, pause=0).values()
    )


def test_contestants_that_disagree_are_found():
    with pytest.raises(AssertionError, match="do not compute the same loss"):
        contests.check_agreement([1.0, 1.0, 1.1])


def test_the_bound_counts_three_products_a_layer():
    N, D, W, H, V, K = 6, 5, 7, 8, 20, 50
    per_word = 3 * (W * 4 * H + H * 4 * H + H * V)
    assert multiplications(SMALL, K, "lstm") == K * per_word + 2 * N * D * H
    assert len(products(SMALL, K, "rnn")) == 11


def test_contestants_with_attention_find_the_same_loss_and_run():
    from benchmarks import attention

    runs = attention.contestants(SMALL, 5, 3, HAS_TORCH)
    assert len(runs) == (4 if HAS_TORCH else 3)
    for run in runs.values():
        run()
