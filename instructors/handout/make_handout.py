"""A pack for students that holds only what is needed to check: no reference, no list of mistakes, no solutions.

The checks work from stored inputs and expected outputs. Everything that computes an exercise, or nearly, is left
out or replaced by a file of `files/`.
"""

import ast
import dataclasses
import pickle
import re
import shutil
from functools import partial
from pathlib import Path

import nbformat

from cs231n.exercises import bank
from cs231n.exercises.run.cases import cases, returned
from cs231n.exercises.run.count_calls import LENGTHS
from instructors.nbgrader_course import chosen, load_build, without_links
from instructors.process import ROOT

LEFT_OUT = ("exercises/bank",)
NOT_STORED = ("reference", "cases", "mistakes", "between", "usual")
EMPTIED = {  # modules whose functions are left without a body, but for these
    "rnn_layers.py": (),
    "lstm_layers.py": ("sigmoid",),
    "temporal_layers.py": ("temporal_affine_forward", "temporal_affine_backward", "temporal_softmax_loss"),
    "attention.py": (),
    "transformer_layers.py": (
        "prefix_mask",
        "positional_encoding",
        "feed_forward_forward",
        "feed_forward_backward",
    ),
    "reward.py": (),
    "reward_solver.py": (),
    "decoding.py": (),
    "fast/attention.py": (),
    "fast/gates.py": (),
    "fast/transformer.py": (),
    "fast/states.py": (),
    "fast/words.py": (),
    "course/chapters/scheduled_sampling.py": (),
    "course/state_probes.py": (
        "open_forget_gate",
        "states_while_reading",
        "states_and_facts",
        "facts_in_state",
    ),
}
OF_THE_MODEL = {"loss": "features, captions", "sample": "features, max_length"}
NOTE = (
    "> **This pack holds no solutions.** A check tells you whether your answer is right. Where it is\n"
    "> not, nothing stands in for it: cells that need it say which function has to be right first, and in\n"
    "> which chapter. Go on with a TODO that does not need it, or come back later. A few experiments are nearly\n"
    "> answers. Here you see what they draw, and not their code. Skip what the text asks you to do with it."
)
NOT_SAID = re.compile(r"the\s+course's\s+own|read\s+ours|A\s+check\s+names\s+this|one_hot\.T|dx\[::-1\]")
LINK = re.compile(r"\[([^\]]*)\]\((\d\d_\w+)\.ipynb[^)]*\)")
NOT_HERE = "*The code of this is nearly an answer, so it is not in this pack.*"
TEXTS = (
    ".binder/runtime.txt",
    ".gitattributes",
    ".gitignore",
    "LICENSE",
    "pyproject.toml",
    "environment.yml",
    "get_data.py",
    "start.py",
    "datasets/README.md",
    "docs/glossary.md",
)
README = """# Image captioning with recurrent networks

You need Python 3.11 or newer. In the folder of this file, type:

    python3 start.py

On Windows it is `py start.py`. The first time, this installs the course into a folder `.venv` (about 500 MB).
Then JupyterLab opens in your browser. Write your code where it says TODO, and run the cell under it: it tells
you whether your answer is right. This pack holds no solutions.
"""


def make_handout(folder, chapters=(), course=None):
    """Write the pack. Yields one line per step.

    folder: a new or empty folder; chapters: numbers such as '01', none for all that there are
    course: the course folder for nbgrader whose release/ has the notebooks, else they are made
    ValueError: when the folder is in use, or a chapter does not exist
    """
    folder = Path(folder).resolve()
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(
            f"{folder} is not empty. Give a new folder, so that nothing of yours is overwritten."
        )
    build = load_build()
    wanted = chosen(build, chapters)
    if course:
        made = [source for source in wanted if (course / "release" / source.stem).is_dir()]
        if not made or (chapters and made != wanted):
            raise ValueError(
                f"Not all of these chapters are in {course / 'release'}. Make them with: course {course}"
            )
        wanted = made
    stems = [source.stem for source in wanted]
    write_package(folder / "cs231n", stored_checks(), stems)
    yield f"Written: {folder / 'cs231n'}, which checks with stored numbers"
    (folder / "notebooks").mkdir()
    for source in wanted:
        solved = nbformat.read(build.SOLVED / f"{source.stem}.ipynb", as_version=4)
        chapter = without_links(build.notebook(source, solved=False))
        if course:
            chapter = nbformat.read(course / "release" / source.stem / f"{source.stem}.ipynb", as_version=4)
        chapter = without_answers(chapter, solved)
        for cell in chapter.cells:
            if cell.cell_type == "markdown":
                cell.source = LINK.sub(lambda link: link[0] if link[2] in stems else link[1], cell.source)
        chapter.cells[0].source += "\n\n" + NOTE
        _write(folder / "notebooks" / f"{source.stem}.ipynb", build.text_of(chapter))
        yield f"Written: {source.stem}.ipynb"
    shutil.copytree(build.STUDENT / "figures", folder / "notebooks" / "figures")
    shutil.copytree(ROOT / "datasets/scenes", folder / "datasets/scenes")
    for name in TEXTS:
        (folder / name).parent.mkdir(exist_ok=True)
        text = (ROOT / name).read_text(encoding="utf-8")
        _write(folder / name, text.replace("{edition}00_look_at_the_data.ipynb", f"{stems[0]}.ipynb"))
    _write(folder / ".binder/requirements.txt", "-e .\nnbgitpuller>=1.2,<2\n")
    _write(folder / "README.md", README)
    yield f"Done. Look through {folder} once before you hand it out."


def stored_checks():
    """What the checks of the pack know: exercise → its fields, its cases, what the reference returns."""
    return {
        name: (known, cases(name), [returned(bank.find(name), case) for case in cases(name)])
        for name, known in fields().items()
    }


