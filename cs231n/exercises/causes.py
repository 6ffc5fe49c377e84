"""What an exception means, in one sentence. A rule speaks only where it has seen the cause in the values."""

import ast
import dis
import re
import types
from dataclasses import dataclass

import numpy as np

from cs231n.exercises import bank, source

_UNKNOWN = object()
_MAKERS = {"zeros", "ones", "empty"}
_LOOKING = {
    "sum",
    "mean",
    "max",
    "min",
    "reshape",
    "transpose",
    "squeeze",
    "astype",
    "copy",
}  # change nothing


@dataclass(frozen=True)
class Failure:
    """An exception in a student's function.

    frame: the student's own frame; place: the expression that failed and its statement, where they are known
    """

    error: BaseException
    function: object
    exercise: object
    frame: types.FrameType | None = None
    place: tuple | None = None

    @property
    def node(self):
        return self.place[0] if self.place else None

    @property
    def text(self):
        return str(self.error)

    def value(self, node):
        """The value of an expression that can be looked at without running anything of the student's."""
        return _value(node, self.frame) if node is not None and self.frame is not None else _UNKNOWN

    def operands(self):
        """The expressions that were put together: sides of an operator, or arguments of a call."""
        node = self.node
        if isinstance(node, ast.BinOp):
            return [node.left, node.right]
        if isinstance(node, ast.Call):
            return [*node.args, *(word.value for word in node.keywords)]
        if isinstance(node, ast.Subscript) and isinstance(self.place[1], ast.Assign):
            return [node.value, self.place[1].value]
        if isinstance(node, ast.Subscript | ast.Attribute):
            return [node.value]
        if isinstance(node, ast.Compare):
            return [node.left, *node.comparators]
        return []


def cause(failure):
    """One sentence, or None where the cause is not sure."""
    for rule in RULES:
        if sentence := rule(failure):
            return sentence
    return None


def _names(failure):
    if isinstance(failure.error, UnboundLocalError):
        return (
            "This name gets its value further down, or only in some cases. Give it a value before this line."
        )
    if not isinstance(failure.error, NameError):
        return None
    name = getattr(failure.error, "name", None) or ""
    known = _promised(failure)
    if name == "self" and "model" in known:
        return "Here the model comes in as the argument model."
    near = [other for other in known if one_slip(name, other)]
    if len(near) == 1:
        return f"Python does not know the name {name} here. Did you mean {near[0]}?"
    if callable(getattr(np, name, None)):
        return f"{name} belongs to NumPy: np.{name}."
    if name in bank.ORDER:
        return f"Python does not know {name} here. Was the cell run that defines or loads it?"
    return f"Python does not know the name {name} here: no line above gives it a value."


def _tuple_for_one(failure):
    """`h = rnn_step_forward(…)`, which gives back two things."""
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(node, ast.Name) and isinstance(value, tuple) and any(_is_array(item) for item in value):
            made = _assignment(failure, node.id)
            if isinstance(made, ast.Call):
                return (
                    f"{node.id} is a tuple: {ast.unparse(made.func)} gives back {len(value)} things. "
                    "Take them apart where you call it."
                )
            if node.id not in _arguments(failure):
                return f"{node.id} is a tuple of {len(value)} values, not an array."
    return None


def _none(failure):
    if "NoneType" not in failure.text and "None" not in failure.text:
        return None
    nodes = failure.operands()
    if failure.place and isinstance(failure.place[1], ast.Assign) and "unpack" in failure.text:
        nodes = [failure.place[1].value]
    for node in nodes:
        if isinstance(node, ast.Name) and failure.value(node) is None:
            if node.id in _arguments(failure):
                return f"{node.id} is None: it came in so."
            made = _assignment(failure, node.id)
            called = failure.value(made.func) if isinstance(made, ast.Call) else None
            if isinstance(called, types.FunctionType) and source.returns_something(called) is False:
                return f"{node.id} is None: {ast.unparse(made.func)} has no return line with a value."
            in_place = isinstance(made, ast.Call) and getattr(made.func, "attr", None) in source.IN_PLACE
            if in_place:
                return f"{node.id} is None: {ast.unparse(made.func)} works in place and gives back None."
            return f"{node.id} is None here."
        called = failure.value(node.func) if isinstance(node, ast.Call) else None
        if isinstance(called, types.FunctionType) and source.returns_something(called) is False:
            return f"{ast.unparse(node.func)} gives back None: it has no return line with a value."
    return None


