"""The course's own environment, the folder .venv: made and filled by start.py, with nothing but Python itself."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from cs231n.course.user_settings import keep_out_of_pip
from cs231n.language import tr

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WHERE = """import os, sys, sysconfig
print(os.path.relpath(sysconfig.get_path("purelib"), sys.prefix))
sys.exit(sys.version_info < (3, 11))"""


class NotInstalled(Exception):
    """Why the packages are not there, as far as it is known."""


def prepare(extras=()):
    """Bring .venv to what pyproject.toml asks for; at once where nothing has changed since the last time.

    extras: names of its optional dependencies
    NotInstalled, OSError: when that cannot be done
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = sum((project["optional-dependencies"][extra] for extra in extras), project["dependencies"])
    state = state_file()
    if state is None or _is_half_done(state):
        make_venv()
        state = state_file()
        state.touch()
    # The way from there to cs231n, in ASCII whatever the folders are called: older Pythons read it as the system
    # encodes text. For Python the other lines are comments.
    wanted = [os.path.relpath(ROOT, state.parent), *(f"# {package}" for package in packages)]
    if state.exists() and set(wanted) <= set(state.read_text(encoding="utf-8").splitlines()):
        return
    print(tr("Installing the course into .venv. It takes a minute, or more on a slow network."), flush=True)
    for installer in _installers():
        if subprocess.call([*installer, *packages]) == 0:
            load = "import h5py, matplotlib, jupyterlab" + ", pytest, nbval" * bool(extras)
            if subprocess.call([PYTHON, "-c", load]) == 0:
                state.write_text("\n".join(wanted), encoding="utf-8")
                return
            print(tr("What was installed cannot be loaded from .venv."), flush=True)
    raise NotInstalled(tr("the lines above say why"))


def state_file():
    """A file of .venv that Python reads when it starts; None where there is no Python that will do."""
    try:
        said = subprocess.check_output([PYTHON, "-c", WHERE], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
    return VENV / said.decode().strip() / "course.pth"


def _is_half_done(state):
    """Whether the first installation did not come to its end. An environment made by hand has no such file."""
    return state.exists() and not state.read_bytes()


def make_venv():
    command = [sys.executable, "-m", "venv", "--without-pip", VENV]
    if not works(*command, "--clear"):
        (VENV / "lib64").mkdir(
            parents=True, exist_ok=True
        )  # else venv makes a link, which some drives refuse
        if subprocess.call(command) != 0:
            raise NotInstalled(tr("the lines above say why"))


def _installers():
    """The commands that install into .venv: uv without the user's files, uv with them, a pip in it or outside."""
    uv = works("uv", "--version")
    if uv:
        yield ["uv", "--no-config", "pip", "install", "--python", PYTHON]
        yield ["uv", "pip", "install", "--python", PYTHON]  # where only its own files lead to packages
    works(PYTHON, "-m", "ensurepip")
    for pip in [PYTHON, "-m", "pip"], [sys.executable, "-m", "pip"], ["pip"]:
        if works(*pip, "--python", PYTHON, "--version"):
            keep_out_of_pip(pip)
            yield [*pip, "--python", PYTHON, "install"]
            return
    if not uv:
        raise NotInstalled(
            tr("this Python has no pip. Type: sudo apt install python{}.{}-venv").format(*sys.version_info)
        )


def works(*command):
    """Whether a command runs and ends well."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False
