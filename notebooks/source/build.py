"""Build both editions of every chapter from its one source.

    python notebooks/source/build.py            build what has changed
    python notebooks/source/build.py 01 05      build these chapters, changed or not
    python notebooks/source/build.py --prose 01 no code cell has changed: keep the stored outputs, run nothing
    python notebooks/source/build.py --chinese  build the Chinese edition only: its texts have changed
    python notebooks/source/build.py --solved-chinese FOLDER
                                                execute the solved chapters in Chinese, for the web site
    python notebooks/source/build.py --check    build nothing; exit with 1 when a built notebook is out of date
    python notebooks/source/build.py --address https://github.com/NAME/REPOSITORY
                                                this is where the repository is: links and badges lead there

A source is a py:percent file with solutions between `### BEGIN SOLUTION` and `### END SOLUTION`, and answers
to questions in markdown cells tagged "answer". The student edition, notebooks/NN_name.ipynb, has a stub in
place of each solution and an empty line in place of each answer; in a cell tagged "small-todo", whose solution is
one line, `name = …`, the stub is `name = None`. The solved edition,
notebooks/solutions/NN_name.ipynb, has both, and is executed.
notebooks/zh_CN/NN_name.ipynb is the student edition in Chinese (see translate.py).
A markdown cell that is one heading, tagged "optional", is folded in JupyterLab with all that stands under it.

Tests run the solved edition again and compare what no rounding can change: see `mark_what_moves`.
"""

import argparse
import base64
import hashlib
import os
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from cs231n.files import write_whole

SOURCE = Path(__file__).resolve().parent
sys.path.insert(0, str(SOURCE))  # for chinese.py, wherever this is loaded from; before a package called build
STUDENT = SOURCE.parent
SOLVED = STUDENT / "solutions"
CHINESE = STUDENT / "zh_CN"

SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION", re.DOTALL | re.MULTILINE)
STUB = r'\1raise NotImplementedError("TODO")'
SMALL = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n\1(\w+) = .*?^\1### END SOLUTION", re.DOTALL | re.MULTILINE)
SMALL_STUB = r"\1\2 = None  # TODO"
EMPTY_ANSWER = "**Your answer:** (double-click here and write)"
BADGE = "Open this chapter in Google Colab"
# What another processor can change: all that a training leads to, decimal fractions, shares, times, and the size
# of a figure that holds a generated caption. A verdict has a margin: `✓ yes` is printed far from the limit.
TRAINS = re.compile(r"\.train\(|(?<!def )\btrain\(|\bstored_captioner\(")
MOVES = re.compile(r"\d\.\d|\de[-+]\d|%|<Figure|\d m?s\b| a second\b")
VERDICT = re.compile(r"✓ (yes|unchanged|agrees|Right\b|\w+ is right)|✗ (no\b|differs)")
# Outputs that are the same everywhere: no progress bars or sliders, nothing kept, sums in one order.
QUIET = {"TQDM_DISABLE": "1", "CS231N_STILL": "1", "CS231N_ANSWERS": "off", "OPENBLAS_NUM_THREADS": "1"}
QUIET["CS231N_LANG"] = ""  # each edition in its own
COLAB = """\
# Only for Google Colab: fetch the course. Anywhere else this cell does nothing.
import os
import subprocess
import sys

KEEP_MY_ANSWERS_IN_DRIVE = False  # @param {type:"boolean"}
if "google.colab" in sys.modules:
    if not os.path.isdir("/content/course"):
        subprocess.run(["git", "clone", "--quiet", "--depth=1", "ADDRESS", "/content/course"], check=True)
    sys.path.insert(0, "/content/course")
    from cs231n.course.colab import settle

    settle(KEEP_MY_ANSWERS_IN_DRIVE)"""


# The repository's address stands in pyproject.toml only. Where none stands, nothing leads there.
PROJECT, README = STUDENT.parent / "pyproject.toml", STUDENT.parent / "README.md"
URLS = re.compile(r'^\[project\.urls\]\n(?:Repository = "(.*)"\n)?', re.M)
LINKS = re.compile(r"(?<=<!-- links, by build.py -->\n).*?(?=<!-- end of links -->\n)", re.DOTALL)
PICTURE = re.compile(r"^\[?(!\[[^]\n]*\]\([^)\n]*\))(?:\]\(.*\))?$", re.M)  # and where it leads


def address():
    """https://github.com/NAME/REPOSITORY, or None."""
    return URLS.search(PROJECT.read_text(encoding="utf-8"))[1]


