"""Affine, temporal affine, word embedding and temporal softmax loss, against independent oracles."""

import numpy as np
import pytest

from cs231n import layers, rnn_layers
from cs231n.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array
from cs231n.rnn_layers import (
    affine_backward,
    affine_forward,
    sigmoid,
    temporal_affine_backward,
    temporal_affine_forward,
    temporal_softmax_loss,
    word_embedding_backward,
    word_embedding_forward,
)

N, T, D, M, V = 3, 4, 5, 6, 7


def draw(*shape, seed=0, dtype=np.float64):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


def words(*shape, high=V, seed=0):
    return np.random.default_rng([seed, *shape]).integers(high, size=shape)


def assert_gradients(forward, backward, arguments, at):
    """Each gradient of `backward` equals the central differences of `forward`."""
    out, cache = forward(*arguments)
    dout = draw(*out.shape, seed=9)
    for place, written in zip(at, backward(dout, cache), strict=True):

        def f(value, place=place):
            return forward(*arguments[:place], value, *arguments[place + 1 :])[0]

        numeric = eval_numerical_gradient_array(f, arguments[place].copy(), dout)
        np.testing.assert_allclose(written, numeric, rtol=1e-6, atol=1e-8)


def close(a, b, **tolerance):
    np.testing.assert_allclose(a, b, **{"rtol": 1e-10, "atol": 1e-12, **tolerance})


# Affine


@pytest.mark.parametrize("shape", [(N, D), (N, 5, 2), (N, 2, 3, 2), (1, 1)])
def test_affine_gradients_equal_central_differences(shape):
    x = draw(*shape)
    D = x[0].size
    assert_gradients(affine_forward, affine_backward, [x, draw(D, M), draw(M)], at=[0, 1, 2])


@pytest.mark.parametrize("shape", [(N, T, D), (1, 1, 1), (N, 1, D)])
def test_temporal_affine_gradients_equal_central_differences(shape):
    arguments = [draw(*shape), draw(shape[2], M), draw(M)]
    assert_gradients(temporal_affine_forward, temporal_affine_backward, arguments, at=[0, 1, 2])


def test_affine_equals_sums_written_as_einsum():
    x, w, b = draw(N, 2, 3), draw(6, M), draw(M)
    close(affine_forward(x, w, b)[0], np.einsum("njk,jkm->nm", x, w.reshape(2, 3, M)) + b)


def test_temporal_affine_is_affine_at_each_step():
    x, w, b = draw(N, T, D), draw(D, M), draw(M)
    close(
        temporal_affine_forward(x, w, b)[0], np.stack([affine_forward(x[:, t], w, b)[0] for t in range(T)], 1)
    )


def test_affine_is_the_same_function_in_both_modules():
    assert layers.affine_forward is rnn_layers.affine_forward
    assert layers.affine_backward is rnn_layers.affine_backward


def test_affine_takes_samples_of_one_number_too():
    x, w, b = draw(N), draw(1, M), draw(M)
    close(affine_forward(x, w, b)[0], np.outer(x, w) + b)


def test_affine_of_no_samples_is_empty():
    assert affine_forward(draw(0, D), draw(D, M), draw(M))[0].shape == (0, M)


# Word embedding


def test_embedding_gradient_equals_central_differences():
    x, W = words(N, T), draw(V, D)
    dout = draw(N, T, D, seed=1)
    numeric = eval_numerical_gradient_array(lambda W: word_embedding_forward(x, W)[0], W.copy(), dout)
    close(word_embedding_backward(dout, word_embedding_forward(x, W)[1]), numeric, rtol=1e-6, atol=1e-8)


def test_embedding_of_the_assignment():
    x, W = np.array([[0, 3, 1, 2], [2, 1, 0, 3]]), np.linspace(0, 1, num=15).reshape(5, 3)
    expected = [
        [[0, 0.07142857, 0.14285714], [0.64285714, 0.71428571, 0.78571429]]
        + [[0.21428571, 0.28571429, 0.35714286], [0.42857143, 0.5, 0.57142857]],
        [[0.42857143, 0.5, 0.57142857], [0.21428571, 0.28571429, 0.35714286]]
        + [[0, 0.07142857, 0.14285714], [0.64285714, 0.71428571, 0.78571429]],
    ]
    close(word_embedding_forward(x, W)[0], expected, atol=1e-8)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint16])
