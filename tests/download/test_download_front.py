"""The doors: the script for any Python, the function for notebooks, the packaged manifest, the bar."""

import ast
import io
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from tqdm import tqdm
from world import NEEDED

import cs231n.course.download
from cs231n.course.download import DownloadError, get_coco, report
from cs231n.course.download.cli import main, parser
from cs231n.course.download.manifest import COCO, load_manifest
from cs231n.course.download.store import default_folder

ROOT = Path(__file__).parents[2]
FRONT = ROOT / "get_data.py"


unix = pytest.mark.skipif(os.name == "nt", reason="on Windows links need a privilege, and ~name is a guess")

# --- the script


def test_an_old_python_can_read_the_script():
    ast.parse(FRONT.read_text(encoding="utf-8"), feature_version=(3, 4))


@pytest.mark.parametrize("version, package", [((3, 8, 1), None), (None, "requests"), (None, "tqdm")])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_wrong_interpreter_is_told_what_to_install(version, package, options):
    """The script sees another version or misses a package, as with the wrong interpreter."""
    lie = f"sys.version_info = {version}" if version else "pass"
    hide = (
        f"real = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name, *r: None if name == {package!r} else real(name, *r)"
    )
    code = (
        f"import importlib.util, runpy, sys\n{hide}\nsys.argv = ['get_data.py', *{options}]\n{lie}\n"
        f"runpy.run_path({str(FRONT)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 2
    assert (package or "Python 3.11 or newer") in (done.stdout if options else done.stderr)
    if options:
        assert json.loads(done.stdout)["status"] == 2 and done.stderr == ""


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
        ["--connections", "5"],
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
    names = "all only dest zip url full verify list force keep-zip clean dry-run manifest connections "
    names += "retries timeout quiet json"
    for option in names.split():
        assert f"--{option}" in text
    for word in ("130", "default: 30", "default: 5", "303 MB", "2.3 GB", "CS231N_DATA_URL", "examples:"):
        assert word in " ".join(text.split())


def test_the_sizes_in_the_help_are_the_manifests():
    manifest = load_manifest()
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


def test_a_stop_while_the_packages_are_read_is_no_traceback(world):
    code = (
        "import builtins, runpy, sys\nreal = builtins.__import__\n"
        "def stop(name, *rest):\n"
        "    if name == 'requests': raise KeyboardInterrupt\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = stop\nsys.argv = ['get_data.py']\n"
        f"runpy.run_path({str(FRONT)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 130 and "Traceback" not in done.stderr and "Stopped" in done.stderr


def test_a_mirror_and_a_folder_may_stand_in_the_environment(world, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_URL", world.url)
    monkeypatch.setenv("CS231N_DATA_DIR", str(world.folder / "elsewhere"))
    world.manifest = world.write_manifest(["http://127.0.0.1:9/none.zip"])
    assert main(["--manifest", str(world.manifest)]) == 0
    assert (world.folder / "elsewhere" / "vocab.json").is_file()


def test_a_dry_run_says_what_would_come_and_asks_nobody(world):
    world.half("captions.h5")
    assert main(world.argv("--dry-run")) == 0
    out = world.capsys.readouterr().out
    assert "Would bring 3 files" in out and world.url in out and "features.h5" in out
    assert world.server.log == [] and [path.name for path in world.dest.iterdir()] == ["captions.h5"]
    world.run()
    assert world.run("--dry-run") == 0 and "Nothing to do" in world.out


# --- the manifest


def test_the_default_folder_is_in_the_pack():
    assert default_folder() == ROOT / "datasets" / "coco_captioning"


def test_the_manifest_has_ten_files_of_which_six_are_needed():
    manifest = load_manifest()
    assert len(manifest.files) == 10 and len(manifest.needed) == 6
    assert manifest.urls[0].startswith("https://") and manifest.archive_name == "coco_captioning.zip"
    assert COCO.parent == Path(cs231n.course.download.__file__).parent


# --- the function


@pytest.fixture
def coco(world, monkeypatch):
    """get_coco reads the small manifest of this world."""
    monkeypatch.setattr(cs231n.course.download, "load_manifest", lambda: load_manifest(world.manifest))
    return world


def test_get_coco_brings_the_files_and_returns_their_folder(coco):
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


@pytest.fixture(autouse=True)
def bars_are_shown(monkeypatch):
    """Also where the environment switches bars off for notebooks that are tested."""
    monkeypatch.setattr(report, "tqdm", partial(tqdm, disable=False))


def test_the_bar_counts_what_was_there_before():
    stream = io.StringIO()
    bar = report.Bar(stream)
    bar.begin(1000, 400)
    bar.advance(600)
    bar.note("one thing to say")
    bar.close()
    assert "100%" in stream.getvalue() and "one thing to say\n" in stream.getvalue()


def test_the_bar_names_the_file_and_says_when_nothing_comes():
    stream = io.StringIO()
    bar = report.Bar(stream)
    bar.begin(1000, 0)
    bar.working_on("features.h5")
    bar.silence(7.2)
    bar.close()
    assert "features.h5" in stream.getvalue() and "nothing for 7 s" in stream.getvalue()


def test_the_notebook_bar_needs_ipywidgets_and_does_without(monkeypatch, capsys):
    monkeypatch.setattr(report, "in_notebook", lambda: True)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    bar = report.for_notebook()
    bar.begin(1000, 0)
    bar.advance(1000)
    bar.close()
    captured = capsys.readouterr()
    assert "100%" in captured.out and captured.err == ""


def test_a_line_tells_rate_and_time_left(monkeypatch):
    stream = io.StringIO()
    lines = report.Lines(stream)
    clock = iter([0.0, 5.0, 12.0])
    monkeypatch.setattr(report.time, "monotonic", lambda: next(clock))
    lines.begin(100_000_000, 0)
    lines.advance(30_000_000)
    lines.advance(30_000_000)
    assert stream.getvalue() == "60 MB of 100 MB, 5.0 MB/s, 8 s left\n"