def in_colab(where, path):
    """The address of a chapter in Google Colab; path: from the folder notebooks, without its ending."""
    return (
        f"{where.replace('github.com', 'colab.research.google.com/github')}/blob/main/notebooks/{path}.ipynb"
    )


def links(where):
    """What the README says between its marks: where the course runs without an installation."""
    if not where:
        return ""
    owner, name = where.split("/")[-2:]
    site = f"https://{owner}.github.io/{name}/"
    binder = f"https://mybinder.org/v2/gh/{owner}/{name}/main?urlpath=lab/tree/notebooks/{chapters()[0].stem}.ipynb"
    colab = ", ".join(f"[{source.stem[:2]}]({in_colab(where, source.stem)})" for source in chapters())
    return (
        f"**Nothing installed?** [Paint a scene, and hear networks describe it]({site}live/), "
        f"[try chapters 0 to 4]({site})\nin your browser, open all of them in [Binder]({binder}), "
        f"or one of them in Google Colab: {colab}.\n\n"
    )


def readme(text, where):
    """The README's text with its links, the one of its first picture among them: that leads to the live page."""
    text = LINKS.sub(lambda _: links(where), text)
    if not where:
        return PICTURE.sub(r"\1", text, count=1)
    owner, name = where.split("/")[-2:]
    return PICTURE.sub(rf"[\1](https://{owner}.github.io/{name}/live/)", text, count=1)


def move_to(where):
    """Write the repository's address to its one place, and lead there from the README and every chapter.

    where: https://github.com/NAME/REPOSITORY; "" takes every link away again
    ValueError: for another kind of address
    """
    if where and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", where):
        raise ValueError(f"{where} is not like https://github.com/NAME/REPOSITORY")
    line = f'Repository = "{where}"\n' if where else ""
    _write(PROJECT, URLS.sub(f"[project.urls]\n{line}", PROJECT.read_text(encoding="utf-8")))
    _write(README, readme(README.read_text(encoding="utf-8"), where))
    for source in chapters():
        build(source, prose=True)
    build_chinese()


def chapters():
    """The sources, in order."""
    return sorted(SOURCE.glob("[0-9][0-9]_*.py"))


def notebook(source, solved, where=None, edition=None):
    """One edition of a chapter, not executed.

    source: path of the py:percent file
    solved: True for the solved edition, False for the student's
    where: the repository's address; without one, the chapter does not open in Google Colab
    edition: what makes it Chinese; without one, it is English
    returns: a notebook (nbformat 4.5); cell ids come from the source, so two builds give the same
    """
    parsed = jupytext.read(source, fmt="py:percent")
    seen = {}
    cells = []
    for cell in parsed.cells:
        tags = cell.metadata.get("tags", [])
        text = cell.source
        seen[text] = seen.get(text, 0) + 1
        identity = hashlib.sha256(f"{source.stem}/{text}/{seen[text]}".encode()).hexdigest()[:12]
        if edition:
            text = edition.cell(text, cell.cell_type)
        if cell.cell_type == "code":
            if solved:
                text = re.sub(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", "", text, flags=re.M)
            elif "small-todo" in tags:
                text = SMALL.sub(SMALL_STUB, text)
            else:
                text = SOLUTION.sub(STUB, text)
            new = nbformat.v4.new_code_cell(text.rstrip("\n"))
        else:
            if "answer" in tags and not solved:
                text = edition.sentence(EMPTY_ANSWER) if edition else EMPTY_ANSWER
            new = nbformat.v4.new_markdown_cell(from_the_folder_below(text) if solved else text)
        new.id = identity
        if tags:
            new.metadata["tags"] = tags
        if "optional" in tags:
            new.metadata["jp-MarkdownHeadingCollapsed"] = True  # JupyterLab folds what is under this heading
        cells.append(new)
    if edition:
        edition.begin(cells, solved)
    if where:
        title, _, rest = cells[0].source.partition("\n")
        there = in_colab(where, edition.folder + source.stem if edition else source.stem)
        badge = f"[![{edition.sentence(BADGE) if edition else BADGE}](figures/open_in_colab.svg)]({there})"
        cells[0].source = f"{title}\n\n{from_the_folder_below(badge) if solved else badge}\n{rest}"
        text = edition.cell(COLAB, "code") if edition else COLAB
        colab = nbformat.v4.new_code_cell(text.replace("ADDRESS", where), id=f"colab-{source.stem[:2]}")
        colab.metadata = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["colab"]}
        cells.insert(1, nbformat.from_dict(colab))
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def from_the_folder_below(text):
    """Links to drawings and files of the pack, as they are written in notebooks/solutions."""
    return text.replace("](../", "](../../").replace("](figures/", "](../figures/")


