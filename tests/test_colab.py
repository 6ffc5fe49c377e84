"""A chapter's first code cell, where the repository has an address: in Google Colab it fetches the course."""

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

from cs231n.course import colab
from tests.test_notebooks import SOURCES, build

ROOT = Path(__file__).resolve().parent.parent
WHERE = "https://github.com/somebody/some-course"


def run(code, folder, **stand_ins):
    """Run code in a Python of its own, with modules google and google.colab where a text for it is given."""
    for name, text in stand_ins.items():
        (folder / "google").mkdir(exist_ok=True)
        (folder / "google" / "__init__.py").touch()
        (folder / "google" / f"{name}.py").write_text(text, encoding="utf-8")
    begin = "import google.colab\n" if stand_ins else ""
    variables = {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", begin + code],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("solved", [False, True], ids=["student", "solved"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_where_the_repository_has_an_address_each_chapter_opens_in_colab(source, solved):
    first, cell = build.notebook(source, solved, WHERE).cells[:2]
    colab = "https://colab.research.google.com/github/somebody/some-course"
    assert f"]({colab}/blob/main/notebooks/{source.stem}.ipynb)" in first.source
    assert cell.source == build.COLAB.replace("ADDRESS", WHERE)
    assert cell.metadata.cellView == "form" and cell.metadata.jupyter.source_hidden


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_without_an_address_nothing_leads_to_colab(source):
    assert "colab" not in build.text_of(build.notebook(source, True)).lower()


def test_elsewhere_it_does_nothing(tmp_path):
    code = build.COLAB + "\nprint(os.getcwd(), os.listdir())"
    assert run(code, tmp_path) == [f"{tmp_path} []"]


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="clones this repository with git"
)
def test_in_colab_it_fetches_the_course_and_goes_to_the_chapters(tmp_path):
    course = tmp_path / "content" / "course"
    cell = build.COLAB.replace("/content/course", course.as_posix()).replace("ADDRESS", ROOT.as_uri())
    code = f"{cell}\nimport cs231n; print(cs231n.__file__); print(os.getcwd())\n{cell}"
    said, where, folder, again = run(code, tmp_path, colab="")
    assert "The course is here" in said and said == again
    assert Path(where).is_relative_to(course) and Path(folder) == course / "notebooks"


@pytest.fixture
def pip(monkeypatch):
    commands = []

    def run(command, check):
        commands.append(
            (command, Path(command[command.index("--constraint") + 1]).read_text(encoding="utf-8"))
        )

    monkeypatch.setattr(colab.subprocess, "run", run)
    monkeypatch.setattr(colab.os, "chdir", lambda folder: None)
    return commands


def test_only_what_is_missing_is_installed_and_nothing_is_replaced(pip, monkeypatch):
    monkeypatch.setattr(colab, "copies", lambda name: [] if name == "sacrebleu" else ["one"])
    colab.settle()
    [(command, fixed)] = pip
    assert command[-1] == "sacrebleu" and command[-2].endswith("installed.txt")
    assert "\nnumpy==" in fixed and "\nmatplotlib==" in fixed


def test_where_nothing_is_missing_pip_is_not_asked(pip):
    colab.settle()
    assert pip == []


def test_drive_keeps_the_answers(pip, monkeypatch, tmp_path, capsys):
    mounted = []
    stand_in = types.ModuleType("google.colab")
    stand_in.drive = types.SimpleNamespace(mount=mounted.append)
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", stand_in)
    monkeypatch.setattr(colab, "DRIVE", tmp_path)
    monkeypatch.setenv("CS231N_ANSWERS", "off")
    colab.settle(keep_in_drive=True)
    assert mounted == [str(tmp_path)] and "Google Drive" in capsys.readouterr().out
    kept = Path(os.environ["CS231N_ANSWERS"])
    assert kept.name == "my_answers.py" and kept.parent.is_dir() and kept.is_relative_to(tmp_path)
