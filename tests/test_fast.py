"""The fast room gives what the plain layers give: values and gradients, both dtypes, captions of any lengths."""

import numpy as np
import pytest

from cs231n import rnn_layers as plain
from cs231n.fast.packing import pack_captions, previous_rows, row_blocks
from cs231n.fast.states import lstm_states, lstm_states_backward, rnn_states, rnn_states_backward
from cs231n.fast.words import softmax_loss, sum_by_word, word_inputs_backward, word_inputs_forward

N, T, W, H, V = 9, 7, 4, 5, 12
NULL = 0
CELLS = {
    "rnn": (1, rnn_states, rnn_states_backward, plain.rnn_forward, plain.rnn_backward),
    "lstm": (4, lstm_states, lstm_states_backward, plain.lstm_forward, plain.lstm_backward),
}
DTYPES = pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-10), (np.float32, 2e-4)])
SEEDS = pytest.mark.parametrize("seed", range(4))


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def draw_captions(seed, nulls_inside=True):
    """Captions of 0 to T words to come, some of them with <NULL> in the middle."""
    random = np.random.default_rng(seed)
    captions = random.integers(1, V, size=(N, T + 1))
    if nulls_inside:
        captions[random.random(captions.shape) < 0.15] = NULL
    captions[np.arange(T + 1) > random.integers(0, T + 1, size=N)[:, None]] = NULL
    return captions


def words_to_come(row):
    """How many steps a caption needs: up to its last word that is not <NULL>."""
    return max((t for t in range(1, T + 1) if row[t] != NULL), default=0)


def packed(array, pack):
    """The packed rows of an array (N, T, …)."""
    return np.concatenate([array[pack.order[:count], t] for t, count in enumerate(pack.counts)])


def unpacked(rows, pack):
    """Packed rows → (N, T, …), zero where nothing is packed."""
    array = np.zeros((N, T, *rows.shape[1:]), rows.dtype)
    for t, block in enumerate(row_blocks(pack.counts)):
        array[pack.order[: pack.counts[t]], t] = rows[block]
    return array


def close(a, b, rtol):
    np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)


# ---- packing


@SEEDS
def test_every_word_is_packed_once_and_no_padding(seed):
    captions = draw_captions(seed)
    pack = pack_captions(captions, NULL)
    lengths = np.array([words_to_come(row) for row in captions])
    assert pack.counts == [n for t in range(T) if (n := int((lengths > t).sum()))]
    assert sorted(pack.order) == list(range(N)) and (np.diff(lengths[pack.order]) <= 0).all()
    places = [(n, t) for t, count in enumerate(pack.counts) for n in pack.order[:count]]
    assert pack.words_in.tolist() == [captions[n, t] for n, t in places]
    assert pack.words_out.tolist() == [captions[n, t + 1] for n, t in places]


def test_equally_long_captions_keep_their_order():
    captions = np.array([[1, 3, 0], [1, 3, 4]] * 50)
    assert pack_captions(captions, NULL).order.tolist() == [*range(1, 100, 2), *range(0, 100, 2)]


def test_padding_needs_not_be_zero():
    captions = draw_captions(1)
    other = np.where(captions == NULL, 99, captions)
    one, another = pack_captions(captions, NULL), pack_captions(other, 99)
    assert one.counts == another.counts and (one.order == another.order).all()


def test_captions_without_a_word_to_come_need_no_row():
    for captions in (np.zeros((3, 5), int), np.ones((3, 1), int), np.zeros((0, 5), int)):
        pack = pack_captions(captions, NULL)
        assert pack.counts == [] and len(pack.words_in) == len(pack.words_out) == 0


def test_the_example_of_the_docstring():
    captions = np.array([[1, 3, 4, 5, 2], [1, 3, 6, 2, 0], [1, 7, 2, 0, 0]])
    pack = pack_captions(captions, NULL)
    assert pack.counts == [3, 3, 2, 1]
    assert pack.words_in.tolist() == [1, 1, 1, 3, 3, 7, 4, 6, 5]


@SEEDS
def test_previous_rows_are_those_of_the_step_before(seed):
    pack = pack_captions(draw_captions(seed), NULL)
    h, h0 = draw(sum(pack.counts), H), draw(N, H, seed=1)
    states = np.concatenate([np.empty((N, 1, H)), unpacked(h, pack)], axis=1)[:, :T]
    states[pack.order, 0] = h0
    np.testing.assert_array_equal(previous_rows(h, h0, pack.counts), packed(states, pack))


# ---- states


