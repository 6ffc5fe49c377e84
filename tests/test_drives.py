"""Files are read from drives that cannot do everything: no locks, no mapping into memory, no right to read."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from cs231n import coco_utils
from cs231n.grid_utils import load_grid_features
from tests.coco_like import write_coco_like

ROOT = Path(__file__).resolve().parent.parent
COMPILER = shutil.which("cc")
CANNOT = """
#include <errno.h>
#include <stdlib.h>
int flock(int file, int operation) { errno = atoi(getenv("FLOCK_ERRNO")); return -1; }
int symlink(const char *target, const char *path) { errno = EPERM; return -1; }
"""
READ_ALL = """
import sys
from cs231n.coco_utils import SCENES_DIR, load_coco_data
from cs231n.course.scenes import extractor, files
from cs231n.grid_utils import load_grid_features
load_coco_data(SCENES_DIR, max_train=10)
extractor.extract_features(files.load_pictures("val", [0]))
load_grid_features(sys.argv[1])
print("all read")
"""


@pytest.fixture(scope="module")
def grid_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("drive") / "grid.h5"
    with h5py.File(path, "w") as file:
        file["features"] = np.ones((2, 25, 64), np.float16)
    return path


@pytest.fixture(scope="module")
def poor_drive(tmp_path_factory):
    """A library to preload, with which no drive has locks or links."""
    if sys.platform != "linux" or COMPILER is None:
        pytest.skip("preloads functions of its own")
    folder = tmp_path_factory.mktemp("cannot")
    (folder / "cannot.c").write_text(CANNOT, encoding="utf-8")
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", "cannot.so", "cannot.c"], cwd=folder, check=True)
    return folder / "cannot.so"


@pytest.mark.parametrize("number", [37, 95, 5, 11])  # ENOLCK, EOPNOTSUPP, EIO, EAGAIN of Linux
def test_a_drive_that_refuses_locks_is_read_as_any_other(poor_drive, grid_file, number):
    variables = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
    variables |= {"LD_PRELOAD": str(poor_drive), "FLOCK_ERRNO": str(number), "PYTHONPATH": str(ROOT)}
    locked = f"import h5py; h5py.File({str(grid_file)!r})"
    refused = subprocess.run([sys.executable, "-c", locked], env=variables, capture_output=True, check=False)
    assert b"unable to lock file" in refused.stderr  # the stand-in does refuse
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(grid_file)], env=variables, capture_output=True, check=False
    )
    assert done.stdout.split() == [b"all", b"read"], done.stderr.decode()


def test_one_function_opens_what_is_read():
    for path in (ROOT / "cs231n").rglob("*.py"):
        opened = re.findall(r"h5py\.File\((.*)\)", path.read_text(encoding="utf-8"))
        assert path.name == "files.py" or all('"w"' in how for how in opened), path


def test_a_drive_that_maps_no_files_into_memory(monkeypatch, tmp_path, grid_file):
    folder = write_coco_like(tmp_path, 40, 8)
    mapped = coco_utils.load_coco_data(folder, pca_features=True, max_train=3)
    cells = np.array(load_grid_features(grid_file))

    def refuses(*_):
        raise OSError(19, "No such device")

    monkeypatch.setattr(coco_utils.np, "memmap", refuses)
    read = coco_utils.load_coco_data(folder, pca_features=True, max_train=3)
    for split in ("train", "val"):
        assert np.array_equal(read[f"{split}_features"], mapped[f"{split}_features"])
    assert np.array_equal(load_grid_features(grid_file), cells)


@pytest.mark.parametrize("load", [coco_utils.load_coco_data, load_grid_features])
def test_a_file_that_the_system_does_not_let_read_is_not_called_damaged(
    monkeypatch, tmp_path, grid_file, load
):
    def refuses(path):
        raise PermissionError(13, "Unable to synchronously open file")

    for module in ("coco_utils", "grid_utils"):
        monkeypatch.setattr(f"cs231n.{module}.open_h5", refuses)
    path = write_coco_like(tmp_path, 40, 8) if load is coco_utils.load_coco_data else grid_file
    with pytest.raises(PermissionError, match="cannot be read: .*[Pp]ermission") as raised:
        load(path)
    assert "damaged" not in str(raised.value) and ".h5" in str(raised.value)


def test_a_drive_without_links_gets_the_courses_environment(poor_drive, tmp_path):
    code = (
        "import sys, pathlib; from cs231n.course import own_environment as own\n"
        "own.VENV = pathlib.Path(sys.argv[1]); own.PYTHON = own.VENV / 'bin' / 'python'\n"
        "own.make_venv(); print(own.state_file().parent.is_dir())"
    )
    variables = {**os.environ, "LD_PRELOAD": str(poor_drive), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "venv")], env=variables, capture_output=True, check=False
    )
    assert done.stdout.split() == [b"True"], done.stderr.decode()
    assert not any(path.is_symlink() for path in (tmp_path / "venv").rglob("*"))


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="asks git for the files"
)
def test_the_course_fits_on_drives_without_case_and_with_short_names():
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT).decode().strip("\0").split("\0")
    assert len({name.casefold() for name in listed}) == len(listed)
    reserved = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ](/|$)|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)', re.I)
    assert not [name for name in listed if reserved.search(name) or not name.isascii() or len(name) > 120]
