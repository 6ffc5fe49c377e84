"""The doors: the script for any Python, the function for notebooks, the packaged manifest, the bar."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from world import NEEDED

import cs231n.course.download
from cs231n import progress_bar
from cs231n.course.download import DownloadError, cli, get_coco, report
from cs231n.course.download.cli import main, parser
from cs231n.course.download.manifest import COCO, Manifest
from cs231n.course.download.store import folder

ROOT = Path(__file__).parents[2]
FRONT = ROOT / "get_data.py"


unix = pytest.mark.skipif(os.name == "nt", reason="on Windows links need a privilege, and ~name is a guess")

# --- the script


def test_an_old_python_can_read_the_script():
    ast.parse(FRONT.read_text(encoding="utf-8"), feature_version=(3, 4))


def started(options=(), before=""):
    """get_data.py in another Python process, after some lines that change what it meets there."""
    code = f"import builtins, runpy, sys\n{before}\nsys.argv = ['get_data.py', *{list(options)}]\n"
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


@pytest.mark.parametrize(
    "before, words",
    [
        ("sys.version_info = (3, 8, 1)", ["Python 3.11 or newer"]),
        (IMPORT.format("ModuleNotFoundError('No', name='requests')"), ["the package requests"]),
        (IMPORT.format("OSError(5, 'Input/output error', 'x.pem')"), ["could not be loaded", "x.pem"]),
        (IMPORT.format("ImportError('DLL load failed')"), ["could not be loaded", "DLL load failed"]),
    ],
)
@pytest.mark.parametrize("course", [True, False], ids=["installed", "not installed"])
def test_what_cannot_start_says_why_and_which_python_has_the_course(before, words, course):
    """A system's Python refuses pip (PEP 668): no line advises it; each names a Python by its path."""
    before += "\nimport os\nreal_exists = os.path.exists\n"
    before += f"os.path.exists = lambda p: {course} if '.venv' in str(p) else real_exists(p)\n"
    before += "sys.executable = '/usr/bin/python3'"
    done = started(before=before)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    course_python = str(ROOT / ".venv" / ("Scripts\\python.exe" if os.name == "nt" else "bin/python"))
    expected = f'"{course_python}" "{FRONT}"' if course else f'"/usr/bin/python3" "{ROOT / "start.py"}"'
    for word in [*words, "This is the Python /usr/bin/python3", expected]:
        assert word in done.stderr
    assert "pip" not in done.stderr


def test_a_stop_while_the_packages_are_read_is_no_traceback():
    done = started(before=IMPORT.format("KeyboardInterrupt"))
    assert done.returncode == 130 and "Traceback" not in done.stderr and "Stopped" in done.stderr


def test_the_script_runs_from_any_folder_without_the_package(world):
    """-I: neither the current folder nor the environment's settings are on the path."""
    command = [sys.executable, "-I", str(FRONT), *world.argv("--list")]
    done = subprocess.run(command, cwd=world.folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0 and "captions.h5" in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        ["--url", "ftp://x/y"],
        ["--retries", "-1"],
        ["--timeout", "0"],
        ["--timeout", "inf"],
        ["--timeout", "nan"],
        ["--zip", "a", "--url", "http://b/c"],
        ["--zip", ""],
        ["--dest", ""],
        pytest.param(["--dest", "~nosuchperson/data"], marks=unix),
    ],
)
def test_nonsense_ends_with_2(world, options):
    assert world.run(*options) == 2


def test_a_manifest_of_another_form_ends_with_2(world):
    for text in ("", "[]", "{}", '{"archive": {"urls": []}, "files": {}}'):
        world.manifest.write_text(text, encoding="utf-8")
        assert world.run() == 2
        assert "manifest" in world.err or "Addresses" in world.err


def test_every_option_is_explained():
    text = parser().format_help()
    names = "all only dest zip url verify list force clean manifest retries timeout quiet"
    for option in names.split():
        assert f"--{option}" in text
    for word in ("130", "default: 30", "default: 5", "303 MB", "2.3 GB", "CS231N_DATA_URL", "examples:"):
        assert word in " ".join(text.split())


