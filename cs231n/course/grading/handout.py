"""A pack for students that holds only what is needed to check: no reference, no list of mistakes, no solutions.

The checks work from stored inputs and expected outputs. Everything that computes an exercise, or nearly, is left
out or replaced by a file of `handed_out/`.
"""

import ast
import json
import shutil
from pathlib import Path

import numpy as np

from cs231n.course.grading.course import load_build
from cs231n.course.grading.process import ROOT
from cs231n.exercises import bank
from cs231n.exercises.recognise import cases, expected

LEFT_OUT = (
    "course/grading",
    "exercises/bank",
    "exercises/cache_layouts.py",
    "lstm_layers.py",
    "fast/attention.py",
    "fast/states.py",
    "fast/words.py",
)
REPLACED = {
    "bank.py": "exercises/bank/__init__.py",
    "all_cases.py": "exercises/all_cases.py",
    "fallback.py": "exercises/fallback.py",
    "rnn_layers.py": "rnn_layers.py",
    "attention.py": "attention.py",
}
GIVEN = {
    "temporal_layers.py": (
        "temporal_affine_forward",
        "temporal_affine_backward",
        "temporal_softmax_loss",
    ),
    "lstm_layers.py": ("sigmoid",),
}
WORDS = {  # sentences that are not true without a reference
    "exercises/checking.py": {
        "Until yours is right, the reference stands in: just go on.": "Cells that need it say so, and wait.",
        "goes with it, the reference stands in here: just go on.": "goes with it, cells that need both wait.",
        "Until its cache is whole, the cache of the reference goes with your numbers: just go on.": "",
    },
    "exercises/messages.py": {
        "is the reference now, not an answer of yours": "is no answer of yours now",
        "was stopped. The reference stands in.": "was stopped.",
    },
    "exercises/load_answers.py": {
        "From the reference: {', '.join(others)}.": "Not there yet: {', '.join(others)}.",
        "All functions are the reference's: no answer of yours is kept here yet.": "No answer of yours is kept.",
    },
}
NOTE = (
    "> **This pack holds no solutions.** A check tells you whether your answer is right. Where it is\n"
    "> not, nothing stands in for it: cells that need it say which function has to be written first, and in\n"
    "> which chapter. Go on with the next TODO, or come back later."
)
TEXTS = {"LICENSE", "pyproject.toml", "environment.yml", "get_data.py"}
README = """# Image captioning with recurrent networks

    uv run jupyter lab notebooks

or, without uv,

    python -m pip install -e .
    jupyter lab notebooks

Open the first notebook. This pack holds no solutions: your answers are checked with stored numbers.
"""


def make_handout(folder, chapters=()):
    """Write the pack. Yields a line for each thing done.

    folder: a new or empty folder; chapters: numbers such as '01', none for all
    ValueError: when the folder is in use, or a chapter does not exist
    """
    folder = Path(folder).resolve()
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(
            f"{folder} is not empty. Give a new folder, so that nothing of yours is overwritten."
        )
    build = load_build()
    wanted = [source for source in build.chapters() if not chapters or source.name[:2] in chapters]
    if not wanted:
        raise ValueError(f"There is no chapter {' or '.join(chapters)}. Chapters are 00, 01, and so on.")
    _write_package(folder / "cs231n")
    yield f"Written: {folder / 'cs231n'}, with the stored outputs of {len(bank.ORDER)} exercises"
    (folder / "notebooks").mkdir()
    for source in wanted:
        chapter = build.notebook(source, solved=False)
        chapter.cells[0].source += "\n\n" + NOTE
        _write(folder / "notebooks" / f"{source.stem}.ipynb", build.text_of(chapter))
        yield f"Written: {source.stem}.ipynb"
    shutil.copytree(build.STUDENT / "figures", folder / "notebooks" / "figures")
    shutil.copytree(ROOT / "datasets" / "scenes", folder / "datasets" / "scenes")
    for name in TEXTS:
        shutil.copyfile(ROOT / name, folder / name)
    _write(folder / "README.md", README)
    yield f"Done. Look through {folder} once before you hand it out."


