"""Run a student's function on one case: on copies, quietly, and without trusting what comes back."""

import contextlib
import copy
import inspect
import io
import warnings
from dataclasses import dataclass, field

import numpy as np

from cs231n.exercises.compare import agrees
from cs231n.exercises.facts import Fact, fact
from cs231n.exercises.run.time_limit import SECONDS, TooLong, limited


@dataclass
class Run:
    """What one call gave.

    outputs: name → array, or None where the function failed
    returned: the values as they came
    error: the exception, if one was raised; TooLong where it did not finish
    trouble: (mistake's name, fact) when something came back in a form that cannot be compared
    readable: outputs that can be compared although there is a trouble: name → array
    written: names of the arguments that were changed in place
    alters: True where a second call with the same arrays gives other numbers
    lists: names of the outputs that are lists of numbers
    """

    case: object
    outputs: dict | None = None
    returned: tuple | None = None
    error: BaseException | None = None
    trouble: tuple[str, Fact] | None = None
    readable: dict = field(default_factory=dict)
    unfilled: bool = False
    written: list = field(default_factory=list)
    alters: bool = False
    lists: list = field(default_factory=list)
    made_float64: bool = False


def run(exercise, function, case, cache_from=None, seconds=SECONDS, show_prints=False):
    """Call `function` on a copy of the case. A KeyboardInterrupt goes through: the stop button must work.

    cache_from: for a backward function, what turns the forward inputs into its cache
    seconds: limit for each call
    """
    result = Run(case)
    inputs, upstream = copy.deepcopy(case.inputs), copy.deepcopy(case.upstream)
    with quiet(show_prints):
        try:
            cache = (_limited(function, lambda: cache_from(*inputs.values()), seconds),) if cache_from else ()
            given = upstream if exercise.forward else inputs
            before = copy.deepcopy({**inputs, **upstream})
            returned = _limited(function, lambda: function(*given.values(), *cache), seconds)
            after = {**inputs, **upstream}
            result.written = [name for name in before if not unchanged(before[name], after[name])]
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
            exercise, lambda: _limited(function, lambda: function(*again.values(), *cache), seconds), result
        )
    return result


def outputs_and_cache(forward, case, seconds=SECONDS):
    """What a forward function returns on a copy of a case: a list of outputs, and the cache.

    returns: None where it fails, or does not finish
    """
    with quiet():
        try:
            *outputs, cache = _limited(
                forward, lambda: forward(*copy.deepcopy(case.inputs).values()), seconds
            )
        except (Exception, SystemExit, TooLong):
            return None
    return outputs, cache


def _limited(function, call, seconds):
    return limited(call, seconds) if inspect.isfunction(function) else call()


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
    """Put what came back into `result.outputs`, or the reason why that is not possible into `result.trouble`."""
    names = list(exercise.outputs)
    wanted = names + ["cache"] * exercise.returns_cache
    line = f"return {', '.join(wanted)}"
    if returned is None:
        result.trouble = "return_forgotten", fact("nothing_returned", line=line)
        return
    if len(wanted) == 1 and not isinstance(returned, tuple):
        returned = (returned,)
    if not isinstance(returned, tuple | list):
        result.trouble = "outputs_missing", _one_thing(returned, line)
        return
    result.returned = tuple(returned)
    if all(value is None for value in returned):
        result.unfilled = True
        return
    if len(returned) != len(wanted):
        mistake = "outputs_missing" if len(returned) < len(wanted) else "too_many_outputs"
        count = fact("count_of_values", count=len(returned))
        result.trouble = mistake, fact("values_returned", values=count, wanted=len(wanted), line=line)
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


def _one_thing(returned, line):
    """The fact that only one value came back, where several are asked for."""
    if isinstance(returned, dict):
        return fact("one_dict_returned", line=line)
    if isinstance(returned, np.ndarray) and returned.ndim:
        return fact("one_array_returned", line=line)
    if isinstance(returned, int | float | complex | np.ndarray | np.generic):
        return fact("one_number_returned", line=line)
    return fact("one_thing_returned", type=type(returned).__name__, line=line)


def _read_dict(exercise, name, value, outputs):
    """Take a dict apart into `outputs`. Returns a mistake and a fact where that is not possible."""
    if value is None:
        return "no_value", fact("output_is_none", output=name)
    if not isinstance(value, dict):
        return "no_value", fact("no_dict", output=name, type=type(value).__name__)
    outputs.update({f"{name}[{key!r}]": value[key] for key in exercise.outputs[name] if key in value})
    missing = tuple(key for key in exercise.outputs[name] if key not in value)
    if not missing:
        return None
    if with_d := next((key for key in missing if f"d{key}" in value), None):
        return "gradient_missing", fact("entry_with_d", output=name, key=with_d)
    kind = "no_entries" if len(missing) == len(exercise.outputs[name]) else "entries_missing"
    return "gradient_missing", fact(kind, output=name, keys=missing)


def _trouble(name, value):
    """Mistake and fact when a value is no array of numbers."""
    if value is None:
        return "no_value", fact("output_is_none", output=name)
    if isinstance(value, list) and any(isinstance(item, np.ndarray) and item.ndim for item in value):
        return "list_of_arrays", fact("list_of_arrays", output=name, count=len(value))
    try:
        numbers = np.asarray(value).dtype.kind in "fiub"
    except Exception:  # rows of different lengths, or an object that refuses
        numbers = False
    return None if numbers else ("no_value", fact("no_numbers", output=name, type=type(value).__name__))


def unchanged(before, after):
    """Is an argument, an array or a model, as it was?"""
    if hasattr(before, "params"):
        return before.params.keys() == after.params.keys() and all(
            unchanged(before.params[key], after.params[key]) for key in before.params
        )
    if getattr(before, "dtype", None) is not None and before.dtype.kind == "f":
        return np.array_equal(before, after, equal_nan=True)
    return np.array_equal(before, after)


def _is_float32(case):
    arrays = [value for value in (*case.inputs.values(), *case.upstream.values()) if hasattr(value, "dtype")]
    return any(array.dtype == np.float32 for array in arrays)