def test_repeated_words_add_up(dtype):
    x = np.array([[1, 1, 4], [1, 0, 4]], dtype=dtype)
    dout = draw(2, 3, D)
    dW = word_embedding_backward(dout, word_embedding_forward(x, draw(V, D))[1])
    close(dW[1], dout[0, 0] + dout[0, 1] + dout[1, 0])
    close(dW[4], dout[0, 2] + dout[1, 2])
    close(dW[[2, 3, 5, 6]], 0)


def test_embedding_gradient_of_many_words_equals_one_hot_product():
    x, dout = words(40, 16, high=300), draw(40, 16, 8)
    one_hot = np.eye(300)[x.ravel()]
    close(word_embedding_backward(dout, (x, 300)), one_hot.T @ dout.reshape(-1, 8))


def test_embedding_gradient_of_no_words_is_zero():
    assert not word_embedding_backward(np.zeros((2, 0, D)), (np.zeros((2, 0), dtype=int), V)).any()


# Temporal softmax


def test_softmax_gradient_equals_central_differences():
    x, y = draw(N, T, V), words(N, T)
    for mask in (y != 0, np.ones((N, T)), draw(N, T) ** 2, np.arange(T) < np.array([[4], [0], [2]])):
        numeric = eval_numerical_gradient(
            lambda x, mask=mask: temporal_softmax_loss(x, y, mask)[0], x.copy(), False
        )
        close(temporal_softmax_loss(x, y, mask)[1], numeric, rtol=1e-6, atol=1e-8)


def test_softmax_loss_of_one_word_is_minus_its_log_probability():
    x = np.log(np.array([[[0.2, 0.5, 0.3]]]))
    close(temporal_softmax_loss(x, np.array([[2]]), np.ones((1, 1), bool))[0], -np.log(0.3))


@pytest.mark.parametrize("n, t, p, expected", [(100, 1, 1.0, 2.3), (100, 10, 1.0, 23), (5000, 10, 0.1, 2.3)])
def test_softmax_loss_of_small_scores_is_that_of_the_assignment(n, t, p, expected):
    rng = np.random.default_rng(1)
    x, y = 0.001 * rng.standard_normal((n, t, 10)), rng.integers(10, size=(n, t))
    assert abs(temporal_softmax_loss(x, y, rng.random((n, t)) <= p)[0] - expected) < 0.1


def test_softmax_is_summed_over_time_and_averaged_over_captions():
    x, y, mask = draw(N, T, V), words(N, T), np.ones((N, T), bool)
    alone = [temporal_softmax_loss(x[n : n + 1], y[n : n + 1], mask[n : n + 1]) for n in range(N)]
    loss, dx = temporal_softmax_loss(x, y, mask)
    close(loss, sum(a[0] for a in alone) / N)
    close(dx, np.concatenate([a[1] for a in alone]) / N)


def test_masked_steps_change_neither_loss_nor_gradient():
    x, y, mask = draw(N, T, V), words(N, T), draw(N, T) > 0
    loss, dx = temporal_softmax_loss(x, y, mask)
    other_x = np.where(mask[..., None], x, np.nan)
    other_y = np.where(mask, y, 10**6)
    other_loss, other_dx = temporal_softmax_loss(other_x, other_y, mask)
    assert loss == other_loss and np.array_equal(dx, other_dx) and not dx[~mask].any()


def test_softmax_of_nothing_but_padding_is_zero():
    loss, dx = temporal_softmax_loss(draw(N, T, V), words(N, T), np.zeros((N, T), bool))
    assert loss == 0 and not dx.any()


def test_softmax_of_huge_scores_is_finite():
    loss, dx = temporal_softmax_loss(draw(N, T, V) * 1e6, words(N, T), np.ones((N, T), bool))
    assert np.isfinite(loss) and np.isfinite(dx).all()


