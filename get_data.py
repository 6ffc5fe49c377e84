"""Downloads the COCO captions and features that the notebooks read: python get_data.py

The work is done in cs231n/course/download/. This file runs on any Python, if only to say which one is needed.
"""

# ruff: noqa: UP032, UP036, PTH100, PTH110, PTH118, PTH120

import contextlib
import os
import sys

try:
    from cs231n.language import tr
except Exception:  # an old Python that cannot read it

    def tr(sentence):
        return sentence


ROOT = os.path.dirname(os.path.abspath(__file__))
COURSE = os.path.join(ROOT, ".venv", "Scripts\\python.exe" if os.name == "nt" else "bin/python")


def refuse(what):
    """Say why it cannot start, and which Python to take; exit status 2."""
    step = tr('Type: "{}" "{}"').format(COURSE, os.path.join(ROOT, "get_data.py"))
    if not os.path.exists(COURSE) or os.path.abspath(sys.executable) == COURSE:
        start = os.path.join(ROOT, "start.py")
        step = tr('Install the course first: "{}" "{}"').format(sys.executable, start)
        step += "\n" + tr("Or activate the environment that has it (see README.md).")
    print(tr("{}\nThis is the Python {}.\n{}").format(what, sys.executable, step), file=sys.stderr)
    return 2


def main():
    """Run the command; its exit status."""
    if sys.version_info < (3, 11):
        return refuse(tr("get_data.py needs Python 3.11 or newer."))
    sys.path.insert(0, ROOT)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # there is none under pythonw
            stream.reconfigure(errors="backslashreplace")  # a console that cannot show a folder's name
    try:
        from cs231n.course.download.cli import main as run
    except ModuleNotFoundError as error:
        return refuse(tr("get_data.py needs the package {}, which is not installed.").format(error.name))
    except Exception as error:
        keylog = tr("Remove SSLKEYLOGFILE from the environment, if it names what cannot be written.")
        what = tr("A module could not be loaded: {}: {}").format(type(error).__name__, error)
        return refuse(what + ("\n" + keylog) * ("SSLKEYLOGFILE" in os.environ))
    return run()


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        print(tr("Stopped before anything was fetched."), file=sys.stderr)
        status = 130
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError):  # a pipe's reader has gone, or there never was one
            stream.close()
    sys.exit(status)
