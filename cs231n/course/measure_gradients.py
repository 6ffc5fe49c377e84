"""Hold written gradients against measured ones, and print one line for each."""

import contextlib

import numpy as np

from cs231n.exercises import as_written, bank
from cs231n.exercises.run.time_limit import SECONDS, TooLong, limited
from cs231n.exercises.say.printing import say
from cs231n.gradient_check import eval_numerical_gradient_array
from cs231n.language import noted, tr

REFERENCE = {  # whether the reference is at hand → what is said
    "not written": {
        True: noted(
            "{name} is not written yet. This measures the reference's, so it says nothing about yours:"
        ),
        False: noted("{name} is not written yet, so there is nothing to measure:"),
    },
    "no forward": {
        True: noted("This measures what you wrote for {name}, with the reference's {forward}:"),
        False: noted("This measures what you wrote for {name}, with the {forward} that is kept:"),
    },
}
TOLERANCE = 1e-6  # of the largest measured number; central differences in float64 are far better than this


def measure_gradients(name, inputs, upstream):
    """Measure the gradients of the backward function that the reader wrote, right or wrong.

    Prints whose function was measured: the reference's, where nothing is written yet.

    name: a backward exercise, such as "rnn_step_backward"
    inputs: dict from name to float64 array, the arguments of the forward function in order
    upstream: gradient that reaches the forward function's output, in its shape
    """
    exercise, sign = bank.find(name), "✓"
    forward, backward = as_written(exercise.forward), as_written(name)
    if backward is None:
        say(tr(REFERENCE["not written"][bank.REFERENCE], name))
        forward, backward, sign = bank.find(exercise.forward).reference, exercise.reference, "·"
    elif forward is None:
        say(tr(REFERENCE["no forward"][bank.REFERENCE], name, exercise.forward))
        forward = bank.find(exercise.forward).reference
    else:
        say(
            tr(
                "This measures what you wrote for {name}. ✓: right for the {forward} that you wrote.",
                name,
                exercise.forward,
            )
        )
    compare_gradients(forward, backward, inputs, upstream, sign=sign)


def compare_gradients(forward, backward, inputs, upstream, seconds=SECONDS, sign="✓"):
    """Measure the gradient of Σ upstream · output for each input, and print whether the given one agrees.

    forward: takes the inputs, returns output and cache
    backward: takes upstream and the cache, returns one gradient for each input, in order
    inputs, upstream: as for `measure_gradients`
    seconds: limit for the backward function
    sign: stands before what agrees
    """
    values = {key: np.array(value, dtype=np.float64) for key, value in inputs.items()}

    def output(_=None):
        return forward(*(value.copy() for value in values.values()))[0]

    given = _once(
        lambda: backward(np.array(upstream), forward(*(v.copy() for v in values.values()))[-1]), seconds
    )
    if isinstance(given, str):
        say(f"  ✗ {given}")
        return
    _compare(given, values, lambda value: eval_numerical_gradient_array(output, value, upstream), sign)


def measure_loss_gradients(name, model, *inputs):
    """Measure every gradient of a loss that the reader wrote, right or wrong.

    name: an exercise that returns loss and grads, such as "captioning_loss"
    model: has .params, a dict of float64 arrays
    inputs: what the loss takes after the model
    """
    loss, sign = as_written(name), "✓"
    if loss is None:
        say(tr(REFERENCE["not written"][bank.REFERENCE], name))
        loss, sign = bank.find(name).reference, "·"
    else:
        say(tr("This measures what you wrote for {name}:", name))
    result = _once(lambda: loss(model, *inputs), SECONDS)
    grads = result[1] if isinstance(result, tuple) and len(result) == 2 else result
    if not isinstance(grads, dict):
        say(f"  ✗ {grads if isinstance(grads, str) else tr('it does not return a loss and a dict')}")
        return
    given = [grads.get(key) for key in model.params]
    value = lambda _: np.array(loss(model, *inputs)[0])  # noqa: E731
    _compare(given, model.params, lambda weight: eval_numerical_gradient_array(value, weight, 1.0), sign)


def _compare(given, values, measure, sign):
    """One line for each value: does the gradient given for it agree with the measured one?"""
    given = list(given) if isinstance(given, tuple | list) else [given]
    if len(given) != len(values):
        say(tr("  ✗ it returns {given} gradients, and there are {wanted} inputs", len(given), len(values)))
        return
    width = max(map(len, values)) + 1
    for (name, value), gradient in zip(values.items(), given, strict=True):
        measured = _try(lambda value=value: measure(value))
        line = measured if isinstance(measured, str) else _departure(gradient, measured)
        verdict = tr("{sign} agrees with the measured gradient", sign) if line is None else f"✗ {line}"
        say(f"  {'d' + name:{width}s} {verdict}")


def _departure(gradient, measured):
    """None where the two agree, else what is different, for a reader."""
    if gradient is None:
        return tr("is not there")
    gradient = np.asarray(gradient)
    if gradient.dtype.kind not in "fiub":
        return tr("is not an array of numbers")
    if gradient.shape != measured.shape:
        return tr("has shape {given}, and its array has {wanted}", gradient.shape, measured.shape)
    wrong = ~(np.abs(gradient - measured) <= TOLERANCE * max(np.abs(measured).max(initial=0), 1e-3))
    if not wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = tr(" at {place}", list(place)) if place else ""
    return tr(
        "differs{where}: measured {measured:.6g}, given {given:.6g}", where, measured[place], gradient[place]
    )


def _once(call, seconds):
    """As `_try`, and stopped where it does not come to an end."""
    try:
        return _try(lambda: limited(call, seconds))
    except TooLong:
        return tr("it does not finish: stopped after {seconds:g} seconds", seconds)


def _try(call):
    """What the call returns, or a sentence where the reader's function stops with an error."""
    with contextlib.redirect_stdout(None), np.errstate(all="ignore"):
        try:
            return call()
        except Exception as error:
            return tr("it stops with {kind}: {error}", type(error).__name__, error)
