"""start.py: what it installs and when, what it starts, and what it says where it cannot."""

import ast
import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

START = Path(__file__).resolve().parent.parent / "start.py"


class Machine:
    """A machine whose programs are a list: what start.py asks of it is written down, and nothing is run."""

    def __init__(self, folder, monkeypatch):
        monkeypatch.setenv("PYTHONIOENCODING", "cp1252")  # as on Windows
        folder.mkdir()
        (folder / "start.py").write_bytes(START.read_bytes())
        (folder / "pyproject.toml").write_text("[project]", encoding="utf-8")
        spec = importlib.util.spec_from_file_location("start_in_a_copy", folder / "start.py")
        self.start = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.start)
        self.folder, self.ran, self.has, self.fails = folder, [], {"pip"}, None
        monkeypatch.setattr(self.start, "works", self.works)
        monkeypatch.setattr(self.start.subprocess, "check_call", self.check_call)
        monkeypatch.setattr(self.start.subprocess, "call", self.call)
        monkeypatch.setattr(self.start.signal, "signal", lambda *_: None)

    def works(self, *command):
        words = [str(word) for word in command]
        if "-c" in words:
            return self.start.PYTHON.exists()
        if "ensurepip" in words:
            return "ensurepip" in self.has
        if words[0] == str(self.start.PYTHON):
            return "ensurepip" in self.has
        return ("uv" if words[0] == "uv" else "pip") in self.has

    def check_call(self, command, cwd=None):
        words = [str(word) for word in command]
        self.ran.append("venv" if "venv" in words else "install " + words[-1])
        if "venv" in words:
            self.start.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            self.start.PYTHON.touch()
            self.start.STATE.unlink(missing_ok=True)
        elif self.fails:
            raise self.fails
        self.installer = words

    def call(self, command, cwd):
        self.ran.append(" ".join(command[2:]))
        return 0

    def __call__(self, *arguments):
        self.ran.clear()
        return self.start.main(list(arguments)), list(self.ran)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path / "Kurs über Bilder", monkeypatch)


LAB = "jupyterlab notebooks/00_look_at_the_data.ipynb"


def test_it_installs_once_and_opens_chapter_0(machine):
    assert machine("--no-browser") == (0, ["venv", "install .", LAB.replace(" ", " --no-browser ")])
    assert machine() == (0, [LAB])


def test_the_folder_may_have_letters_that_the_system_does_not_print(machine):
    machine()
    assert subprocess.run([sys.executable, "-c", "print('学习')"], stdout=subprocess.DEVNULL).returncode == 0


def test_another_notebook_is_opened_instead(machine):
    machine()
    assert machine("notebooks/05_sampling.ipynb")[1] == ["jupyterlab notebooks/05_sampling.ipynb"]


def test_the_tests_bring_their_own_packages(machine):
    machine()
    assert machine("test", "-x") == (0, ["install .[test,instructor]", "pytest -x"])
    assert machine("test") == (0, ["pytest"])
    assert machine() == (0, [LAB])


def test_a_changed_pyproject_installs_again_into_the_same_folder(machine):
    machine()
    (machine.folder / "pyproject.toml").write_text("[project] # more", encoding="utf-8")
    assert machine() == (0, ["install .", LAB])


def test_a_moved_folder_installs_again(machine):
    machine()
    machine.start.STATE.write_bytes(machine.start.STATE.read_bytes().replace(b"Kurs", b"Course"))
    assert machine()[1] == ["install .", LAB]


@pytest.mark.parametrize(
    "fault", [subprocess.CalledProcessError(1, "pip"), KeyboardInterrupt(), OSError(28, "disk full")]
)
def test_a_failed_installation_is_said_and_begun_anew(machine, fault):
    machine.fails = fault
    said, ran = machine()
    assert ran == ["venv", "install ."]
    assert "not installed" in said and "MB are free" in said and said.endswith("Then try again.")
    assert ("disk full" in said) == isinstance(fault, OSError)
    machine.fails = None
    assert machine() == (0, ["venv", "install .", LAB])


def test_a_failed_update_keeps_what_is_there(machine):
    machine()
    machine.fails = subprocess.CalledProcessError(1, "pip")
    (machine.folder / "pyproject.toml").write_text("[project] # more", encoding="utf-8")
    assert machine()[1] == ["install ."]
    machine.fails = None
    assert machine()[1] == ["install .", LAB]


def test_an_environment_made_by_hand_is_used(machine):
    machine.start.PYTHON.parent.mkdir(parents=True)
    machine.start.PYTHON.touch()
    assert machine() == (0, ["install .", LAB])


@pytest.mark.parametrize(
    "has, program",
    [
        ({"uv", "pip", "ensurepip"}, ["uv", "pip", "install", "--python"]),
        ({"pip", "ensurepip"}, ["PYTHON", "-m", "pip", "--python"]),
        ({"pip"}, [sys.executable, "-m", "pip", "--python"]),
    ],
)
def test_any_installer_will_do(machine, has, program):
    machine.has = has
    machine()
    assert machine.installer[:4] == [str(machine.start.PYTHON) if p == "PYTHON" else p for p in program]


def test_without_any_pip_it_names_the_line_to_type(machine):
    machine.has = set()
    with pytest.raises(SystemExit, match=r"sudo apt install python3\.\d+-venv"):
        machine()


def test_an_old_python_can_read_it_and_is_told(monkeypatch):
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer"):
        runpy.run_path(str(START), run_name="__main__")


def test_it_names_no_registry_and_needs_nothing():
    source = START.read_text(encoding="utf-8")
    assert "http" not in source and "pypi" not in source
    assert len(source.splitlines()) <= 70
    names = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert names <= sys.stdlib_module_names
