"""Both editions of the chapters come from their sources, and the student edition runs with nothing filled in."""

import ast
import importlib.util
import re
from pathlib import Path

import nbformat
import pytest
from coco_like import write_coco_like

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


def load_build(path=NOTEBOOKS / "source" / "build.py"):
    spec = importlib.util.spec_from_file_location("build", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build = load_build()
SOURCES = build.chapters()
each_chapter = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)


def code_cells(chapter):
    return [cell for cell in chapter.cells if cell.cell_type == "code"]


def todo_cells(chapter):
    return [cell for cell in code_cells(chapter) if "todo" in cell.metadata.get("tags", [])]


def pictures(chapter):
    text = "\n".join(cell.source for cell in chapter.cells if cell.cell_type == "markdown")
    return re.findall(r"!\[(.*?)\]\((.*?)\)", text, re.DOTALL)


@each_chapter
def test_built_notebooks_agree_with_their_source(source):
    assert build.outdated(source) == [], f"run: python notebooks/source/build.py {source.name[:2]}"


@each_chapter
def test_two_builds_are_the_same(source):
    assert build.text_of(build.notebook(source, True)) == build.text_of(build.notebook(source, True))


def test_outputs_are_kept_where_only_prose_has_changed_and_nowhere_else(tmp_path):
    built = build.notebook(SOURCES[0], solved=True)
    code_cells(built)[1].outputs = [nbformat.v4.new_output("stream", text="seen")]
    (tmp_path / "some.ipynb").write_text(build.text_of(built), encoding="utf-8")
    fresh = build.notebook(SOURCES[0], solved=True)
    fresh.cells[0].source += " More."
    build.keep_outputs(fresh, tmp_path / "some.ipynb")
    assert code_cells(fresh)[1].outputs[0].text == "seen"
    code_cells(fresh)[2].source += "\n1 + 1"
    with pytest.raises(ValueError, match="must run"):
        build.keep_outputs(fresh, tmp_path / "some.ipynb")


@each_chapter
def test_cell_ids_are_unique(source):
    ids = [cell.id for cell in build.notebook(source, False).cells]
    assert len(ids) == len(set(ids))


@each_chapter
def test_no_solution_is_handed_out(source):
    for cell in build.notebook(source, False).cells:
        assert "SOLUTION" not in cell.source
        if "answer" in cell.metadata.get("tags", []):
            assert cell.source == build.EMPTY_ANSWER


@each_chapter
def test_every_chapter_has_a_todo_that_is_a_stub_and_says_what_to_return(source):
    cells = todo_cells(build.notebook(source, False))
    assert cells
    for cell in cells:
        function = ast.parse(cell.source).body[-1]
        assert "returns" in ast.get_docstring(function)
        # With any other line in it, `check` would say that there is code of theirs.
        assert [ast.unparse(line) for line in function.body[1:]] == ["raise NotImplementedError('TODO')"]


@each_chapter
def test_every_todo_has_a_check_under_it(source):
    cells = code_cells(build.notebook(source, False))
    for cell, below in zip(cells, cells[1:], strict=False):
        if "todo" in cell.metadata.get("tags", []):
            name = ast.parse(cell.source).body[-1].name
            assert re.search(rf"^{name} = check\({name}\b", below.source, re.M)


def small_todos(chapter):
    return [cell for cell in code_cells(chapter) if "small-todo" in cell.metadata.get("tags", [])]


@each_chapter
def test_a_small_todo_is_one_value_that_is_held_beside_another_way(source):
    for cell in small_todos(build.notebook(source, False)):
        (name,) = re.findall(r"^ *(\w+) = None  # TODO$", cell.source, re.M)
        assert re.search(rf"^ *{name} = agree\({name}, ", cell.source, re.M)
    for cell in small_todos(nbformat.read(NOTEBOOKS / "solutions" / f"{source.stem}.ipynb", as_version=4)):
        printed = "".join(output.get("text", "") for output in cell.outputs)
        assert "✓ Right" in printed and "✗" not in printed