def test_the_sizes_in_the_help_are_the_manifests():
    manifest = Manifest()
    needed = sum(manifest.files[name].bytes for name in manifest.needed)
    assert f"{needed / 1e6:.0f} MB on the disk" in parser().format_help()
    assert (
        f"{sum(file.bytes for file in manifest.files.values()) / 1e9:.1f} GB on the disk"
        in parser().format_help()
    )


@unix
def test_a_loop_of_links_ends_with_2(world):
    (world.folder / "a").symlink_to(world.folder / "b")
    (world.folder / "b").symlink_to(world.folder / "a")
    assert world.run("--dest", world.folder / "a" / "data") in (2, 4)
    assert "Traceback" not in world.said


def test_a_mirror_and_a_folder_may_stand_in_the_environment(world, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_URL", world.url)
    monkeypatch.setenv("CS231N_DATA_DIR", str(world.folder / "elsewhere"))
    world.manifest = world.write_manifest(["http://127.0.0.1:9/none.zip"])
    assert main(["--manifest", str(world.manifest)]) == 0
    assert (world.folder / "elsewhere" / "vocab.json").is_file()


# --- the manifest


def test_the_default_folder_is_in_the_pack():
    assert folder() == ROOT / "datasets" / "coco_captioning"


def test_the_manifest_has_ten_files_of_which_six_are_needed():
    manifest = Manifest()
    assert len(manifest.files) == 10 and len(manifest.needed) == 6
    assert manifest.urls[0].startswith("https://") and manifest.archive_name == "coco_captioning.zip"
    assert COCO.parent == Path(cs231n.course.download.__file__).parent


# --- the function


@pytest.fixture
def coco(world, monkeypatch):
    """get_coco reads the small manifest of this world."""
    monkeypatch.setattr(cli, "Manifest", lambda _: Manifest(world.manifest))
    return world


def test_get_coco_brings_the_files_and_returns_their_folder(coco, monkeypatch):
    monkeypatch.setattr(report, "in_notebook", lambda: True)  # where standard error looks like a fault
    assert get_coco(coco.dest) == coco.dest
    assert coco.has(*NEEDED)
    captured = coco.capsys.readouterr()
    assert captured.err == "" and "features.h5" in captured.out


def test_get_coco_again_asks_nobody(coco):
    get_coco(coco.dest, quiet=True)
    coco.server.log.clear()
    get_coco(str(coco.dest), quiet=True)
    assert coco.server.log == []


def test_get_coco_raises_a_readable_error(coco):
    coco.server.files.clear()
    with pytest.raises(DownloadError, match="404(.|\n)*Kept: 0 of 3 files(.|\n)*newer version") as caught:
        get_coco(coco.dest, quiet=True)
    assert len(caught.traceback) == 2, "a notebook shows the call and the message, no more"
    with pytest.raises(DownloadError, match="No such file"):
        get_coco(coco.dest, only=["nothing"])


# --- the bar


@pytest.fixture
def shown(monkeypatch):
    """Bars are shown, as in a terminal, also where the environment switches them off."""
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setitem(report.BAR, "disable", False)


def test_the_bar_counts_what_was_there_before_and_tells_a_silence(shown, capsys):
    bar = report.Report()
    bar.begin(1000, 400)
    bar.heard -= 7.2
    bar.advance(0)
    bar.advance(600)
    bar.note("one thing to say\x1b[2J")
    bar.close()
    said = capsys.readouterr().err
    assert "nothing for 7 s" in said and "100%" in said and "one thing to say?[2J\n" in said


def test_the_notebook_bar_needs_ipywidgets_and_does_without(shown, monkeypatch, capsys):
    for module in (report, progress_bar):
        monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    bar = report.Report()
    bar.begin(1000, 0)
    bar.advance(1000)
    bar.close()
    captured = capsys.readouterr()
    assert "100%" in captured.out and captured.err == ""


def test_a_line_tells_how_far_it_is_and_the_time_left(monkeypatch, capsys):
    lines = report.Report()
    clock = iter([0.0, 5.0, 12.0, 30.0])
    monkeypatch.setattr(report.time, "monotonic", lambda: next(clock))
    lines.begin(100_000_000, 0)
    for count in (30_000_000, 30_000_000, 0):
        lines.advance(count)
    assert capsys.readouterr().err == "60 MB of 100 MB, 8 s left\n60 MB of 100 MB, nothing for 18 s\n"
