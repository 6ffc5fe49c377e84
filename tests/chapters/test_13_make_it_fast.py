"""What chapter 13 says, measured: counts, shapes, equal numbers; of times only what holds on a busy machine."""

import inspect
import time
from pathlib import Path

import numpy as np
import pytest

from cs231n.fast.threads import available_threads, use_threads

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def space(chapter):
    return chapter.space


def lines_of(*objects):
    text = "".join(inspect.getsource(each) for each in objects)
    return sum(bool(line.strip()) for line in text.splitlines())


def test_all_versions_give_the_same_loss_and_gradients(chapter, space):
    assert "✗" not in chapter.prints
    assert chapter.prints.count("✓ unchanged") == len(space["results"]) == 6


def test_three_places_in_ten_are_padding(chapter, space):
    chapter.says("Three places in ten are padding.")
    assert 0.25 < 1 - space["mask"].mean() < 0.35


def test_a_layer_has_three_products_with_the_counts_of_the_table(chapter, space):
    chapter.says("A layer has **three** products", "| `h @ W_vocab` | 3 · H · V |")
    N, T, W, H, V, D = (space[name] for name in "NTWHVD")
    assert space["count"](N * T, N * T, N * T) == 3 * N * T * (W * H + H * H + H * V) + 2 * N * D * H


def test_words_has_the_largest_products(chapter, space):
    chapter.says("By the count it should be. It has only three products, but they are the largest")
    W, H, V = space["W"], space["H"], space["V"]
    assert 3 * H * V > 2 * (W * H + H * H) > W * H + H * H


def test_16_calls_become_one(chapter, space):
    chapter.says("16 calls instead of 1")
    assert space["T"] == 16


def test_the_package_has_more_lines_than_the_first_version(chapter, space):
    chapter.says("these are more lines than the first version has")
    from cs231n.classifiers.rnn import CaptioningRNN
    from cs231n.fast import packing, states, words

    (first,) = (c.source for c in chapter.cells if c.source.startswith("class FirstVersion"))
    assert lines_of(packing, states, words, CaptioningRNN.loss) > len(first.splitlines())


def test_the_captions_that_go_on_are_the_first_rows_and_fewer_at_each_step(chapter, space):
    chapter.says("The loop takes fewer rows at each step.")
    counts = space["counts"]
    assert counts[0] == space["N"] and all(a >= b for a, b in zip(counts, counts[1:], strict=False))
    assert sum(counts) == space["counted"]


def test_the_last_mark_lies_left_of_the_bound(chapter, space):
    chapter.says(
        "The mark of the last bar lies left of the bound",
        "multiplies each different word with `Wx` only once",
    )
    count, different, counted = (space[name] for name in ("count", "different", "counted"))
    assert different < counted
    assert count(different, counted, counted) < count(counted, counted, counted)
    assert space["results"]["5: the package"][0] < space["needed"] / space["speed"][np.float32] * 1000


def test_all_is_measured_with_one_thread_and_verdicts_come_from_the_measurement(chapter, space):
    chapter.says("All is measured with one thread")
    seen = []
    with use_threads(2):
        space["fastest"](lambda: seen.append(available_threads()), times=1)
    assert set(seen) == {1}
    assert chapter.prints.count("times as fast as the version before it") == len(space["results"]) - 1
    longest = max(space["parts"], key=space["entries"].get)
    assert f"longest here: {longest}" in chapter.prints


def test_a_nan_times_0_is_a_nan(chapter):
    chapter.says("And it gets NaN, since NaN · 0 is NaN.")
    mask = np.array([[True, False]])
    h = np.where(mask[..., None], 1.0, np.nan) * np.ones((1, 2, 3))

    def counted_words_loss(h, y, mask, W, b):
        scores = h @ W + b
        probs = np.exp(scores - scores.max(axis=2, keepdims=True))
        probs /= probs.sum(axis=2, keepdims=True)
        chosen = np.take_along_axis(probs, y[..., None], axis=2)[..., 0]
        return -(mask * np.log(chosen)).sum() / len(h)

    assert np.isnan(counted_words_loss(h, np.zeros((1, 2), int), mask, np.ones((3, 4)), np.ones(4)))


def test_the_package_is_faster_than_the_first_version(space):
    """In processor time, in turns: what a busy neighbour does reaches both."""
    first = space["FirstVersion"](space["model"].params)
    ratios = []
    for _ in range(7):
        began = time.process_time()
        first.loss(space["features"], space["captions"])
        half = time.process_time()
        space["model"].loss(space["features"], space["captions"])
        ratios.append((half - began) / (time.process_time() - half))
    assert np.median(ratios) > 2


def test_skipping_padding_is_exact(chapter, space):
    chapter.says("This is exact: nothing after a caption's last word changes the loss.")
    captions = space["captions"].copy()
    loss, grads = space["model"].loss(space["features"], captions)
    longer = np.concatenate([captions, np.zeros((len(captions), 3), captions.dtype)], axis=1)
    same, same_grads = space["model"].loss(space["features"], longer)
    assert same == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(same_grads["Wh"], grads["Wh"], rtol=1e-4, atol=1e-6)


# ---- the same LSTM in PyTorch


def test_the_numbers_are_those_of_pytorch(chapter):
    chapter.space  # noqa: B018  (runs it)
    assert "the states are the same:  ✓ yes" in chapter.prints
    assert "the gradients are, too:   ✓ yes" in chapter.prints


def test_the_chapter_shows_the_code_that_made_the_numbers(chapter):
    script = (ROOT / "benchmarks" / "in_pytorch.py").read_text(encoding="utf-8")
    function = script[script.index("def torch_lstm") : script.index("def inputs")].rstrip()
    assert any(function in cell.source for cell in chapter.cells if cell.cell_type == "markdown")


def test_pytorch_s_names_are_right(chapter):
    """The sentence on averages: over words there, summed over a caption and averaged over captions here."""
    from cs231n.rnn_layers import temporal_softmax_loss

    chapter.says("averages over *words*; ours sums over a caption")
    scores, right = np.zeros((2, 3, 4)), np.zeros((2, 3), dtype=int)
    mask = np.array([[True, True, True], [True, False, False]])
    assert temporal_softmax_loss(scores, right, mask)[0] == pytest.approx(4 * np.log(4) / 2)


# ---- tasks


def test_one_array_of_float64_makes_the_rest_float64(chapter):
    chapter.says("everything that is computed from it becomes float64 too")
    small = np.ones((2, 2), np.float32)
    assert {(np.zeros((2, 2)) + small).dtype, np.tanh(np.zeros((2, 2)) @ small).dtype} == {
        np.dtype(np.float64)
    }


def test_the_suspicious_measurement_is_in_float64(chapter):
    chapter.says("`np.zeros` gives float64, so the product is computed in float64")
    assert (np.zeros((2, 3)) @ np.ones((3, 3), np.float32)).dtype == np.float64