def test_a_constant_added_to_all_scores_changes_nothing():
    x, y, mask = draw(N, T, V), words(N, T), np.ones((N, T), bool)
    close(temporal_softmax_loss(x + 50, y, mask)[0], temporal_softmax_loss(x, y, mask)[0])


def test_verbose_alone_prints_the_shape(capsys):
    temporal_softmax_loss(draw(N, T, V), words(N, T), np.ones((N, T), bool))
    assert capsys.readouterr().out == ""
    temporal_softmax_loss(draw(N, T, V), words(N, T), np.ones((N, T), bool), verbose=True)
    assert "(3, 4, 7)" in capsys.readouterr().out


# Sigmoid


def test_sigmoid_equals_its_definition():
    x = np.linspace(-20, 20, 81)
    close(sigmoid(x), 1 / (1 + np.exp(-x)), atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_of_huge_numbers_warns_of_nothing(dtype):
    with np.errstate(all="raise"):
        y = sigmoid(np.array([-1e30, -1e4, 0, 1e4, 1e30], dtype=dtype))
    assert y.tolist() == [0, 0, 0.5, 1, 1] and y.dtype == dtype


# Against PyTorch


def test_embedding_and_masked_softmax_equal_pytorch():
    torch = pytest.importorskip("torch")
    x, y, W, w, b = words(N, T), words(N, T), draw(V, D), draw(D, V), draw(V)
    tW, tw, tb = (torch.tensor(a, requires_grad=True) for a in (W, w, b))
    scores = torch.nn.functional.embedding(torch.tensor(x), tW) @ tw + tb
    expected = torch.nn.functional.cross_entropy(
        scores.reshape(-1, V), torch.tensor(y).reshape(-1), ignore_index=0, reduction="sum"
    )
    (expected / N).backward()
    vectors, embed_cache = word_embedding_forward(x, W)
    out, affine_cache = temporal_affine_forward(vectors, w, b)
    loss, dout = temporal_softmax_loss(out, y, y != 0)
    dvectors, dw, db = temporal_affine_backward(dout, affine_cache)
    close(loss, expected.item() / N)
    for written, t in ((word_embedding_backward(dvectors, embed_cache), tW), (dw, tw), (db, tb)):
        close(written, t.grad.numpy())


# What all keep


def test_float32_stays_float32():
    f = np.float32
    x, w, b = draw(N, T, D, dtype=f), draw(D, V, dtype=f), draw(V, dtype=f)
    out, cache = temporal_affine_forward(x, w, b)
    loss, dout = temporal_softmax_loss(out, words(N, T), words(N, T) != 0)
    weighted = temporal_softmax_loss(out, words(N, T), draw(N, T))[1]
    flat, flat_cache = affine_forward(x[:, 0], w, b)
    vectors, embed_cache = word_embedding_forward(words(N, T), draw(V, D, dtype=f))
    arrays = [out, loss, dout, weighted, *temporal_affine_backward(dout, cache), flat, vectors]
    arrays += [*affine_backward(flat, flat_cache), word_embedding_backward(vectors, embed_cache)]
    assert {a.dtype for a in arrays} == {np.dtype(f)}


@pytest.mark.parametrize("dtype", [int, np.int32, np.uint8])
def test_whole_scores_are_taken_as_floats(dtype):
    x = np.abs(np.round(3 * draw(N, T, V))).astype(dtype)
    loss, dx = temporal_softmax_loss(x, words(N, T), words(N, T) > 1)
    expected, expected_dx = temporal_softmax_loss(x.astype(float), words(N, T), words(N, T) > 1)
    tolerance = {"rtol": 1e-2, "atol": 1e-3} if dtype is np.uint8 else {}  # 8 bits become 16, as in np.exp
    close(loss, expected, **tolerance)
    close(dx, expected_dx, **tolerance)


def test_whole_numbers_go_through_the_other_layers():
    x, w, b = (np.round(3 * draw(*shape)).astype(int) for shape in ((N, T, D), (D, M), (M,)))
    out, cache = temporal_affine_forward(x, w, b)
    expected, other_cache = temporal_affine_forward(x.astype(float), w.astype(float), b.astype(float))
    close(out, expected)
    for one, other in zip(temporal_affine_backward(out, cache), temporal_affine_backward(expected, other_cache),
                          strict=True):  # fmt: skip
        close(one, other)
    vectors, embed_cache = word_embedding_forward(words(N, T, high=D), w)
    assert word_embedding_backward(vectors, embed_cache).sum() == vectors.sum()


def test_nothing_writes_into_its_arguments():
    def frozen(a):
        a.flags.writeable = False
        return a

    x, w, b = frozen(draw(N, T, D)), frozen(draw(D, V)), frozen(draw(V))
    y, mask = frozen(words(N, T)), frozen(words(N, T) != 0)
    out, cache = temporal_affine_forward(x, w, b)
    _, dout = temporal_softmax_loss(frozen(out), y, mask)
    temporal_affine_backward(frozen(dout), cache)
    flat, flat_cache = affine_forward(x[:, 0], w, b)
    affine_backward(frozen(flat), flat_cache)
    vectors, embed_cache = word_embedding_forward(y, frozen(draw(V, D)))
    word_embedding_backward(frozen(vectors), embed_cache)


WRONG = {
    "x must be": lambda: affine_forward([[1.0]], draw(1, 1), draw(1)),
    "x must be ": lambda: affine_forward(np.array(1.0), draw(1, 1), draw(1)),
    "w has shape": lambda: affine_forward(draw(N, D), draw(D + 1, M), draw(M)),
    "b has shape": lambda: affine_forward(draw(N, D), draw(D, M), draw(M + 1)),
    "dout has shape": lambda: affine_backward(draw(N, M + 1), (draw(N, D), draw(D, M))),
    "dout has shape  ": lambda: affine_backward(draw(N + 1, M), (draw(N, D), draw(D, M))),
    "x has shape": lambda: temporal_affine_forward(draw(N, D), draw(D, M), draw(M)),
    "w has shape ": lambda: temporal_affine_forward(draw(N, T, D), draw(D + 1, M), draw(M)),
    "b has shape ": lambda: temporal_affine_forward(draw(N, T, D), draw(D, M), draw(M, 1)),
    "dout has shape ": lambda: temporal_affine_backward(draw(N, T + 1, M), (draw(N, T, D), draw(D, M))),
    "x has shape ": lambda: word_embedding_forward(words(N), draw(V, D)),
    "W has shape": lambda: word_embedding_forward(words(N, T), draw(V)),
    "x holds 7": lambda: word_embedding_forward(words(N, T) + 7 - words(N, T), draw(V, D)),
    "x holds -1": lambda: word_embedding_forward(np.full((N, T), -1), draw(V, D)),
    "x must be an array of integers": lambda: word_embedding_forward(draw(N, T), draw(V, D)),
    "w has shape  ": lambda: temporal_affine_backward(draw(N, T, M), (draw(N, T, D), draw(D + 1, M))),
    "dout has shape   ": lambda: word_embedding_backward(draw(N, T + 1, D), (words(N, T), V)),
    "x has shape  ": lambda: temporal_softmax_loss(draw(N, V), words(N, T), words(N, T) > 0),
    "y has shape": lambda: temporal_softmax_loss(draw(N, T, V), words(N, T + 1), words(N, T) > 0),
    "mask has shape": lambda: temporal_softmax_loss(draw(N, T, V), words(N, T), words(N) > 0),
    "y holds 7": lambda: temporal_softmax_loss(draw(N, T, V), np.full((N, T), 7), np.ones((N, T), bool)),
    "y holds -2": lambda: temporal_softmax_loss(draw(N, T, V), np.full((N, T), -2), np.ones((N, T), bool)),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_argument_is_named(message):
    with pytest.raises(ValueError, match="^" + message.strip()):
        WRONG[message]()
