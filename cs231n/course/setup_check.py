"""Look at the computer before the course starts, and say what is missing and how to fix it."""

import json
import os
import shutil
import sys
import sysconfig
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from cs231n.coco_utils import COCO_DIR, SCENES_DIR
from cs231n.exercises import bank
from cs231n.exercises.judge import telling
from cs231n.exercises.judge.changed_reference import changed_reference
from cs231n.exercises.say.printing import printable
from cs231n.exercises.say.words import message
from cs231n.language import tr
from cs231n.this_python import ROOT, python

PACKAGES = ("numpy", "h5py", "matplotlib", "pillow", "requests", "sacrebleu", "tqdm", "ipywidgets")
MANIFEST = (
    Path(__file__).parent / "download" / "coco_manifest.json"
)  # read as a file: requests may be missing
NEEDED = json.loads(MANIFEST.read_text(encoding="utf-8"))["needed_by_the_notebooks"]


def check_setup():
    """Print one line for each thing the course needs: ✓ it is there, ✗ it is not, with what to do."""
    for fine, text in [_python(), _packages(), _h5py_once(), _reference(), _scenes(), _coco()]:
        print(printable(f"{'·' if fine is None else '✓' if fine else '✗'} {text}"))


def copies(name, paths=None):
    """The folders where a package is installed: in more than one, two copies get in each other's way.

    paths: folders to look in; left out, those that Python searches
    returns: list of paths without links, for on some systems lib64 is a link to lib
    """
    found = metadata.distributions(name=name, **({} if paths is None else {"path": paths}))
    return sorted({os.path.realpath(copy.locate_file("")) for copy in found})


def by_conda_and_pip(name, prefix=sys.prefix, paths=None):
    """True when conda and pip each installed the package into one folder.

    prefix: folder of the environment; conda keeps its own list there, in conda-meta
    """
    found = metadata.distributions(name=name, **({} if paths is None else {"path": paths}))
    by_pip = any((copy.read_text("INSTALLER") or "").strip() in ("pip", "uv") for copy in found)
    return by_pip and any(Path(prefix, "conda-meta").glob(f"{name}-[0-9]*.json"))


def how_to_install(names, prefix=sys.prefix):
    """What to type so that this Python has these packages, wherever it comes from."""
    packages = " ".join(names)
    if Path(prefix, "conda-meta").is_dir():
        return tr(
            'type: conda install --prefix "{prefix}" --channel conda-forge {packages}', prefix, packages
        )
    if prefix == sys.base_prefix and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").exists():
        return tr(
            "this Python belongs to the system. In the folder {folder}, type: {python} start.py",
            ROOT,
            python(),
        )
    if find_spec("pip"):
        return tr(
            "in the folder {folder}, type: {python} -m pip install {packages}", ROOT, python(), packages
        )
    if shutil.which("uv"):
        return tr(
            "in the folder {folder}, type: uv pip install --python {python} {packages}",
            ROOT,
            python(),
            packages,
        )
    return tr(
        "in the folder {folder}, type:\n    {python} -m ensurepip\n    {python} -m pip install {packages}",
        ROOT,
        python(),
        packages,
    )


def _python():
    fine = sys.version_info >= (3, 11)
    return (
        fine,
        tr("Python is new enough")
        if fine
        else tr("Python is {version}: the course needs 3.11", sys.version.split()[0]),
    )


def _packages():
    if sys.platform == "emscripten":
        return True, tr("this is a browser: the packages came with the page")
    absent = [name for name in PACKAGES if not copies(name)]
    if absent:
        return False, tr(
            "not installed: {names}. To fix it, {how}", ", ".join(absent), how_to_install(absent)
        )
    if others := _other_versions():
        found = ", ".join(f"{each.name} {metadata.version(each.name)}" for each in others)
        ranges = how_to_install([f'"{each}"' for each in others])
        return None, tr("the course was not tried with {found}. If something breaks, {ranges}", found, ranges)
    return True, tr("all packages are installed")


def _other_versions():
    """The requirements of pyproject.toml that an installed package does not meet."""
    file = ROOT / "pyproject.toml"
    if not file.exists():
        return []
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["dependencies"]
    here = [each for each in map(Requirement, listed) if copies(each.name)]
    return [each for each in here if not each.specifier.contains(metadata.version(each.name), True)]


def _h5py_once():
    folders = copies("h5py")
    if by_conda_and_pip("h5py"):
        return False, (
            tr(
                "h5py is installed twice, by conda and by pip; the two can crash each other. To "
                "fix it, type:\n    {python} -m pip uninstall --yes h5py\n    conda install "
                '--prefix "{prefix}" --channel conda-forge --force-reinstall h5py',
                python(),
                sys.prefix,
            )
        )
    if len(folders) > 1:
        where = "\n    ".join(folders)
        outside = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
        if {os.path.realpath(path) for path in outside} & set(folders):
            mend = tr("One is there through PYTHONPATH: remove that from the environment, and start again.")
        else:
            mend = tr("Which one is used depends on their order. If h5py makes trouble, remove one of them.")
        return False, tr(
            "h5py is installed in {count} folders:\n    {where}\n  {mend}", len(folders), where, mend
        )
    return True, tr("h5py is installed once")


def _reference():
    names = () if sys.platform == "emscripten" else bank.ORDER  # in a browser nobody changes files
    if changed := next(filter(None, map(changed_reference, names)), None):
        return False, message(telling.reference_changed(changed)).removeprefix("✗ ")
    return True, tr("what your answers are compared with is as it should be")


def _scenes():
    absent = [name for name in NEEDED if not (SCENES_DIR / name).is_file()]
    if absent:
        return False, tr(
            "datasets/scenes lacks {names}. Run: git checkout datasets/scenes", ", ".join(absent)
        )
    return True, tr("the painted scenes are here: every chapter can run")


def _coco():
    absent = [name for name in NEEDED if not (COCO_DIR / name).is_file()]
    if absent:
        return None, (
            tr(
                "the COCO photographs' files are not here; you do not need them to start.\n    To "
                "get them, type in a terminal, in the folder of the course: {python} get_data.py",
                python(),
            )
        )
    return True, tr("the COCO photographs' files are here")
