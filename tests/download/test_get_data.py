"""The doors: the script for any Python and any stream, and the function for notebooks."""

import ast
import os
import subprocess
import sys

import pytest
from world import FRONT, NEEDED, ROOT

from cs231n.course.download import DownloadError, cli, get_coco
from cs231n.course.download.archive import Manifest


def test_an_old_python_can_read_the_script():
    ast.parse(FRONT.read_text(encoding="utf-8"), feature_version=(3, 4))


def started(options=(), before=""):
    """get_data.py in another Python process, after some lines that change what it meets there."""
    code = f"import builtins, os, runpy, sys\n{before}\nsys.argv = ['get_data.py', *{list(options)}]\n"
    code += f"runpy.run_path({str(FRONT)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")


IMPORT = """
real = builtins.__import__
def replaced(name, *rest):
    if name.split(".")[0] == "requests":
        raise {}
    return real(name, *rest)
builtins.__import__ = replaced
"""
CANNOT_START = {
    "sys.version_info = (3, 8, 1)": "Python 3.11 or newer",
    IMPORT.format("ModuleNotFoundError('No', name='requests')"): "the package requests",
    IMPORT.format("OSError(5, 'Input/output error', 'x.pem')"): "could not be loaded: OSError: [Errno 5]",
    IMPORT.format("ImportError('DLL load failed')"): "could not be loaded: ImportError: DLL load failed",
    "os.environ['SSLKEYLOGFILE'] = 'x'" + IMPORT.format("OSError(13, 'x')"): "Remove SSLKEYLOGFILE",
}


@pytest.mark.parametrize("before", CANNOT_START, ids=CANNOT_START.values())
@pytest.mark.parametrize("course", [True, False], ids=["installed", "not installed"])
def test_what_cannot_start_says_why_and_which_python_has_the_course(before, course):
    """A system's Python refuses pip (PEP 668): no line advises it; each names a Python by its path."""
    words = CANNOT_START[before]
    before += "\nreal_exists = os.path.exists\n"
    before += f"os.path.exists = lambda p: {course} if '.venv' in str(p) else real_exists(p)\n"
    done = started(before=before + "sys.executable = '/usr/bin/python3'")
    assert done.returncode == 2 and "Traceback" not in done.stderr and "pip" not in done.stderr
    course_python = ROOT / ".venv" / ("Scripts\\python.exe" if os.name == "nt" else "bin/python")
    command = f'"{course_python}" "{FRONT}"' if course else f'"/usr/bin/python3" "{ROOT / "start.py"}"'
    for word in words, "This is the Python /usr/bin/python3", command:
        assert word in done.stderr


def test_a_stop_while_the_packages_are_read_is_no_traceback():
    done = started(before=IMPORT.format("KeyboardInterrupt"))
    assert done.returncode == 130 and "Traceback" not in done.stderr and "Stopped" in done.stderr


def test_the_script_runs_from_any_folder_without_any_environment(world):
    """No HOME, no PATH, no locale; -I: neither the current folder nor a setting is on the path."""
    keep = {name: os.environ[name] for name in ("SYSTEMROOT", "WINEPREFIX") if name in os.environ}
    command = [sys.executable, "-I", str(FRONT), *world.argv()]
    done = subprocess.run(command, cwd=world.folder, env=keep, capture_output=True, timeout=90)
    assert done.returncode == 0 and world.has(*NEEDED), done.stderr


# --- streams


def test_a_piped_stderr_gets_lines_and_no_bar(world):
    process = world.start()
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0 and out.startswith("All 3 files are in")
    assert "\r" not in err and "captions.h5: in place" in err


def test_nobody_listens_and_the_download_goes_on(world):
    """Standard output is closed before the first line, as by `| head -0`."""
    reader, writer = os.pipe()
    os.close(reader)
    process = world.start(stdout=writer, stderr=writer)
    os.close(writer)
    assert process.wait(timeout=90) == 0 and world.has(*NEEDED)


@pytest.mark.parametrize("options", [[], ["--list"]])
def test_without_any_output_stream(world, options):
    """As under pythonw, where sys.stdout and sys.stderr are None."""
    done = started(world.argv(*options), "sys.stdout = sys.stderr = None")
    assert done.returncode == 0 and done.stderr == ""


# --- the function


@pytest.fixture
def coco(world, monkeypatch):
    """get_coco reads the small manifest of this world."""
    monkeypatch.setattr(cli, "Manifest", lambda _: Manifest(world.manifest))
    return world


def test_get_coco_brings_the_needed_files_and_again_asks_nobody(coco):
    assert get_coco(coco.dest, quiet=True) == coco.dest and coco.has(*NEEDED)
    coco.server.log.clear()
    assert get_coco(str(coco.dest)) == coco.dest and coco.server.log == []
    assert get_coco(coco.dest, all_files=True, quiet=True) and coco.has(*coco.contents)


def test_get_coco_raises_a_readable_error(coco, monkeypatch):
    coco.server.files.clear()
    with pytest.raises(DownloadError, match="404(.|\n)*Kept: 0 of 3 files(.|\n)*newer version") as caught:
        get_coco(coco.dest, quiet=True)
    assert len(caught.traceback) == 2, "a notebook shows the call and the message, no more"
    with pytest.raises(DownloadError, match="No such file"):
        get_coco(coco.dest, only=["nothing"])

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_file", refuse)
    with pytest.raises(DownloadError, match="No permission"):
        get_coco(coco.dest)