def fields():
    """What may be known of an exercise: its name → its fields."""
    found = {}
    for name in bank.ORDER:
        exercise = bank.find(name)
        known = {field.name: getattr(exercise, field.name) for field in dataclasses.fields(exercise)}
        found[name] = {key: value for key, value in known.items() if key not in NOT_STORED}
        found[name]["hints"] = exercise.hints[:2]  # the third is nearly the line
        if exercise.without_loop:
            inputs = {length: exercise.without_loop(length) for length in LENGTHS}
            found[name]["without_loop"] = inputs.__getitem__
        if exercise.without_waste:
            found[name]["without_waste"] = partial(dict, exercise.without_waste())
    return found


def write_package(package, checks, chapters=None):
    """Write the package without what computes an exercise.

    checks: as from `stored_checks`; chapters: whose exercises are in the list, None for all
    """
    chapters = chapters or sorted({known["chapter"] for known, _, _ in checks.values()})
    skipped = {ROOT / "cs231n" / name for name in LEFT_OUT}

    def ignore(folder, names):
        return {name for name in names if name == "__pycache__" or Path(folder) / name in skipped}

    shutil.copytree(ROOT / "cs231n", package, ignore=ignore)
    (package / "exercises" / "bank").mkdir()
    (package / "exercises" / "bank" / "checks.pickle").write_bytes(pickle.dumps((chapters, checks)))
    files = Path(__file__).parent / "files"
    for file, name in (
        (files / "bank.py", "__init__.py"),
        (files / "waiting.py", "waiting.py"),
        (ROOT / "cs231n" / "exercises" / "bank" / "models.py", "models.py"),
    ):
        shutil.copyfile(file, package / "exercises" / "bank" / name)
    for path in package.glob("locale/*/exercises.mo"):
        _translate_no_more(path, [known for known, _, _ in checks.values()])
    for room, given in EMPTIED.items():
        _write(package / room, emptied((ROOT / "cs231n" / room).read_text(encoding="utf-8"), given))
    _write(package / "classifiers" / "rnn.py", _model_without_answers())


def _translate_no_more(path, checks):
    """Take all out of the translations of the exercises that the pack does not say."""
    import polib

    said = {text for known in checks for text in (*known.values(), *known["hints"]) if isinstance(text, str)}
    translations = polib.mofile(path)
    translations[:] = [entry for entry in translations if entry.msgid in said]
    translations.save(path)


def emptied(module, given):
    """A module's text in which functions say that they are not here, or call the reader's own answer."""
    tree = ast.parse(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name not in given and not node.name.startswith("__"):
            _empty(node, node.name, ", ".join(argument.arg for argument in node.args.args))
    return ast.unparse(tree) + "\n"


def _empty(function, name, arguments):
    if name in bank.ORDER:
        does = f"from cs231n.exercises.bank import find\nreturn find('{name}').reference({arguments})"
    else:
        why = f"`{name}` of the package would give an answer away, so it is not in this pack."
        does = f"from cs231n.exercises.exercise import NotYet\nraise NotYet('{why}')"
    function.body = ast.parse(does).body


def _model_without_answers():
    """classifiers/rnn.py with `loss` and `sample` of the reader's own, for an RNN, without the rest."""
    tree = ast.parse((ROOT / "cs231n" / "classifiers" / "rnn.py").read_text(encoding="utf-8"))
    only_rnn = (
        "if self.cell_type != 'rnn':\n    from cs231n.exercises.exercise import NotYet\n"
        "    raise NotYet('This needs the model that the course trains LSTMs with. It is not in this pack.')"
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in OF_THE_MODEL:
            _empty(node, f"captioning_{node.name}", f"self, {OF_THE_MODEL[node.name]}")
            node.body = ast.parse(only_rnn).body + node.body
        elif isinstance(node, ast.FunctionDef) and node.name in ("step", "scores", "scores_backward"):
            _empty(node, node.name, "")
    return ast.unparse(tree) + "\n"


def without_answers(chapter, solved):
    """A chapter without promises of a reference.

    Of the cells with the tag "gives-away", and of those that use what only they make, the outputs stay.
    """
    outputs = {cell.id: cell.outputs for cell in solved.cells if cell.cell_type == "code"}
    known, gone = set(), set()
    for k, cell in enumerate(chapter.cells):
        gives_away = "gives-away" in cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            cell.source = "\n\n".join(map(_without_promises, cell.source.split("\n\n")))
            if gives_away:
                cell.source = re.sub("```python.*?```", NOT_HERE, cell.source, flags=re.DOTALL)
            continue
        nodes = list(ast.walk(ast.parse(cell.source)))
        made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        made |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        if gives_away or {node.id for node in nodes if isinstance(node, ast.Name)} & gone - made:
            gone |= made - known
            chapter.cells[k] = _shown(cell.id, outputs[cell.id])
        else:
            known |= made
            gone -= made
    return chapter


def _without_promises(paragraph):
    if not NOT_SAID.search(paragraph):
        return paragraph
    sentences = re.split(r"(?<=[.!?])\s+", paragraph)
    return " ".join(sentence for sentence in sentences if not NOT_SAID.search(sentence))


def _shown(identity, outputs):
    """A text cell in place of code: the pictures and prints that the code gives."""
    cell = nbformat.v4.new_markdown_cell(NOT_HERE, id=f"shown-{identity}")
    for k, output in enumerate(outputs):
        if picture := output.get("data", {}).get("image/png"):
            cell.setdefault("attachments", {})[f"{k}.png"] = {"image/png": picture}
            cell.source += f"\n\n![What the code draws.](attachment:{k}.png)"
        elif output.output_type == "stream":
            cell.source += f"\n\n```\n{output.text.rstrip()}\n```"
    return cell


def _write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")
