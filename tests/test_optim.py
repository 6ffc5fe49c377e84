"""Update rules against PyTorch's, the assignment's own values, and what every rule keeps."""

import numpy as np
import pytest

from cs231n import optim

RULES = ("sgd", "sgd_momentum", "rmsprop", "adam")


def lin(low, high):
    return np.linspace(low, high, num=20).reshape(4, 5)


def draw(seed, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal((6, 4)).astype(dtype)


def run(rule, steps, config, dtype=np.float64):
    w, found = draw(0, dtype), []
    for step in range(steps):
        w, config = getattr(optim, rule)(w, draw(step + 1, dtype), config)
        found.append(w)
    return found, config


# Ours and PyTorch's name for the same update. PyTorch's momentum keeps v / learning_rate, which gives the same w.
PYTORCH = {
    "sgd": ({"learning_rate": 0.05}, "SGD", {"lr": 0.05}),
    "sgd_momentum": ({"learning_rate": 0.05, "momentum": 0.8}, "SGD", {"lr": 0.05, "momentum": 0.8}),
    "rmsprop": ({"learning_rate": 0.05, "decay_rate": 0.9}, "RMSprop", {"lr": 0.05, "alpha": 0.9}),
    "adam": (
        {"learning_rate": 0.05, "beta1": 0.8, "beta2": 0.95},
        "Adam",
        {"lr": 0.05, "betas": (0.8, 0.95)},
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_ten_steps_equal_pytorch(rule):
    torch = pytest.importorskip("torch")
    config, name, options = PYTORCH[rule]
    w = torch.tensor(draw(0), requires_grad=True)
    torch_rule = getattr(torch.optim, name)([w], **options)
    for step, found in enumerate(run(rule, 10, config)[0]):
        w.grad = torch.tensor(draw(step + 1))
        torch_rule.step()
        np.testing.assert_allclose(found, w.detach().numpy(), rtol=1e-10)


ASSIGNMENT = {  # rule: config, first row of the next w
    "sgd_momentum": (
        {"learning_rate": 1e-3, "velocity": lin(0.6, 0.9)},
        [0.1406, 0.20738947, 0.27417895, 0.34096842, 0.40775789],
    ),
    "rmsprop": (
        {"learning_rate": 1e-2, "cache": lin(0.6, 0.9)},
        [-0.39223849, -0.34037513, -0.28849239, -0.23659121, -0.18467247],
    ),
    "adam": (
        {"learning_rate": 1e-2, "m": lin(0.6, 0.9), "v": lin(0.7, 0.5), "t": 5},
        [-0.40094747, -0.34836187, -0.29577703, -0.24319299, -0.19060977],
    ),
}


def test_epsilon_stands_outside_the_roots():
    """An epsilon as large as the rest, so that its place shows: worked out by hand for w = 1, dw = 4."""
    w, dw = np.array([1.0]), np.array([4.0])
    next_w, config = optim.rmsprop(w, dw, {"learning_rate": 0.1, "decay_rate": 0.75, "epsilon": 2.0})
    assert config["cache"].tolist() == [4.0] and next_w[0] == pytest.approx(1 - 0.1 * 4 / (2 + 2))
    next_w, config = optim.adam(w, dw, {"learning_rate": 0.1, "epsilon": 4.0})
    assert next_w[0] == pytest.approx(1 - 0.1 * 4 / (4 + 4))


DEFAULTS = {
    "sgd": {"learning_rate": 1e-2},
    "sgd_momentum": {"learning_rate": 1e-2, "momentum": 0.9},
    "rmsprop": {"learning_rate": 1e-2, "decay_rate": 0.99, "epsilon": 1e-8},
    "adam": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 1},
    "adam_in_place": {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 1},
}


@pytest.mark.parametrize("rule", DEFAULTS)
def test_defaults_are_those_of_the_docstring(rule):
    _, config = getattr(optim, rule)(draw(0), draw(1))
    assert {name: v for name, v in config.items() if not isinstance(v, np.ndarray)} == DEFAULTS[rule]


@pytest.mark.parametrize("rule", ASSIGNMENT)
def test_one_step_of_the_assignment(rule):
    config, expected = ASSIGNMENT[rule]
    next_w, _ = getattr(optim, rule)(lin(-0.4, 0.6), lin(-0.6, 0.4), config)
    np.testing.assert_allclose(next_w[0], expected, atol=1e-8)


@pytest.mark.parametrize("dtype, rtol", [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("shape", [(6, 4), (1,), (7, 5, 3), (50, 41), (0, 3)])
def test_adam_in_place_is_adam(shape, dtype, rtol):
    random = np.random.default_rng(0)
    w = other_w = random.standard_normal(shape).astype(dtype)
    config = other_config = {"learning_rate": np.float64(0.05), "beta1": 0.8}
    for step in range(8):
        dw = random.standard_normal(shape).astype(dtype)
        if step == 4:  # other memory layouts, and a learning rate that was changed on the way
            w, dw = np.asfortranarray(w), np.asfortranarray(dw)
            config = {**config, "m": np.asfortranarray(config["m"]), "learning_rate": 0.02}
            other_config = {**other_config, "learning_rate": 0.02}
        for given in (w, dw):
            given.flags.writeable = False
        w, config = optim.adam_in_place(w, dw, config, block=100)
        other_w, other_config = optim.adam(other_w, dw, other_config)
        assert w.dtype == dtype and config.keys() == other_config.keys() and config["t"] == step + 1
        for ours, adams in ((w, other_w), (config["m"], other_config["m"]), (config["v"], other_config["v"])):
            np.testing.assert_allclose(ours, adams, rtol=rtol, atol=rtol * 1e-2)


@pytest.mark.parametrize("rule", RULES)
def test_the_first_step_goes_downhill_and_a_zero_gradient_goes_nowhere(rule):
    w, dw = draw(0), draw(1)
    next_w, _ = getattr(optim, rule)(w, dw)
    assert (np.sign(w - next_w) == np.sign(dw)).all()
    assert np.array_equal(getattr(optim, rule)(w, np.zeros_like(w))[0], w)


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate():
    next_w, _ = optim.adam(draw(0), draw(1), {"learning_rate": 0.01})
    np.testing.assert_allclose(abs(next_w - draw(0)), 0.01, rtol=1e-5)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_finds_the_bottom_of_a_bowl(rule):
    w, config = np.array([3.0, -2.0]), {"learning_rate": 0.02}
    for _ in range(600):
        w, config = getattr(optim, rule)(w, 2 * (w - [1, 1]), config)
    np.testing.assert_allclose(w, [1, 1], atol=0.03)


@pytest.mark.parametrize("learning_rate", [0.01, np.float64(0.01)])
@pytest.mark.parametrize("rule", RULES)
def test_float32_stays_float32(rule, learning_rate):
    found, config = run(rule, 3, {"learning_rate": learning_rate}, np.float32)
    arrays = [*found, *(v for v in config.values() if isinstance(v, np.ndarray))]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_written_into_arguments(rule):
    w, dw, config = draw(0), draw(1), {}
    w.flags.writeable = dw.flags.writeable = False
    _, config = getattr(optim, rule)(w, dw, config)
    for value in config.values():
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
    kept = dict(config)
    first, _ = getattr(optim, rule)(w, dw, config)
    assert config == kept  # the same numbers and the very same arrays
    assert np.array_equal(first, getattr(optim, rule)(w, dw, config)[0])


@pytest.mark.parametrize("rule", RULES)
def test_a_gradient_of_another_shape_is_refused(rule):
    with pytest.raises(ValueError, match=r"^dw has shape \(4,\), expected the shape of w, \(6, 4\)"):
        getattr(optim, rule)(draw(0), draw(1)[0])
