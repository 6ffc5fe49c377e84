"""Numerical gradients, on functions whose gradients are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from cs231n import gradient_check as G


def draw(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 2), (1,), (0, 3)])
def test_gradient_of_a_sum_of_cubes(shape):
    x = draw(*shape)
    close(G.eval_numerical_gradient(lambda x: np.sum(x**3), x, verbose=False), 3 * x**2)


def test_gradient_of_an_array_is_weighted_with_df():
    x, A, df = draw(3, 4), draw(4, 2), draw(3, 2)
    close(G.eval_numerical_gradient_array(lambda x: np.sin(x @ A), x, df), (np.cos(x @ A) * df) @ A.T)


def test_x_is_perturbed_in_place_and_put_back():
    x, seen = draw(2, 2), []
    kept = x.copy()
    G.eval_numerical_gradient(lambda given: seen.append(given is x) or np.sum(x), x, verbose=False)
    assert all(seen) and len(seen) == 8 and np.array_equal(x, kept)


def test_x_is_put_back_when_f_raises():
    x = draw(2, 2)
    kept = x.copy()

    def f(x):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        G.eval_numerical_gradient(f, x, verbose=False)
    assert np.array_equal(x, kept)


def test_a_function_may_reuse_its_output():
    x, out = draw(3), np.empty(3)
    close(G.eval_numerical_gradient_array(lambda x: np.multiply(x, x, out=out), x, np.ones(3)), 2 * x)


def test_arrays_of_any_memory_layout_work():
    x = np.asfortranarray(draw(3, 4))[::2, 1:]
    close(G.eval_numerical_gradient(lambda x: np.sum(x**2), x, verbose=False), 2 * x)


def test_gradients_through_blobs_and_nets():
    a, b = (SimpleNamespace(vals=draw(2, 3, seed=s), diffs=None) for s in (1, 2))
    out = SimpleNamespace(vals=np.zeros((2, 3)), diffs=draw(2, 3, seed=3))

    def multiply(a, b, out):
        out.vals[:] = a.vals * b.vals

    net = SimpleNamespace(forward=lambda: multiply(a, b, out))
    for grads in (
        G.eval_numerical_gradient_blobs(multiply, (a, b), out),
        G.eval_numerical_gradient_net(net, (a, b), out),
    ):
        close(grads[0], b.vals * out.diffs)
        close(grads[1], a.vals * out.diffs)


def test_verbose_prints_every_number(capsys):
    G.eval_numerical_gradient(np.sum, draw(2, 2))
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_sparse_check_tells_right_from_wrong(capsys):
    def errors(grad):
        np.random.seed(0)
        G.grad_check_sparse(lambda x: np.sum(x**2), x, grad, num_checks=7)
        return [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]

    x = draw(4, 4)
    assert len(errors(2 * x)) == 7 and max(errors(2 * x)) < 1e-6
    assert min(errors(-2 * x)) > 0.9


def test_rel_error():
    assert G.rel_error(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0
    assert G.rel_error(np.array([1.0]), np.array([3.0])) == pytest.approx(0.5)
    assert G.rel_error(np.zeros(2), np.zeros(2)) == 0


@pytest.mark.parametrize("function", [G.eval_numerical_gradient, G.grad_check_sparse])
@pytest.mark.parametrize("x", [np.arange(3), [1.0, 2.0]])
def test_whole_numbers_are_refused(function, x):
    with pytest.raises(ValueError, match="^x must be an array of floats"):
        function(np.sum, x, np.zeros(3))
