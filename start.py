"""Opens the course: python3 start.py   Runs its tests: python3 start.py test   (Windows: py start.py)
What is typed after it goes on to JupyterLab or to pytest: python3 start.py --no-browser --port 8890"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STATE = VENV / "course.txt"  # what is installed; empty while the first installation goes on


def works(*command):
    """Whether a command runs and ends well."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def installer():
    """The command that installs into .venv: uv, or a pip inside or outside of it."""
    if works("uv", "--version"):
        return ["uv", "pip", "install", "--python", PYTHON]
    works(PYTHON, "-m", "ensurepip")
    for pip in [PYTHON, "-m", "pip"], [sys.executable, "-m", "pip"], ["pip"]:
        if works(*pip, "--python", PYTHON, "--version"):
            return [*pip, "--python", PYTHON, "install"]
    sys.exit("This Python has no pip. Type: sudo apt install python{}.{}-venv".format(*sys.version_info))


def prepare(extra):
    """Bring .venv to what pyproject.toml asks for."""
    wanted = (ROOT / "pyproject.toml").read_bytes() + os.fsencode(f"# in {ROOT}\n{extra}")
    state = STATE.read_bytes() if STATE.exists() else None  # None: no .venv, or one made by hand
    if state == b"" or not works(PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"):
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV])
        STATE.touch()
    elif state and state.startswith(wanted):
        return
    print("Installing the course into .venv. It takes a minute, or more on a slow network.", flush=True)
    subprocess.check_call([*installer(), "-e", "." + extra], cwd=ROOT)
    STATE.write_bytes(wanted)


def main(arguments):
    test = arguments[:1] == ["test"]
    os.environ["PYTHONIOENCODING"] = "utf-8"  # pip prints its folder, whatever letters that has
    try:
        prepare("[test,instructor]" if test else "")
    except (OSError, subprocess.CalledProcessError, KeyboardInterrupt) as error:
        why = error if isinstance(error, OSError) else "the lines above say why"
        needs = f"a network, and 600 MB of disk ({shutil.disk_usage(ROOT).free // 10**6} MB are free)"
        needs += "; on Windows a short path, outside OneDrive" * (os.name == "nt")
        return f"\nThe course is not installed: {why}.\nIt needs {needs}. Then try again."
    command = ["pytest", *arguments[1:]] if test else ["jupyterlab", *arguments]
    if not test and not any(word.endswith(".ipynb") for word in arguments):
        command.append("notebooks/00_look_at_the_data.ipynb")
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for JupyterLab, which asks before it ends
    return subprocess.call([PYTHON, "-m", *command], cwd=ROOT)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (an old Python can read this file)
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.")
    sys.exit(main(sys.argv[1:]))