def _global(failure):
    """A name from another cell in the expression that failed."""
    if failure.node is None or not isinstance(failure.error, ValueError | IndexError | TypeError):
        return None
    places = failure.frame.f_globals
    for node in ast.walk(failure.place[1]):
        if isinstance(node, ast.Name) and node.id not in failure.frame.f_locals and node.id in places:
            value = places[node.id]
            if isinstance(value, np.ndarray | np.generic | int | float | list | tuple):
                what = f"an array of shape {value.shape}" if _is_array(value) else f"{value!r:.40}"
                return f"{node.id} is not from this function: it is {what} of another cell."
    return None


def _brackets(failure):
    """`np.zeros(N, T, H)`."""
    node = failure.node
    if isinstance(node, ast.Call) and getattr(node.func, "attr", None) in _MAKERS and len(node.args) > 1:
        if all(isinstance(failure.value(each), int | np.integer) for each in node.args[:2]):
            shape = ", ".join(map(ast.unparse, node.args))
            return f"The shape is one argument, in brackets of its own: {ast.unparse(node.func)}(({shape}))."
    return None


def _truth(failure):
    if "truth value of an array" not in failure.text or not failure.place:
        return None
    statement = failure.place[1]
    conditions = (
        [getattr(statement, "test", None)] if isinstance(statement, ast.If | ast.While) else [statement]
    )
    if any(isinstance(node, ast.BoolOp) for part in conditions for node in ast.walk(part)):
        return (
            "`and` and `or` want one True or False. Between arrays write & or |, with each side in brackets."
        )
    if isinstance(statement, ast.If | ast.While):
        return "`if` and `while` want one True or False, and an array has many. np.where chooses for each."
    if any(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) for node in ast.walk(statement)):
        return "`not` wants one True or False. For an array write ~."
    return None


def _power(failure):
    if "bitwise_xor" in failure.text or ("unsupported operand" in failure.text and "^" in failure.text):
        return "^ is no power in Python. Powers are written **."
    return None


def _indices(failure):
    error, node = failure.error, failure.node
    if not isinstance(error, IndexError):
        return None
    if "must be of integer" in failure.text or "only integers" in failure.text:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "at" and len(node.args) == 3:
            held = failure.value(node.args[1])
            if _is_array(held) and held.dtype.kind == "f":
                order = f"The order is {ast.unparse(node.func)}(array, indices, values)."
                return f"{order} Your indices are {ast.unparse(node.args[1])}, which holds floats."
        for index in _index_parts(node):
            held = failure.value(index)
            if isinstance(held, float | np.floating) or (_is_array(held) and held.dtype.kind == "f"):
                what = "holds floats" if _is_array(held) else "is a float"
                return f"An index must be a whole number, and {ast.unparse(index)} {what}."
        return "An index must be a whole number, or an array of whole numbers or booleans."
    if match := re.search(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", failure.text):
        index, axis, size = match.groups()
        return f"Axis {axis} has size {size}, so its last index is {int(size) - 1}. Index {index} does not exist."
    if "too many indices" in failure.text:
        match = re.search(r"array is (\d+)-dimensional, but (\d+)", failure.text)
        return f"The array has {match[1]} axes here, and you give {match[2]} indices." if match else None
    if isinstance(error, np.exceptions.AxisError):
        return None
    if "list index" in failure.text or "tuple index" in failure.text:
        return "An index is too large: the list or tuple is shorter."
    return None


def _axis(failure):
    if not isinstance(failure.error, np.exceptions.AxisError):
        return None
    squeezed = any(step.argval == "squeeze" for step in _steps(failure.function))
    lost = " np.squeeze removes every axis of length 1." if squeezed else ""
    match = re.search(r"axis (-?\d+) is out of bounds for array of dimension (\d+)", failure.text)
    if not match:
        return None
    count = f"{match[2]} {'axis' if match[2] == '1' else 'axes'}"
    return f"The array has {count} here, so there is no axis {match[1]}.{lost}"


def _lists(failure):
    """A list where an array is wanted."""
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(value, list) and (not value or any(map(_is_array, value))):
            name = ast.unparse(node)
            if "list indices" in failure.text:
                return f"{name} is a list. It takes one index only; an array takes several."
            return f"{name} is a list of arrays, not an array. np.stack makes one array of it."
    return None


def _numbers_for_arrays(failure):
    """A function of the package wants an array, and something else came."""
    if "must be a NumPy array" not in failure.text and "must be an array" not in failure.text:
        return None
    for node in failure.operands():
        value = failure.value(node)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (
                f"{ast.unparse(node)} is the number {value} here, and an array is wanted: np.zeros makes one."
            )
    return None


def _products(failure):
    """`x * Wx` where a matrix product fits, `f @ c` where a product of numbers does, a transpose, a lost axis."""
    node = failure.node
    if not isinstance(failure.error, ValueError) or not isinstance(node, ast.BinOp):
        return None
    a, b = failure.value(node.left), failure.value(node.right)
    if not (_is_array(a) and _is_array(b)):
        return None
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    shapes = f"{left} has shape {a.shape}, {right} has shape {b.shape}."
    if isinstance(node.op, ast.MatMult):
        if a.shape == b.shape:
            return f"{shapes} @ is the matrix product; * multiplies number by number."
        if a.ndim == b.ndim == 2 and (b.shape[0] in a.shape or b.shape[1] in a.shape):
            return f"{shapes} @ wants last length on the left = first on the right. Is a transpose needed?"
        if a.ndim == b.ndim == 2:
            return f"{shapes} No transpose makes them fit: is one of them another array than you think?"
        return shapes
    if isinstance(node.op, ast.Mult) and a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0]:
        return f"{shapes} * multiplies number by number; the matrix product is written @."
    small, large = sorted((a, b), key=lambda array: array.ndim)
    if 0 < small.ndim < large.ndim and _fits_with_an_axis(small.shape, large.shape):
        return f"{shapes} One axis is missing: keepdims=True in a sum keeps it, [:, None] puts it back."
    return shapes


