"""start.py: what it installs and when, what it starts, and what it says where it cannot."""

import ast
import importlib.util
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cs231n import language
from cs231n.course import own_environment, user_settings

ROOT = Path(__file__).resolve().parent.parent
START = ROOT / "start.py"
PROJECT = '[project]\ndependencies = ["numpy>=2", "h5py"]\n[project.optional-dependencies]\n'
PROJECT += 'test = ["pytest"]\ninstructor = ["nbgrader"]\n'


class Machine:
    """A machine whose programs are a list: what start.py asks of it is written down, and nothing is run."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.ran, self.has, self.fails = folder, [], {"pip"}, {}
        self.loads, self.links, self.installer = True, True, None
        spec = importlib.util.spec_from_file_location("start_in_a_copy", START)
        self.start = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.start)
        folder.mkdir()
        self.project(PROJECT)
        venv = folder / ".venv"
        self.python = venv / "bin" / "python"
        self.site = venv / "lib" / "python3.11" / "site-packages"
        self.state = self.site / "course.pth"
        for name, value in {"ROOT": folder, "VENV": venv, "PYTHON": self.python}.items():
            monkeypatch.setattr(own_environment, name, value)
        monkeypatch.setattr(self.start, "ROOT", folder)
        monkeypatch.setattr(own_environment, "works", lambda *command: self.call(command) == 0)
        monkeypatch.setattr(own_environment.subprocess, "call", self.call)
        monkeypatch.setattr(own_environment.subprocess, "check_output", self.check_output)
        monkeypatch.setattr(own_environment, "keep_out_of_pip", lambda pip: None)
        monkeypatch.setattr(user_settings, "keep_out", lambda: None)
        monkeypatch.setattr(self.start.signal, "signal", lambda *_: None)
        monkeypatch.setattr(self.start.os, "geteuid", lambda: 1000, raising=False)

    def project(self, text):
        (self.folder / "pyproject.toml").write_text(text, encoding="utf-8")

    def check_output(self, command, stderr):
        if not self.python.exists():
            raise FileNotFoundError(2, "No such file", str(command[0]))
        return os.fsencode(f"{self.site.relative_to(self.folder / '.venv')}{os.linesep}")

    def call(self, command, cwd=None):
        words = [str(word) for word in command]
        if "venv" in words:
            return self.make_venv("--clear" in words)
        if words[-1] == "--version":
            program = "ensurepip" if words[0] == str(self.python) else "uv" if words[0] == "uv" else "pip"
            return int(program not in self.has)
        if "ensurepip" in words:
            return int("ensurepip" not in self.has)
        if "install" in words:
            self.installer = words[: words.index("install") + 1]
            first = next(k for k, word in enumerate(words) if word.startswith("numpy"))
            self.ran.append(" ".join(["install", *words[first:]]))
            fault = self.fails.get("uv" if words[0] == "uv" else "pip", 0)
            if isinstance(fault, BaseException):
                raise fault
            return fault
        if words[1] == "-c":
            return int(not self.loads)
        self.ran.append(" ".join(words[2:]))
        return 0

    def make_venv(self, clear):
        self.ran.append("venv")
        if clear:
            shutil.rmtree(self.folder / ".venv", ignore_errors=True)
        if not self.links and not (self.folder / ".venv" / "lib64").is_dir():
            return 1
        self.site.mkdir(parents=True)
        self.python.parent.mkdir()
        self.python.touch()
        return 0

    def __call__(self, *arguments):
        self.ran.clear()
        return self.start.main(list(arguments)), list(self.ran)


@pytest.fixture
def machine(tmp_path, monkeypatch, settings):
    return Machine(tmp_path / "Kurs 课 für Bilder", monkeypatch)


@pytest.fixture
def settings():
    """An environment of its own for a test: sets variables; all is as before afterwards."""
    before = dict(os.environ)
    yield lambda **variables: os.environ.update(variables)
    os.environ.clear()
    os.environ.update(before)


BASE = "install numpy>=2 h5py"
LAB = "jupyterlab --ServerApp.root_dir=. notebooks/00_look_at_the_data.ipynb"


def test_it_installs_once_and_opens_chapter_0(machine):
    assert machine("--no-browser") == (0, ["venv", BASE, LAB.replace(" ", " --no-browser ", 1)])
    assert machine() == (0, [LAB])


def test_where_the_system_speaks_chinese_the_chinese_edition_opens(machine, settings):
    settings(CS231N_LANG="zh_CN.UTF-8")
    machine()
    assert machine()[1] == [LAB.replace("notebooks/", "notebooks/zh_CN/")]


def test_another_notebook_is_opened_instead(machine):
    machine()
    ran = machine("notebooks/05_sampling.ipynb")[1]
    assert ran == ["jupyterlab notebooks/05_sampling.ipynb --ServerApp.root_dir=."]


def test_another_folder_may_be_given(machine):
    machine()
    assert machine("--notebook-dir=..")[1] == ["jupyterlab --notebook-dir=.. " + LAB.split()[-1]]


def test_root_may_open_jupyterlab(machine, monkeypatch):
    machine()
    monkeypatch.setattr(machine.start.os, "geteuid", lambda: 0, raising=False)
    assert "--allow-root" in machine()[1][0]


def test_the_tests_bring_their_own_packages(machine):
    machine()
    assert machine("test", "-x") == (0, [BASE + " pytest nbgrader", "pytest -x"])
    assert machine("test") == (0, ["pytest"])
    assert machine() == (0, [LAB])


def test_the_live_page_needs_the_course_alone(machine):
    assert machine("live", "--port", "8001") == (0, ["venv", BASE, "--serve --port 8001"])


def test_a_changed_pyproject_installs_again_into_the_same_folder(machine):
    machine()
    machine.project(PROJECT.replace("h5py", "h5py>=3"))
    assert machine() == (0, [BASE + ">=3", LAB])


def test_a_newer_python_in_the_same_folder_installs_again(machine):
    machine()
    machine.site = machine.site.parents[1] / "python3.12" / "site-packages"
    machine.site.mkdir(parents=True)
    assert machine()[1] == [BASE, LAB]


def test_the_way_to_the_course_is_ascii_in_any_folder_and_right_after_a_move(machine, tmp_path):
    machine()
    lines = machine.state.read_bytes().decode("ascii").splitlines()
    for folder in machine.folder, machine.folder.rename(tmp_path / "moved"):
        site = folder / ".venv" / "lib" / "python3.11" / "site-packages"
        assert Path(os.path.normpath(site / lines[0])) == folder
    assert all(line.startswith("#") for line in lines[1:])


@pytest.mark.parametrize("fault", [1, KeyboardInterrupt(), OSError(28, "disk full")])
def test_a_failed_installation_is_said_and_begun_anew(machine, fault):
    machine.fails["pip"] = fault
    said, ran = machine()
    assert ran == ["venv", BASE]
    if isinstance(fault, KeyboardInterrupt):
        assert "Stopped" in said
    else:
        assert "not installed" in said and "MB are free" in said and said.endswith("Then try again.")
        assert ("disk full" in said) == isinstance(fault, OSError)
    machine.fails.clear()
    assert machine() == (0, ["venv", BASE, LAB])


def test_a_failed_update_keeps_what_is_there(machine):
    machine()
    machine.fails["pip"] = 1
    machine.project(PROJECT.replace("h5py", "h5py>=3"))
    assert machine()[1] == [BASE + ">=3"]
    machine.fails.clear()
    assert machine()[1] == [BASE + ">=3", LAB]


def test_where_uv_fails_pip_is_tried(machine, capsys):
    machine.has = {"uv", "pip"}
    machine.fails["uv"] = 2
    assert machine() == (0, ["venv", BASE, BASE, BASE, LAB])
    assert machine.installer[0] == sys.executable


def test_a_success_that_left_nothing_in_the_environment_is_none(machine, capsys):
    machine.loads = False
    said, ran = machine()
    assert "not installed" in said and ran == ["venv", BASE] and not machine.state.read_bytes()
    assert "cannot be loaded from .venv" in capsys.readouterr().out


def test_an_environment_made_by_hand_is_used(machine):
    machine.make_venv(clear=False)
    assert machine() == (0, [BASE, LAB])


def test_a_drive_without_links_gets_an_environment(machine):
    machine.links = False
    assert machine() == (0, ["venv", "venv", BASE, LAB])


def test_a_read_only_folder_is_named(machine, monkeypatch):
    monkeypatch.setattr(machine.start.os, "access", lambda path, mode: path != machine.folder)
    machine.fails["pip"] = OSError(30, "Read-only file system")
    said, _ = machine()
    assert f"{machine.folder} cannot be written to. Copy it to a folder of yours." in said
    assert "network" not in said


@pytest.mark.parametrize(
    "has, program",
    [
        ({"uv", "pip", "ensurepip"}, ["uv", "--no-config", "pip", "install"]),
        ({"pip", "ensurepip"}, ["PYTHON", "-m", "pip", "--python", "PYTHON", "install"]),
        ({"pip"}, [sys.executable, "-m", "pip", "--python", "PYTHON", "install"]),
    ],
)
def test_any_installer_will_do(machine, has, program):
    machine.has = has
    machine()
    assert machine.installer == [str(machine.python) if p == "PYTHON" else p for p in program]


def test_without_any_pip_it_names_the_line_to_type(machine):
    machine.has = set()
    assert "Type: sudo apt install python3." in machine()[0]


def test_an_old_python_can_read_it_and_is_told(monkeypatch):
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer"):
        runpy.run_path(str(START), run_name="__main__")


def test_an_error_of_the_system_is_a_sentence(monkeypatch):
    def refuses():
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(user_settings, "keep_out", refuses)
    with pytest.raises(SystemExit, match=r"The course cannot be started: .*Too many open files"):
        runpy.run_path(str(START), run_name="__main__")


def test_it_names_no_registry_and_needs_nothing():
    assert len(START.read_text(encoding="utf-8").splitlines()) <= 100
    for path in START, *(Path(module.__file__) for module in (own_environment, user_settings, language)):
        source = path.read_text(encoding="utf-8")
        assert "http" not in source.replace("https://…", "") and "pypi" not in source
        names = {
            node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        own = {name for name in names if name.startswith(("cs231n.course", "cs231n.language"))}
        assert names - own <= sys.stdlib_module_names


# What the user has set, for real programs


def test_settings_that_change_programs_stay_outside(settings, tmp_path):
    bad = dict.fromkeys(
        "PYTHONPATH PYTHONHOME PYTHONOPTIMIZE PYTHONWARNINGS PYTHONSAFEPATH PIP_USER PIP_PREFIX PIP_TARGET "
        "PIP_REQUIRE_VIRTUALENV PIP_NO_DEPS UV_SYSTEM_PYTHON UV_PYTHON UV_REQUIRE_HASHES UV_TARGET UV_NO_DEPS "
        "JUPYTER_PORT JUPYTER_PATH JUPYTER_TOKEN MPLBACKEND MATPLOTLIBRC SSLKEYLOGFILE "
        "HDF5_USE_FILE_LOCKING".split(),
        "x",
    )
    good = dict.fromkeys(
        "PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_PROXY PIP_CERT PIP_TRUSTED_HOST PIP_FIND_LINKS UV_DEFAULT_INDEX "
        "UV_INDEX_MINE_PASSWORD UV_HTTP_TIMEOUT UV_NATIVE_TLS UV_CACHE_DIR HTTPS_PROXY CS231N_STRICT "
        "OPENBLAS_NUM_THREADS".split(),
        "x",
    )
    settings(**bad, **good)
    user_settings.keep_out()
    assert not bad.keys() & os.environ.keys() and os.environ.items() >= good.items()


@pytest.mark.parametrize("writable", [True, False])
def test_jupyter_ipython_and_matplotlib_have_folders_of_their_own(machine, settings, monkeypatch, writable):
    machine()
    venv = machine.folder / ".venv"
    monkeypatch.setattr(machine.start.os, "access", lambda path, mode: path != venv or writable)
    machine()
    for name in "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "MPLCONFIGDIR":
        assert Path(os.environ[name]).is_relative_to(venv) == writable
    assert not Path(os.environ["JUPYTER_RUNTIME_DIR"]).is_relative_to(machine.folder)


def test_pips_files_send_nothing_elsewhere_and_still_lead_to_packages(settings, tmp_path):
    pip = [sys.executable, "-m", "pip"]
    if own_environment.works(*pip, "--version") is False:
        pip = [shutil.which("pip") or "pip"]
    if not own_environment.works(*pip, "--version"):
        pytest.skip("asks a real pip")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        del os.environ[name]
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\ntimeout = 7\ntrusted-host = a.example\n    b.example\n"
        "[install]\ntimeout = 8\nuser = true\ntarget = elsewhere\nprefix = elsewhere\n",
        encoding="utf-8",
    )
    settings(PIP_CONFIG_FILE=str(file), PIP_RETRIES="9")
    user_settings.keep_out_of_pip(pip)
    assert os.environ["PIP_CONFIG_FILE"] == os.devnull
    assert (os.environ["PIP_TIMEOUT"], os.environ["PIP_RETRIES"]) == ("8", "9")
    assert os.environ["PIP_TRUSTED_HOST"].split() == ["a.example", "b.example"]
    assert not {"PIP_USER", "PIP_TARGET", "PIP_PREFIX"} & os.environ.keys()
    listed = subprocess.run([*pip, "config", "list"], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    assert "elsewhere" not in listed.stdout and "user" not in listed.stdout


def test_the_way_to_the_course_is_read_where_the_system_knows_ascii_only(tmp_path):
    """The oldest Pythons of the course read a .pth as the locale says, and died of a folder called Kurs 课."""
    course = tmp_path / "Kurs 课"
    (course / "cs231n").mkdir(parents=True)
    (course / "cs231n" / "__init__.py").touch()
    venv = course / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    python = next(
        path for path in (venv / "bin" / "python", venv / "Scripts" / "python.exe") if path.exists()
    )
    where = subprocess.check_output([python, "-c", own_environment.WHERE]).decode().strip()
    file = venv / where / "course.pth"
    file.write_text(os.path.relpath(course, file.parent) + "\n# numpy>=2", encoding="ascii")
    plain = {**os.environ, "LC_ALL": "C", "PYTHONPATH": "", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code = "import cs231n, os; print(os.path.samefile(os.path.dirname(cs231n.__file__), os.sys.argv[1]))"
    found = subprocess.check_output([python, "-c", code, course / "cs231n"], env=plain, cwd=tmp_path)
    assert found.split() == [b"True"]