def execute(chapter, folder):
    """Run a notebook in `folder`, in place, and keep its outputs. nbclient's error shows the cell that failed."""
    environment = {**os.environ, **QUIET}
    client = NotebookClient(
        chapter,
        timeout=300,
        kernel_name="python3",
        extra_arguments=[
            "--IPKernelApp.log_level=ERROR"
        ],  # it warns of its connection, which stays on this machine
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
    )
    client.execute(env=environment)
    for cell in chapter.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    chapter.metadata["language_info"] = {"name": "python"}  # the kernel's version would differ by machine


def joined(outputs):
    """Outputs in which prints that follow each other are one: where a busy machine cuts them is chance."""
    made = []
    for output in outputs:
        if made and output.output_type == made[-1].output_type == "stream" and output.name == made[-1].name:
            made[-1].text += output.text
        else:
            made.append(output)
    return made


def lines_of(outputs):
    """What outputs say, line by line; None stands for a picture or a page."""
    for output in outputs:
        if output.output_type == "stream":
            yield from output.text.splitlines()
        else:
            yield from output.data.get("text/plain", "").splitlines() if len(output.data) == 1 else [None]


def verdicts(outputs):
    """The verdicts in outputs, numbers left out: what is compared even where nothing else is."""
    found = [(line, VERDICT.search(line)) for line in lines_of(outputs) if line]
    return [re.sub(r"\d[\d.,]*", "…", line[: match.end()]) for line, match in found if match]


def mark_what_moves(chapter):
    """Tag the cells that nbval runs and does not compare.

    Before a chapter's first trained model, these are the cells that print what rounding can change; from there
    on, all that print anything but verdicts. Verdicts in them are compared all the same (conftest.py).
    """
    trained = False
    for cell in chapter.cells:
        if cell.cell_type == "code":
            trained = trained or bool(TRAINS.search(cell.source))
            exact = all(
                line is not None and not MOVES.search(line) and (VERDICT.search(line) or not trained)
                for line in lines_of(cell.outputs)
            )
            tags = cell.metadata.get("tags", [])
            if not exact and "nbval-ignore-output" not in tags:
                cell.metadata["tags"] = [*tags, "nbval-ignore-output"]
    return chapter


def text_of(chapter):
    """A notebook as the text of its file."""
    return nbformat.writes(chapter) + "\n"


def chinese(source, solved=False):
    """The Chinese edition of a chapter, not executed. It needs polib, which the English one does not."""
    from chinese import Edition

    return notebook(source, solved, address(), Edition(source))


def of_no_chapter():
    """What is Chinese and of no chapter alone: path → text, of the README and the web site."""
    import chinese as edition

    site = README.parent / "site"
    made = {
        README: (README.with_name("README.zh-CN.md"), edition.readme),
        site / "index.html": (site / "index.zh-CN.html", edition.first_page),
        site / "live" / "texts.en.json": (site / "live" / "texts.zh-CN.json", edition.live_texts),
    }
    there = {source: made[source] for source in made if source.exists()}
    return {path: make(source.read_text(encoding="utf-8")) for source, (path, make) in there.items()}


def build_chinese(*sources):
    """Write chapters in Chinese, and what is of no chapter alone, such as what the checks say."""
    import translate

    CHINESE.mkdir(exist_ok=True)
    for source in sources:
        _write(CHINESE / f"{source.stem}.ipynb", text_of(chinese(source)))
    translate.write_compiled()
    for path, text in of_no_chapter().items():
        _write(path, text)