def _stores(failure):
    """`h[t] = state` where time is another axis."""
    node = failure.node
    match = re.search(r"from shape \(([^)]*)\) into shape \(([^)]*)\)", failure.text)
    if not match or not isinstance(node, ast.Subscript):
        return None
    array = failure.value(node.value)
    came = tuple(int(part) for part in match[1].split(",") if part.strip())
    if not _is_array(array):
        return None
    name, index = ast.unparse(node.value), ast.unparse(node.slice)
    text = f"{ast.unparse(node)} has shape ({match[2]}), and what you put there has shape ({match[1]})."
    one = not isinstance(node.slice, ast.Tuple | ast.Slice)
    fits = [axis for axis in range(1, array.ndim) if array.shape[:axis] + array.shape[axis + 1 :] == came]
    if one and fits:
        return (
            f"{text} {name} has shape {array.shape}, and [{index}] counts along axis 0. Which axis is meant?"
        )
    return text


def _unpacking(failure):
    if not isinstance(failure.error, ValueError) or "unpack" not in failure.text:
        return None
    few = re.search(r"expected (\d+), got (\d+)", failure.text)
    many = re.search(r"too many values to unpack \(expected (\d+)(?:, got (\d+))?\)", failure.text)
    if few and not many:
        return f"There are {few[1]} names on the left, and {few[2]} values on the right."
    if many:
        return f"There are {many[1]} names on the left, and more values on the right."
    return None


def _calls(failure):
    node, text = failure.node, failure.text
    if (
        "not subscriptable" in text
        and ("function" in text or "method" in text)
        and isinstance(node, ast.Subscript)
    ):
        return f"{ast.unparse(node.value)} is a function: call it with round brackets."
    if "not callable" in text and isinstance(node, ast.Call) and _is_array(failure.value(node.func)):
        return f"{ast.unparse(node.func)} is an array, and round brackets call a function."
    if "converted to Python scalars" in text or "to a scalar" in text:
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("math."):
            return f"{ast.unparse(node.func)} takes one number. np.{node.func.attr} takes arrays."
        return "One number is wanted here, and an array came."
    if isinstance(failure.error, TypeError) and re.search(r"positional argument|unexpected keyword", text):
        return "A function got other arguments than it takes. Compare the call with its def line."
    return None


