"""Exercise: layer norm, backward."""

import numpy as np

from cs231n.exercises.bank.transformer_inputs import layer_norm_gradients
from cs231n.exercises.exercise import Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.transformer_layers import layer_norm_backward


def solution(dout, x, gamma, beta, eps=1e-5):
    inverse = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    x_hat = (x - x.mean(axis=-1, keepdims=True)) * inverse
    g = gamma * dout
    by_mean = g.mean(axis=-1, keepdims=True)
    by_variance = x_hat * (x_hat * g).mean(axis=-1, keepdims=True)
    dx = inverse * (g - by_mean - by_variance)
    dgamma = (dout * x_hat).sum(axis=(0, 1))
    dbeta = dout.sum(axis=(0, 1))
    return dx, dgamma, dbeta


def parts_of_layer_norm(x, gamma, beta, eps, out):
    """What lies between, by the names that people give it."""
    mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt(var + eps)
    x_hat = (x - mean) * inverse
    found = {"mean": mean, "mu": mean, "var": var, "variance": var, "std": 1 / inverse, "inverse": inverse}
    return found | {"inv_std": inverse, "x_hat": x_hat, "xhat": x_hat, "x_norm": x_hat, "centred": x - mean}


MISTAKES = """
mean_path_forgotten: - by_mean ->
    A number acts in three ways: directly, through the mean, through the variance. The second path is missing.
variance_path_forgotten: - by_variance ->
    A number acts in three ways: directly, through the mean, through the variance. The third path is missing.
mean_and_variance_forgotten: (g - by_mean - by_variance) -> g
    You treat mean and variance as constants. Both are made of x, so x acts through them too.
gamma_forgotten: g = gamma * dout -> g = dout
    On the way from out to x̂ stands the scale gamma. Its factor is missing in dx.
root_forgotten: dx = inverse * (g -> dx = (g
    x̂ was divided by √(variance + eps) on the way forward. Its gradient passes that too.
divided_by_the_variance: dx = inverse * (g -> dx = inverse**2 * (g
    dx is divided by the variance. One root of it is enough.
multiplied_by_the_root: dx = inverse * (g -> dx = 1 / inverse * (g
    You multiply by √(variance + eps). The way forward divided by it.
variance_path_without_x_hat: x_hat * (x_hat * g).mean -> (x_hat * g).mean
    The path through the variance has x̂ twice: inside the mean, and in front of it.
variance_path_without_inner_x_hat: x_hat * (x_hat * g).mean -> x_hat * g.mean
    The path through the variance has x̂ twice: inside the mean, and in front of it.
sums_for_means: (g - by_mean - by_variance) -> (g - (by_mean + by_variance) * x.shape[-1])
    Both sums in dx are divided by D: mean and variance are means.
means_over_the_batch: g.mean(axis=-1, keepdims=True) -> g.mean(axis=(0, 1))
    (x_hat * g).mean(axis=-1, keepdims=True) -> (x_hat * g).mean(axis=(0, 1))
    Your means run over the batch: that is batch norm. Here each vector has its own, over its D numbers.
dgamma_of_x: dgamma = (dout * x_hat) -> dgamma = (dout * x)
    gamma was multiplied with x̂, not with x.
dgamma_without_x_hat: dgamma = (dout * x_hat) -> dgamma = gamma * dout
    gamma was multiplied with x̂: the gradient of one factor holds the other one.
dgamma_and_dbeta_averaged: dgamma = (dout * x_hat).sum -> dgamma = (dout * x_hat).mean
    dbeta = dout.sum -> dbeta = dout.mean
    All N · T vectors share gamma and beta: their gradients add up, without a division.
eps_forgotten: + eps) ->)
    eps was beside the variance on the way forward. It is missing in yours.
"""

EXERCISE = Exercise(
    chapter="08_transformer",
    reference=layer_norm_backward,
    needs=("layer_norm_forward",),
    forward="layer_norm_forward",
    outputs={"dx": ("sample", "word", "unit"), "dgamma": ("unit",), "dbeta": ("unit",)},
    cases=layer_norm_gradients,
    of_the_notebook=("gamma", "beta"),
    between=parts_of_layer_norm,
    start="Start with the easy two: dbeta and dgamma are sums over all N · T vectors.",
    worth_knowing="dx adds up to 0 in each vector: the norm takes the mean away, so nothing moves it.",
    next_step="the block: all parts together.",
    hints=(
        "out = gamma · x̂ + beta: what are dgamma, dbeta and dx̂? Then only x̂ is left, with its mean and variance.",
        "dx has three parts: dx̂ itself, minus its mean, minus x̂ · mean(x̂ · dx̂); all divided by "
        "√(variance + eps). Both means run over the D numbers of a vector.",
        "x_hat * (x_hat * dx_hat).mean(axis=-1, keepdims=True) is the path through the variance.",
    ),
    mistakes=known(solution, MISTAKES),
)
