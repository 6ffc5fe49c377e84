"""Run a student's function on one case: on copies, quietly, and without trusting what comes back."""

import contextlib
import copy
import inspect
import io
import warnings
from dataclasses import dataclass, field

import numpy as np

from cs231n.exercises.compare import agrees
from cs231n.exercises.time_limit import TooLong, limited


@dataclass
class Run:
    """What one call gave.

    outputs: name → array, or None where the function failed
    returned: the values as they came
    error: the exception, if one was raised; TooLong where it did not come to an end
    trouble: (mistake's name, sentence) when something came back in a form that cannot be compared
    readable: outputs that can be compared although there is a trouble: name → array
    written: names of the arguments that were changed in place
    alters: True where a second call with the same arrays gives other numbers
    lists: names of the outputs that are lists of numbers
    """

    case: object
    outputs: dict | None = None
    returned: tuple | None = None
    error: BaseException | None = None
    trouble: tuple[str, str] | None = None
    readable: dict = field(default_factory=dict)
    unfilled: bool = False
    written: list = field(default_factory=list)
    alters: bool = False
    lists: list = field(default_factory=list)
    made_float64: bool = False


def run(exercise, function, case, cache_from=None, show_prints=False):
    """Call `function` on a copy of the case. A KeyboardInterrupt goes through: the stop button must work.

    cache_from: for a backward function, what turns the forward inputs into its cache
    """
    result = Run(case)
    inputs, upstream = copy.deepcopy(case.inputs), copy.deepcopy(case.upstream)
    call = limited if inspect.isfunction(function) else lambda answer: answer()
    with quiet(show_prints):
        try:
            cache = (call(lambda: cache_from(*inputs.values())),) if cache_from else ()
            given = upstream if exercise.forward else inputs
            before = copy.deepcopy({**inputs, **upstream})
            returned = call(lambda: function(*given.values(), *cache))
            after = {**inputs, **upstream}
            result.written = [name for name in before if not _unchanged(before[name], after[name])]
        except (Exception, SystemExit, TooLong) as error:
            result.error = error
            return result
    read_outputs(exercise, returned, result)
    if result.outputs is None:
        return result
    if _is_float32(case):
        result.made_float64 = any(value.dtype == np.float64 for value in result.outputs.values())
    if cache or result.written:
        result.outputs = {name: value.copy() for name, value in result.outputs.items()}
        again = copy.deepcopy(case.upstream) if exercise.forward else inputs
        result.alters = _gives_others(
            exercise, lambda: call(lambda: function(*again.values(), *cache)), result
        )
    return result


def outputs_and_cache(forward, case):
    """What a forward function gives back on a copy of a case: a list of outputs, and the cache.

    returns: None where it fails, or does not come to an end
    """
    with quiet():
        try:
            *outputs, cache = limited(lambda: forward(*copy.deepcopy(case.inputs).values()))
        except (Exception, SystemExit, TooLong):
            return None
    return outputs, cache


def _gives_others(exercise, call_again, first):
    """Does a second call give other numbers? One that fails, as on a list that was emptied, gives none."""
    second = Run(first.case)
    with quiet():
        try:
            read_outputs(exercise, call_again(), second)
        except (Exception, SystemExit, TooLong):
            return False
    return second.outputs is not None and not all(
        agrees(value, second.outputs[name]) for name, value in first.outputs.items()
    )


@contextlib.contextmanager
def quiet(show_prints=False):
    """Keep warnings and prints of the student's function away, and the global random numbers as they were."""
    state = np.random.get_state()
    with contextlib.ExitStack() as stack:
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
        if not show_prints:
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        try:
            yield
        finally:
            np.random.set_state(state)


@contextlib.contextmanager
def names_replaced(function, replacements):
    """Give the function other helpers for a while: global names of its module, put back afterwards."""
    names = getattr(function, "__globals__", {})
    before = {name: names[name] for name in replacements if name in names}
    names.update({name: replacements[name] for name in before})
    try:
        yield
    finally:
        names.update(before)


