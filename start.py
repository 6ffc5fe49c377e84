"""Opens the course: python3 start.py   Its tests: python3 start.py test   Its live page: python3 start.py live
(Windows: py start.py) What is typed after it goes on: python3 start.py --no-browser --port 8890"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))


def main(arguments):
    from cs231n.course import own_environment, user_settings
    from cs231n.language import language, tr

    test = arguments[:1] == ["test"]
    user_settings.keep_out()
    try:
        own_environment.prepare(("test", "instructor") if test else ())
    except (OSError, own_environment.NotInstalled) as error:
        sentence = tr(
            "The course is not installed: {error}.\n{needs} Then try again.", error, what_it_needs()
        )
        return f"\n{sentence}"
    except KeyboardInterrupt:
        return "\n" + tr("Stopped. Start it again, and it installs what is missing.")
    if test:
        return run("-m", "pytest", *arguments[1:])
    if arguments[:1] == ["live"]:
        return run(ROOT / "site" / "build.py", "--serve", *arguments[1:])
    elsewhere = any("root_dir" in word or "notebook-dir" in word for word in arguments)
    options = [] if elsewhere else ["--ServerApp.root_dir=."]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        options.append("--allow-root")
    if not any(word.endswith(".ipynb") for word in arguments):
        edition = "zh_CN/" if language() == "zh_CN" else ""
        options.append(f"notebooks/{edition}00_look_at_the_data.ipynb")
    return run("-m", "jupyterlab", *arguments, *options)


def what_it_needs():
    from cs231n.language import tr

    if not os.access(ROOT, os.W_OK):
        return tr("{folder} cannot be written to. Copy it to a folder of yours.", ROOT)
    needs = tr("a network, and 600 MB of disk ({free} MB are free)", shutil.disk_usage(ROOT).free // 10**6)
    if os.name == "nt":
        needs += tr("; on Windows a short path, outside OneDrive")
    if sys.version_info >= (3, 15):
        needs += tr("; packages that are ready for Python {}.{}").format(*sys.version_info)
    return tr("It needs {needs}.", needs)


def run(*arguments):
    """Run the Python of .venv to its end; returns its exit status."""
    from cs231n.course.own_environment import PYTHON, VENV
    from cs231n.course.user_settings import own_folders

    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for JupyterLab, which asks before it ends
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ.update(own_folders(VENV if os.access(VENV, os.W_OK) else Path(folder)))
        os.environ["JUPYTER_RUNTIME_DIR"] = folder  # it refuses drives without permissions
        return subprocess.call([PYTHON, *arguments], cwd=ROOT)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (an old Python can read this file)
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.")
    try:
        sys.exit(main(sys.argv[1:]))
    except OSError as error:
        from cs231n.language import tr

        sys.exit(tr("The course cannot be started: {error}.", error))