@pytest.mark.parametrize("number", ["05", "06", "10", "12", "13"])
def test_one_code_cell_in_six_is_to_do(number):
    (source,) = (s for s in SOURCES if s.stem.startswith(number))
    chapter = build.notebook(source, False)
    assert 6 * (len(todo_cells(chapter)) + len(small_todos(chapter))) >= len(code_cells(chapter))


@each_chapter
def test_every_chapter_has_a_drawing_with_a_description(source):
    found = pictures(build.notebook(source, False))
    assert found
    for description, path in found:
        assert len(description) > 20
        assert (NOTEBOOKS / path).is_file(), path


@each_chapter
def test_every_chapter_asks_a_question_and_answers_it(source):
    tags = [tag for cell in build.notebook(source, True).cells for tag in cell.metadata.get("tags", [])]
    assert "answer" in tags


def prose(source):
    cells = build.notebook(source, False).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@each_chapter
def test_hidden_answers_are_written_so_that_markdown_is_read_inside_them(source):
    text = prose(source)
    hidden = re.findall(
        r"<details><summary>[^<\n]+</summary>\n\n(?:(?!<details>).)+?\n\n</details>", text, re.S
    )
    assert len(hidden) == text.count("<details") == text.count("</details>")


@each_chapter
def test_a_chapter_lets_its_reader_predict_and_hides_the_answer(source):
    text = prose(source)
    assert len(re.findall(r"^\*\*Predict\.\*\*", text, re.M)) >= 2
    assert text.count("<summary>After you have run it</summary>") >= 2


@each_chapter
@pytest.mark.parametrize("kind", ["Stretch", "Debugging"])
def test_a_chapter_has_a_task_and_says_what_it_costs(source, kind):
    heads = re.findall(rf"^### {kind} · (\S+) · (\d+) minutes$", prose(source), re.M)
    assert heads and all(stars in ("★☆☆", "★★☆", "★★★") for stars, _ in heads)


@each_chapter
def test_an_optional_part_is_one_heading_that_says_so_and_is_folded(source):
    for cell in build.notebook(source, solved=False).cells:
        if "optional" in cell.metadata.get("tags", []):
            assert re.fullmatch(r"#+ Optional: [^\n]+", cell.source)
            assert cell.metadata["jp-MarkdownHeadingCollapsed"] is True


@each_chapter
def test_an_optional_part_ends_where_a_cell_begins_with_a_heading(source):
    level = 0  # of the optional part; JupyterLab folds whole cells
    for cell in build.notebook(source, solved=False).cells:
        for heading in re.finditer(r"^(#+) ", cell.source, re.M) if cell.cell_type == "markdown" else ():
            if len(heading[1]) <= level:
                assert heading.start() == 0, cell.source[:60]
                level = 0
        if "optional" in cell.metadata.get("tags", []):
            level = cell.source.index(" ")


