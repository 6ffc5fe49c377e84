"""Downloads the COCO captions and features that the notebooks read: python get_data.py

The work is done in cs231n/course/download/. This file runs on any Python, if only to say which one is needed.
"""

# Written so that an old Python can read it.
# ruff: noqa: UP030, UP032, UP036, PTH100, PTH120

import json
import os
import sys


def refuse(what):
    """Say why it cannot start; exit status 2."""
    if "--json" in sys.argv:
        print(json.dumps({"event": "end", "status": 2, "text": what}))
    else:
        sys.stderr.write(what + "\n")
    return 2


def main():
    if sys.version_info < (3, 11):
        return refuse(
            "get_data.py needs Python 3.11 or newer; this is Python {0} ({1}).\n"
            "Activate the environment of the course (see README.md) and run it again.".format(
                ".".join(str(number) for number in sys.version_info[:3]), sys.executable
            )
        )
    import importlib.util

    missing = [name for name in ("requests", "tqdm") if importlib.util.find_spec(name) is None]
    if missing:
        return refuse(
            "get_data.py needs the package{0} {1}, which this Python does not have ({2}).\n"
            'Install: "{2}" -m pip install {3}\n'
            "or activate the environment of the course (see README.md).".format(
                "s" if len(missing) > 1 else "", " and ".join(missing), sys.executable, " ".join(missing)
            )
        )
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # there is none under pythonw
            stream.reconfigure(errors="backslashreplace")  # a console that cannot show a folder's name

    from cs231n.course.download.cli import main as run

    return run()


if __name__ == "__main__":
    status = 1
    try:
        status = main()
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped before anything was fetched.\n")
        status = 130
    except OSError:  # the reader of a pipe has gone; what was to be said, nobody hears
        pass
    if sys.stdout is not None:
        try:
            sys.stdout.close()
        except OSError:
            pass
    sys.exit(status)