def _others(failure):
    sentences = {
        RecursionError: "The function calls itself again and again.",
        KeyError: "The dict has no such key. Print its keys to see what it holds.",
        AttributeError: None,
        SystemExit: "The function stops the whole program. Let it return its result instead.",
    }
    if isinstance(failure.error, AttributeError) and isinstance(failure.node, ast.Attribute):
        value = failure.value(failure.node.value)
        if value is not _UNKNOWN:
            kind = {"ndarray": "an array", "int": "a number", "float": "a number"}.get(type(value).__name__)
            what = kind or f"a {type(value).__name__}"
            return f"{ast.unparse(failure.node.value)} is {what}, and has nothing called {failure.node.attr}."
    return next((text for kind, text in sentences.items() if isinstance(failure.error, kind)), None)


RULES = (
    *(_names, _tuple_for_one, _none, _brackets, _truth, _power, _global, _lists, _axis, _indices),
    *(_numbers_for_arrays, _stores, _products, _unpacking, _calls, _others),
)


def one_slip(name, other):
    """Is `name` one slip of the finger away from `other`: a letter too many, too few, wrong, or two exchanged?"""
    if name == other:
        return False
    if name.lower() == other.lower():
        return True
    if min(len(name), len(other)) < 4 or abs(len(name) - len(other)) > 1:
        return False
    if len(name) == len(other):
        wrong = [k for k in range(len(name)) if name[k] != other[k]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and name[wrong[0]] == other[wrong[1]]
        return len(wrong) == 1 or (swapped and name[wrong[1]] == other[wrong[0]])
    short, long = sorted((name, other), key=len)
    return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))


def _promised(failure):
    """Names that the signature or the docstring has, of the answer or of our own."""
    names = set(_arguments(failure)) | set(failure.exercise.outputs)
    for function in (failure.function, failure.exercise.reference):
        text = re.sub(r"\.(?=\w)", " ", getattr(function, "__doc__", None) or "")
        names |= set(re.findall(r"\b[A-Za-z_]\w*\b", text))
    return sorted(names)


def _arguments(failure):
    own = getattr(failure.function, "__code__", None)
    names = own.co_varnames[: own.co_argcount] if own else ()
    case = failure.exercise.cases()[0]
    return dict.fromkeys([*names, *case.upstream, *(() if failure.exercise.forward else case.inputs)])


def _assignment(failure, name):
    node = source.tree(failure.function)
    return source.assigned(node, name) if node else None


def _index_parts(node):
    if not isinstance(node, ast.Subscript):
        return []
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _steps(function):
    code = getattr(function, "__code__", None)
    return dis.get_instructions(code) if code else ()


def _is_plain(node):
    return all(
        isinstance(part, ast.Constant | ast.Tuple | ast.UnaryOp | ast.USub | ast.Load)
        for part in ast.walk(node)
    )


def _is_array(value):
    return isinstance(value, np.ndarray)


def _fits_with_an_axis(small, large):
    """Does one more axis of length 1, not in front, let two shapes go together?"""
    for axis in range(1, len(small) + 1):
        try:
            np.broadcast_shapes(small[:axis] + (1,) + small[axis:], large)
        except ValueError:
            continue
        return True
    return False


def _value(node, frame):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return frame.f_locals.get(node.id, frame.f_globals.get(node.id, _UNKNOWN))
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
        if not all(isinstance(_value(part, frame), np.ndarray | int | float) for part in parts):
            return _UNKNOWN
    elif isinstance(node, ast.Attribute):
        base = _value(node.value, frame)
        if not (
            _is_array(base) and node.attr in ("T", "shape", "ndim") or node.attr == "params" or base is np
        ):
            return _UNKNOWN
    elif isinstance(node, ast.Call):
        base = _value(node.func.value, frame) if isinstance(node.func, ast.Attribute) else None
        given = [*node.args, *(word.value for word in node.keywords)]
        if not _is_array(base) or node.func.attr not in _LOOKING or not all(map(_is_plain, given)):
            return _UNKNOWN
    elif isinstance(node, ast.Subscript):
        if not isinstance(_value(node.value, frame), np.ndarray | list | tuple | dict):
            return _UNKNOWN
        if any(isinstance(part, ast.Call) for part in ast.walk(node.slice)):
            return _UNKNOWN
    else:
        return _UNKNOWN
    try:
        with np.errstate(all="ignore"):
            return eval(compile(ast.Expression(node), "<looked at>", "eval"), frame.f_globals, frame.f_locals)
    except Exception:
        return _UNKNOWN