def read_outputs(exercise, returned, result):
    """Put what came back into `result.outputs`, or say in `result.trouble` why that is not possible."""
    names = list(exercise.outputs)
    wanted = names + ["cache"] * exercise.returns_cache
    asked = f"{'return ' + wanted[0] if len(wanted) == 1 else 'return ' + ', '.join(wanted)}"
    if returned is None:
        result.trouble = ("return_forgotten", f"It gives back nothing (None). Asked for: {asked}.")
        return
    if len(wanted) == 1 and not isinstance(returned, tuple):
        returned = (returned,)
    if not isinstance(returned, tuple | list):
        what = "a dict" if isinstance(returned, dict) else "one array" if np.ndim(returned) else "one number"
        result.trouble = ("outputs_missing", f"It gives back only {what}. Asked for: {asked}.")
        return
    result.returned = tuple(returned)
    if all(value is None for value in returned):
        result.unfilled = True
        return
    if len(returned) != len(wanted):
        few = len(returned) < len(wanted)
        count = f"It gives back {len(returned)} {'value' if len(returned) == 1 else 'values'}, "
        asked_for = f"asked for {'is one' if len(wanted) == 1 else f'are {len(wanted)}'}: {asked}."
        result.trouble = ("outputs_missing" if few else "too_many_outputs", count + asked_for)
        return
    outputs = {}
    for name, value in zip(names, returned, strict=False):
        if isinstance(exercise.outputs[name], dict):
            result.trouble = result.trouble or _read_dict(exercise, name, value, outputs)
        else:
            outputs[name] = value
    for name, value in outputs.items():
        if trouble := _trouble(name, value):
            result.trouble = result.trouble or trouble
        else:
            result.readable[name] = np.asarray(value)
            if isinstance(value, list) and not exercise.hide_expected:  # a table is written with lists
                result.lists.append(name)
    result.outputs = None if result.trouble else result.readable


def flat_axes(exercise):
    """Name of each output, dicts taken apart → names of its axes."""
    axes = {}
    for name, value in exercise.outputs.items():
        axes.update(
            {f"{name}[{key!r}]": v for key, v in value.items()} if isinstance(value, dict) else {name: value}
        )
    return axes


def _read_dict(exercise, name, value, outputs):
    """Take a dict apart into `outputs`. Returns a mistake and its sentence where that is not possible."""
    if value is None:
        return "no_value", f"The output {name} is None."
    if not isinstance(value, dict):
        return "no_value", f"The output {name} should be a dict, and is a {type(value).__name__}."
    outputs.update({f"{name}[{key!r}]": value[key] for key in exercise.outputs[name] if key in value})
    missing = [key for key in exercise.outputs[name] if key not in value]
    if not missing:
        return None
    if len(missing) == len(exercise.outputs[name]):
        return "gradient_missing", f"The dict {name} has none of the entries {', '.join(missing)}."
    return "gradient_missing", f"The dict {name} has no entry for {' and '.join(missing)}."


def _trouble(name, value):
    """Mistake and sentence when a value is no array of numbers."""
    if value is None:
        return "no_value", f"The output {name} is None."
    if isinstance(value, list) and any(isinstance(item, np.ndarray) and item.ndim for item in value):
        return (
            "list_of_arrays",
            f"The output {name} is a list of {len(value)} arrays, not an array. np.stack makes one array of it.",
        )
    try:
        numbers = np.asarray(value).dtype.kind in "fiub"
    except ValueError:  # rows of different lengths
        numbers = False
    came = type(value).__name__
    return (
        None
        if numbers
        else ("no_value", f"The output {name} should be an array of numbers, and is a {came}.")
    )


def _unchanged(before, after):
    if hasattr(before, "params"):
        return before.params.keys() == after.params.keys() and all(
            _unchanged(before.params[key], after.params[key]) for key in before.params
        )
    if getattr(before, "dtype", None) is not None and before.dtype.kind == "f":
        return np.array_equal(before, after, equal_nan=True)
    return np.array_equal(before, after)


def _is_float32(case):
    arrays = [value for value in (*case.inputs.values(), *case.upstream.values()) if hasattr(value, "dtype")]
    return any(array.dtype == np.float32 for array in arrays)