@each_chapter
def test_the_readme_gives_a_chapter_the_minutes_that_it_states_and_none_has_more_than_a_hundred(source):
    (minutes,) = re.findall(r"Time: about (\d+) minutes", source.read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\(notebooks/{source.stem}\.ipynb\) \| [^|]* \| {minutes} \|", readme)
    assert int(minutes) <= 100


@each_chapter
def test_no_shell_lines(source):
    for cell in code_cells(build.notebook(source, True)):
        assert not re.search(r"^\s*[!%]", cell.source, re.M)


@each_chapter
def test_each_solution_is_right_in_the_stored_solved_edition(source):
    """nbval, which compares what checks say, asks them again."""
    cells = code_cells(nbformat.read(NOTEBOOKS / "solutions" / f"{source.stem}.ipynb", as_version=4))
    for cell, below in zip(cells, cells[1:], strict=False):
        if "todo" in cell.metadata.get("tags", []):
            name = ast.parse(cell.source).body[-1].name
            assert f"✓ {name} is right" in build.verdicts(below.outputs)


@each_chapter
def test_solved_edition_shows_no_error_and_nothing_on_stderr(source):
    chapter = nbformat.read(NOTEBOOKS / "solutions" / f"{source.stem}.ipynb", as_version=4)
    assert_clean(chapter)
    assert all(cell.execution_count for cell in code_cells(chapter))


@each_chapter
def test_nothing_is_compared_that_rounding_can_change(source):
    """What a training leads to, too: after the first one, only verdicts are compared."""
    chapter = nbformat.read(NOTEBOOKS / "solutions" / f"{source.stem}.ipynb", as_version=4)
    trained = False
    for number, cell in enumerate(code_cells(chapter)):
        trained = trained or bool(re.search(r"(^|[ .])(train|stored_captioner)\(", cell.source, re.M))
        if "nbval-ignore-output" not in cell.metadata.get("tags", []):
            compared = "\n".join(build.lines_of(cell.outputs))
            found = re.findall(r"<Figure.*|[^\n]*\d(?:\.\d|e-\d| ?%)[^\n]*", compared)
            found += [line for line in compared.splitlines() if trained and not re.search("[✓✗]", line)]
            assert not found, f"Cell {number} of {source.stem}, which nbval compares, holds {found}"


def test_a_verdict_is_compared_without_its_numbers():
    cell = nbformat.v4.new_code_cell("model.train()")
    cell.outputs = [nbformat.v4.new_output("stream", text="step 1\nloss 0.03, below 0.1: ✓ yes\n")]
    chapter = build.mark_what_moves(nbformat.v4.new_notebook(cells=[cell]))
    assert chapter.cells[0].metadata["tags"] == ["nbval-ignore-output"]
    assert build.verdicts(cell.outputs) == ["loss … below …: ✓ yes"]


SHORT = """
from cs231n.captioning_solver import CaptioningSolver
from cs231n.coco_utils import subset

def train(self, train=CaptioningSolver.train):
    self.num_epochs, self.data = 1, subset(self.data, range(0, len(self.data["train_captions"]), 20))
    train(self)

CaptioningSolver.train = train
"""
FEWER = {"times=7": "times=1", "for _ in range(9)": "for _ in range(1)", "seconds=0.6": "seconds=0.1"}
FEWER["film(np.flatnonzero(held_out & true)[3])"] = (
    "film(3)"  # after so short a training hardly a caption is true
)


def shorten(chapter):
    """One epoch on a twentieth of the captions, times measured once: the whole of it is nbval's to run."""
    for cell in code_cells(chapter):
        for much, little in FEWER.items():
            cell.source = cell.source.replace(much, little)
    chapter.cells.insert(0, nbformat.v4.new_code_cell(SHORT))


@each_chapter
def test_student_edition_runs_unfilled(source):
    chapter = build.notebook(source, solved=False)
    shorten(chapter)
    build.execute(chapter, NOTEBOOKS)
    assert_clean(chapter)


def assert_clean(chapter):
    for cell in code_cells(chapter):
        for output in cell.outputs:
            assert output.output_type != "error", output.get("evalue")
            assert output.get("name") != "stderr", output.get("text")


OFFLINE = """
import requests

def get(self, url, **options):
    raise requests.ConnectionError

requests.Session.get = get
"""


@pytest.mark.parametrize(
    "source",
    [s for s in SOURCES if "DATA = SCENES_DIR" in s.read_text(encoding="utf-8")],
    ids=lambda s: s.stem,
)
def test_one_line_switches_a_chapter_to_coco(source, tmp_path):
    """With files laid out like COCO's, short trainings, and no network: every picture is a dead address."""
    chapter = build.notebook(source, solved=True)
    folder = write_coco_like(tmp_path, pictures=500)  # chapter 00 looks at picture 400
    for cell in code_cells(chapter):
        cell.source = cell.source.replace("DATA = SCENES_DIR", f"DATA = {str(folder)!r}")
    shorten(chapter)
    chapter.cells.insert(0, nbformat.v4.new_code_cell(OFFLINE))
    build.execute(chapter, NOTEBOOKS / "solutions")
    assert_clean(chapter)