def execute_chinese(sources, folder):
    """Write the solved chapters in Chinese, executed, into a folder: the web site shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        print(f"executing {source.stem} …", flush=True)
        chapter = chinese(source, solved=True)
        execute(chapter, SOLVED)
        _write(folder / f"{source.stem}.ipynb", text_of(chapter))


def outdated_chinese():
    """Which of the Chinese files of no chapter are not what the .po files give."""
    import translate

    wanted = dict(translate.compiled()) | {path: text.encode() for path, text in of_no_chapter().items()}
    return [path for path, data in wanted.items() if not path.exists() or path.read_bytes() != data]


def outdated(source):
    """Which built notebooks of a chapter are absent or not what the source gives: a list of paths."""
    student, solved = STUDENT / f"{source.stem}.ipynb", SOLVED / f"{source.stem}.ipynb"
    stale = []
    if not student.exists() or student.read_text(encoding="utf-8") != text_of(
        notebook(source, False, address())
    ):
        stale.append(student)
    in_chinese = CHINESE / f"{source.stem}.ipynb"
    if not in_chinese.exists() or in_chinese.read_text(encoding="utf-8") != text_of(chinese(source)):
        stale.append(in_chinese)
    if not solved.exists() or not _same_cells(solved, notebook(source, True, address())):
        stale.append(solved)
    return stale


def keep_outputs(chapter, path):
    """Take the outputs over from the notebook as it was built. ValueError when a code cell has changed."""
    before, cells = (
        [c for c in some.cells if c.cell_type == "code" and "colab" not in c.metadata.get("tags", [])]
        for some in (nbformat.read(path, as_version=4), chapter)
    )
    if [cell.source for cell in before] != [cell.source for cell in cells]:
        raise ValueError(f"{path.name}: a code cell has changed, so the chapter must run. Leave --prose out")
    for cell, old in zip(cells, before, strict=True):
        cell.outputs = old.outputs
    for number, cell in enumerate((c for c in chapter.cells if c.cell_type == "code"), 1):
        cell.execution_count = number


def build(source, prose=False):
    """Write all editions of a chapter; the solved one is executed first, so a failing chapter writes nothing.

    prose: True keeps the stored outputs, where only text has changed
    """
    SOLVED.mkdir(exist_ok=True)
    solved = notebook(source, True, address())
    if prose:
        keep_outputs(solved, SOLVED / f"{source.stem}.ipynb")
    else:
        execute(solved, SOLVED)
    mark_what_moves(solved)
    _write(SOLVED / f"{source.stem}.ipynb", text_of(solved))
    _write(STUDENT / f"{source.stem}.ipynb", text_of(notebook(source, False, address())))
    build_chinese(source)
    for name, picture in readme_pictures(solved):
        (STUDENT / "figures" / name).write_bytes(picture)


README_PICTURES = {  # a cell's tag: the file of what the README shows of its output
    "readme-picture": "what_you_will_have.png",
    "readme-film": "caption_film.webp",
}
FILM = re.compile(r"data:image/webp;base64,([\w+/=]+)")


def readme_pictures(chapter):
    """The outputs that the README shows: pairs of a file's name and its bytes."""
    for cell in chapter.cells:
        for tag in set(README_PICTURES) & set(cell.metadata.get("tags", [])):
            for output in cell.outputs:
                data = output.get("data", {})
                film = FILM.search("".join(data.get("text/html", "")))
                if picture := film[1] if film else data.get("image/png"):
                    yield README_PICTURES[tag], base64.b64decode(picture)


def main():
    parser = argparse.ArgumentParser(description="Build both editions of the chapters.")
    parser.add_argument(
        "chapters", nargs="*", metavar="NN", help="chapter numbers; default: all that changed"
    )
    parser.add_argument("--prose", action="store_true", help="keep the outputs: only text has changed")
    parser.add_argument("--chinese", action="store_true", help="only the Chinese edition, which runs nothing")
    parser.add_argument(
        "--solved-chinese", type=Path, metavar="FOLDER", help="execute that edition into FOLDER"
    )
    parser.add_argument("--check", action="store_true", help="only say what is out of date")
    parser.add_argument("--address", metavar="URL", help="where the repository is; '' for nowhere yet")
    options = parser.parse_args()
    if options.address is not None:
        try:
            move_to(options.address)
        except ValueError as error:
            parser.error(str(error))
        return 0
    wanted = [s for s in chapters() if not options.chapters or s.name[:2] in options.chapters]
    if options.check:
        stale = [path for source in wanted for path in outdated(source)]
        if (text := README.read_text(encoding="utf-8")) != readme(text, address()):
            stale.append(README)
        stale += outdated_chinese()
        for path in stale:
            print(f"out of date: {path.relative_to(STUDENT.parent)}")
        if stale:
            print(
                "python notebooks/source/build.py builds them, and runs only chapters whose code has changed"
            )
        return 1 if stale else 0
    if options.solved_chinese:
        execute_chinese(wanted, options.solved_chinese)
        return 0
    if options.chinese:
        build_chinese(*wanted)
        return 0
    for source in wanted:
        stale = {path.parent for path in outdated(source)}
        if options.chapters or stale - {CHINESE}:
            print(f"building {source.stem} …", flush=True)
            build(source, options.prose)
    build_chinese(*wanted)
    return 0


def _same_cells(path, fresh):
    """Whether a stored solved edition, its outputs included, is what its source gives."""
    try:
        keep_outputs(fresh, path)
    except ValueError:
        return False
    return path.read_text(encoding="utf-8") == text_of(mark_what_moves(fresh))


def _write(path, text):
    with write_whole(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