@DTYPES
@SEEDS
@pytest.mark.parametrize("cell", CELLS)
def test_states_and_gradients_are_those_of_the_plain_layers(cell, seed, dtype, rtol):
    k, states, states_backward, forward, backward = CELLS[cell]
    pack = pack_captions(draw_captions(seed), NULL)
    x, h0 = draw(N, T, W, dtype=dtype), draw(N, H, dtype=dtype)
    Wx, Wh, b = draw(W, k * H, dtype=dtype), draw(H, k * H, seed=2, dtype=dtype) / 2, draw(k * H, dtype=dtype)
    h, cache = forward(x, h0, Wx, Wh, b)
    dh = unpacked(draw(sum(pack.counts), H, seed=3, dtype=dtype), pack)
    dx, dh0, dWx, dWh, db = backward(dh, cache)

    first = h0[pack.order]
    state = (first,) if cell == "rnn" else (first, np.zeros_like(first))
    rows = packed(x, pack)
    (fast_h, *_), fast_cache = states(rows @ Wx + b, state, Wh, pack.counts)
    fast_da, fast_dh0, fast_dWh = states_backward(packed(dh, pack), fast_cache)
    assert {a.dtype for a in (fast_h, fast_da, fast_dh0, fast_dWh)} == {np.dtype(dtype)}
    close(fast_h, packed(h, pack), rtol)
    close(fast_da @ Wx.T, packed(dx, pack), rtol)
    close(fast_dh0, dh0[pack.order], rtol)
    close(rows.T @ fast_da, dWx, rtol)
    close(fast_dWh, dWh, rtol)
    close(fast_da.sum(axis=0), db, rtol)


@pytest.mark.parametrize("cell", CELLS)
def test_a_state_may_go_on_where_another_ended(cell):
    k, states, *_ = CELLS[cell]
    a, Wh = draw(3 * N, k * H), draw(H, k * H, seed=2)
    state = tuple(draw(N, H, seed=s) for s in range(1 if cell == "rnn" else 2))
    whole, _ = states(a.copy(), state, Wh, [N] * 3)
    for t in range(3):
        state, _ = states(a[t * N : (t + 1) * N].copy(), state, Wh, [N])
        for part, all_of_it in zip(state, whole, strict=True):
            close(part, all_of_it[t * N : (t + 1) * N], 1e-12)


# ---- words


@DTYPES
@SEEDS
def test_word_inputs_are_embedding_and_affine(seed, dtype, rtol):
    words = np.random.default_rng(seed).integers(V, size=(N, T))
    W_embed, Wx, b = draw(V, W, dtype=dtype), draw(W, H, dtype=dtype), draw(H, dtype=dtype)
    dout = draw(N, T, H, seed=4, dtype=dtype)
    vectors, embedding = plain.word_embedding_forward(words, W_embed)
    out, affine = plain.temporal_affine_forward(vectors, Wx, b)
    dvectors, dWx, db = plain.temporal_affine_backward(dout, affine)
    fast_out, cache = word_inputs_forward(words.ravel(), W_embed, Wx, b)
    grads = word_inputs_backward(dout.reshape(-1, H), cache)
    close(fast_out, out.reshape(-1, H), rtol)
    expected = (plain.word_embedding_backward(dvectors, embedding), dWx, db)
    for grad, other in zip(grads, expected, strict=True):
        assert grad.dtype == dtype
        close(grad, other, rtol)


def test_rows_of_a_word_add_up():
    rows, words = draw(6, 3), np.array([4, 1, 4, 4, 0, 1])
    used, sums = sum_by_word(rows, words)
    assert used.tolist() == [0, 1, 4]
    close(sums, [rows[4], rows[1] + rows[5], rows[0] + rows[2] + rows[3]], 1e-12)
    assert [len(part) for part in sum_by_word(rows[:0], words[:0])] == [0, 0]


@DTYPES
@SEEDS
def test_the_loss_of_rows_is_that_of_the_plain_layer(seed, dtype, rtol):
    pack = pack_captions(draw_captions(seed), NULL)
    scores, captions = draw(N, T, V, dtype=dtype) * 3, draw_captions(seed)
    mask = captions[:, 1:] != NULL
    loss, dscores = plain.temporal_softmax_loss(scores, captions[:, 1:], mask)
    rows = packed(scores, pack)
    weights = (pack.words_out != NULL).astype(dtype) / N
    for out in (None, rows):
        fast_loss, fast_dscores = softmax_loss(rows, pack.words_out, weights, out=out)
        assert fast_loss.dtype == fast_dscores.dtype == dtype and (out is None or fast_dscores is out)
        close(fast_loss, loss, rtol)
        close(fast_dscores, packed(dscores, pack), rtol)


def test_the_loss_of_huge_scores_is_finite():
    loss, dscores = softmax_loss(draw(6, V) * 1e6, np.arange(6), np.ones(6))
    assert np.isfinite(loss) and np.isfinite(dscores).all()