def stored_checks():
    """Everything that the checks of the pack know: a dict of arrays."""
    about, arrays = {}, {}
    for name in bank.ORDER:
        exercise = bank.find(name)
        about[name] = {
            "chapter": exercise.chapter,
            "outputs": exercise.outputs,
            "start": exercise.start,
            "worth_knowing": exercise.worth_knowing,
            "next_step": exercise.next_step,
            "hints": exercise.hints[:2],  # the third is nearly the line
            "returns_cache": exercise.returns_cache,
            "forward": exercise.forward,
            "step": exercise.step,
            "whole_numbers": exercise.whole_numbers,
            "hide_expected": exercise.hide_expected,
            "sizes": [case.sizes for case in cases(name)],
        }
        for k, (case, outputs) in enumerate(zip(cases(name), expected(name), strict=True)):
            parts = {"inputs": case.inputs, "upstream": case.upstream, "outputs": outputs}
            if exercise.returns_cache:
                parts["cache"] = dict(enumerate(exercise.reference(*case.inputs.values())[-1]))
            for part, values in parts.items():
                for key, value in values.items():
                    arrays.update(_stored(f"{name}/{k}/{part}/{key}", value))
    return {"about": np.array(json.dumps(about)), **arrays}


def _stored(path, value):
    if hasattr(value, "params"):
        params = {f"{path}/{key}": array for key, array in value.params.items()}
        return {f"{path}/words": np.array(json.dumps(value.word_to_idx)), **params}
    if isinstance(value, tuple):  # a cache made of the caches of its parts
        return {k: v for n, part in enumerate(value) for k, v in _stored(f"{path}/{n}", part).items()}
    return {path: np.asarray(value)}


def _write_package(package):
    skipped = {ROOT / "cs231n" / name for name in LEFT_OUT}

    def ignore(folder, names):
        return {name for name in names if name == "__pycache__" or Path(folder) / name in skipped}

    shutil.copytree(ROOT / "cs231n", package, ignore=ignore)
    (package / "exercises" / "bank").mkdir()
    np.savez_compressed(package / "exercises" / "bank" / "checks.npz", **stored_checks())
    for name, place in REPLACED.items():
        shutil.copyfile(Path(__file__).parent / "handed_out" / name, package / place)
    _write(package / "temporal_layers.py", _given_layers())
    _write(package / "classifiers" / "rnn.py", _model_without_answers())
    for room in ("decoding.py", "course/scheduled_sampling.py"):
        _write(package / room, _names_only(room))
    for place, changes in WORDS.items():
        text = (package / place).read_text(encoding="utf-8")
        for old, new in changes.items():
            if old not in text:
                raise ValueError(f"cs231n/{place} does not say {old!r} any more: mend WORDS in handout.py.")
            text = text.replace(old, new)
        _write(package / place, text)


def _given_layers():
    """A module of the layers that no chapter asks for."""
    parts = ['"""Layers that are given: the same affine layer and softmax loss at every time step."""']
    parts.append("import numpy as np\n\nfrom cs231n.shapes import check_indices, check_shapes")
    for room, names in GIVEN.items():
        text = (ROOT / "cs231n" / room).read_text(encoding="utf-8")
        functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        parts += [ast.get_source_segment(text, functions[name]) for name in names]
    return "\n\n\n".join(parts) + "\n"


def _model_without_answers():
    """classifiers/rnn.py with `loss` and `sample` of the reader's own, and without the steps of speaking."""
    text = (ROOT / "cs231n" / "classifiers" / "rnn.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    own = {
        "loss": ("captioning_loss", "features, captions"),
        "sample": ("captioning_sample", "features, max_length"),
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in own:
            name, arguments = own[node.name]
            node.body = ast.parse(
                f"'Your own {name}, once it is right.'\nreturn find('{name}').reference(self, {arguments})"
            ).body
        elif isinstance(node, ast.FunctionDef) and node.name == "step":
            node.body = ast.parse(
                "'Not in this pack.'\nraise NotYet('step is part of an answer, so it is not in this pack.')"
            ).body
    rooms = {"cs231n.fast.attention", "cs231n.fast.packing", "cs231n.fast.states", "cs231n.fast.words"}
    gone = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module in rooms]
    tree.body = [_without(gone, n) for n in tree.body if n not in gone]
    head = ast.parse("from cs231n.exercises.bank import NotYet, find").body
    tree.body[1:1] = head
    return ast.unparse(tree) + "\n"


def _without(imports, statement):
    """The statement with None for each name of these imports, as in a table of cells."""
    names = {alias.name for node in imports for alias in node.names}

    class Empty(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.Constant(None) if node.id in names else node

    return Empty().visit(statement)


def _names_only(room):
    """A module that can be imported, whose functions and classes only say that they are not in this pack."""
    parts = ["'Not in this pack: it gives answers away.'\nfrom cs231n.exercises.bank import NotYet"]
    for node in ast.parse((ROOT / "cs231n" / room).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):  # a constant
            parts.append(ast.unparse(node))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            parts.append(
                f"def {node.name}(*given, **named):\n"
                f"    raise NotYet('{node.name} gives an answer away, so it is not in this pack.')"
            )
    return "\n\n".join(parts) + "\n"


def _write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")
