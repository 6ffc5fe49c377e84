"""Memory that is used again: never while anybody has an array of it, and a training asks for no new one."""

import threading

import numpy as np
import pytest

from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.fast import workspace
from cs231n.fast.gates import gates_backward_in_place, squash_gates_in_place
from cs231n.fast.workspace import LINE, SMALL, empty
from cs231n.lstm_layers import gates_backward, squash_gates

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2} | {f"word{k}": k for k in range(3, 1000)}
CELLS = ("rnn", "lstm")


@pytest.fixture(autouse=True)
def new_pieces(monkeypatch):
    """Nothing waits when a test begins; sizes of the pieces that are asked of the system after that."""
    workspace.waiting.clear()
    asked = []

    class Numpy:
        def __getattr__(self, name):
            return getattr(np, name)

        def empty(self, shape, dtype):
            asked.append(shape)
            return np.empty(shape, dtype)

    monkeypatch.setattr(workspace, "np", Numpy())
    return asked


def address(array):
    return array.__array_interface__["data"][0]


def model_and_batch(cell, seed=0, N=60, T=12):
    """Large enough that most of its arrays are on loan."""
    np.random.seed(seed)
    model = CaptioningRNN(WORDS, 300, 200, 256, cell)
    captions = np.random.randint(3, 1000, (N, T))
    captions[:, 0] = 1
    captions[np.arange(T) > np.random.randint(4, T, N)[:, None]] = 0
    return model, np.random.randn(N, 300).astype(np.float32), captions


@pytest.mark.parametrize("shape", [(0, 5), (3,), (300, 200), (), (2, 300, 100), (1 << 20,)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_it_gives_what_np_empty_gives(shape, dtype):
    array = empty(shape, dtype)
    assert type(array) is np.ndarray and array.shape == shape and array.dtype == dtype
    assert array.flags.c_contiguous and array.flags.writeable and array.flags.aligned
    assert array.nbytes < SMALL or address(array) % LINE == 0
    array[...] = 1
    assert array.sum() == array.size


def test_memory_comes_back_when_the_last_view_is_gone_and_not_before():
    array = empty((300, 200), np.float32)
    part, first = array[5:].T, address(array)
    del array
    assert address(empty((300, 200), np.float32)) != first
    del part
    taken = [empty((299, 200), np.float32) for _ in range(2)]  # a little smaller: the same piece does
    assert first in map(address, taken) and address(taken[0]) != address(taken[1])


def test_pieces_of_different_arrays_never_overlap():
    random = np.random.default_rng(0)
    held = []
    for k in range(300):
        held.append((k, empty((int(random.integers(1, 400)), 300), np.float32)))
        held[-1][1][:] = k
        if random.random() < 0.4:
            held.pop(random.integers(len(held)))
    for k, array in held:
        assert (array == k).all()


def test_only_so_much_waits(monkeypatch):
    monkeypatch.setattr(workspace, "MOST", 10 * SMALL)
    arrays = [empty((SMALL,), np.uint8) for _ in range(40)]
    del arrays
    waiting = sum(size * len(pieces) for size, pieces in workspace.waiting.items())
    assert 0 < waiting <= 11 * SMALL * 9 / 8


# ---- in the model


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_like_the_one_before_asks_for_no_memory(cell, new_pieces):
    model, *batch = model_and_batch(cell)
    for _ in range(2):  # the gradients of the step before are still there in the second
        loss, grads = model.loss(*batch)
    assert len(new_pieces) > 5
    new_pieces.clear()
    for _ in range(3):
        loss, grads = model.loss(*batch)
    assert [shape for shape in new_pieces if np.prod(shape) >= SMALL] == []


@pytest.mark.parametrize("cell", CELLS)
def test_results_that_are_kept_stay_as_they_were_while_other_models_work(cell):
    model, *batch = model_and_batch(cell)
    other, *other_batch = model_and_batch("lstm", seed=1, N=50)
    scores, cache = model.scores(batch[0], batch[1])
    kept = [model.loss(*batch)[1] for _ in range(2)] + [{"scores": scores}]
    copies = [{name: array.copy() for name, array in arrays.items()} for arrays in kept]
    dscores = np.random.default_rng(0).standard_normal(scores.shape, dtype=np.float32)
    before = {name: grad.copy() for name, grad in model.scores_backward(dscores, cache).items()}
    for _ in range(3):
        other.loss(*other_batch), other.sample(other_batch[0]), model.loss(*batch)
    for arrays, copy in zip(kept, copies, strict=True):
        for name, array in arrays.items():
            np.testing.assert_array_equal(array, copy[name])
    for name, grad in model.scores_backward(dscores, cache).items():
        np.testing.assert_array_equal(grad, before[name])


def test_models_in_several_threads_do_not_get_in_each_others_way():
    jobs = [model_and_batch(cell, seed) for seed, cell in enumerate(CELLS * 2)]
    alone = [{name: grad.copy() for name, grad in model.loss(*batch)[1].items()} for model, *batch in jobs]
    together = [None] * len(jobs)

    def work(k):
        model, *batch = jobs[k]
        for _ in range(5):
            together[k] = model.loss(*batch)[1]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for right, found in zip(alone, together, strict=True):
        for name, grad in right.items():
            np.testing.assert_array_equal(found[name], grad)


# ---- the gates, in place


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("N, H", [(5, 3), (64, 200), (1, 1), (0, 4)])
def test_gates_in_place_are_the_plain_ones_to_the_last_bit(N, H, dtype):
    random = np.random.default_rng(N)
    a, prev_c, dh, dc, *_ = (random.standard_normal((N, k * H)).astype(dtype) for k in (4, 1, 1, 1))
    gates = squash_gates(a)
    i, f, o, g = np.split(gates, 4, axis=1)
    right_c = f * prev_c + i * g
    da, dprev_c = gates_backward(dh, dc, prev_c, gates, np.tanh(right_c))

    c, tanh_c, h, found_da = (np.empty_like(array) for array in (prev_c, prev_c, prev_c, a))
    squash_gates_in_place(a, prev_c, c, tanh_c, h)
    gates_backward_in_place(dh, dc, prev_c, a, tanh_c, found_da)
    for found, right in [(a, gates), (c, right_c), (h, o * np.tanh(right_c)), (found_da, da), (dc, dprev_c)]:
        np.testing.assert_array_equal(found, right)
