"""Look at the computer before the course starts, and say what is missing and how to mend it."""

import sys
from importlib import metadata
from pathlib import Path

from cs231n.coco_utils import COCO_DIR, SCENES_DIR

PACKAGES = ("numpy", "h5py", "matplotlib", "pillow", "requests", "sacrebleu", "tqdm", "ipywidgets")
NEEDED = (
    "coco2014_captions.h5",
    "coco2014_vocab.json",
    "train2014_vgg16_fc7_pca.h5",
    "val2014_vgg16_fc7_pca.h5",
    "train2014_urls.txt",
    "val2014_urls.txt",
)


def check_setup():
    """Print one line for each thing the course needs: ✓ it is there, ✗ it is not, with what to do."""
    for fine, text in [_python(), _packages(), _h5py_once(), _scenes(), _coco()]:
        print(f"{'·' if fine is None else '✓' if fine else '✗'} {text}")


def copies(name, paths=None):
    """Where a package is installed: more than one folder means that two copies get in each other's way.

    paths: folders to look in; left out, those that Python searches
    returns: list of its records, one a copy
    """
    found = metadata.distributions(name=name, **({} if paths is None else {"path": paths}))
    records = {str(getattr(copy, "_path", copy)): copy for copy in found}
    return list(records.values())


def installed_twice(name, prefix=sys.prefix, paths=None):
    """True when conda and pip each installed the package, or it lies in two folders.

    prefix: folder of the environment; conda keeps its own list there, in conda-meta
    """
    found = copies(name, paths)
    by_conda = any(Path(prefix, "conda-meta").glob(f"{name}-[0-9]*.json"))
    by_pip = any((copy.read_text("INSTALLER") or "").strip() in ("pip", "uv") for copy in found)
    return len(found) > 1 or (by_conda and by_pip)


def _python():
    fine = sys.version_info >= (3, 11)
    return (
        fine,
        "Python is new enough" if fine else f"Python is {sys.version.split()[0]}: the course needs 3.11",
    )


def _packages():
    if sys.platform == "emscripten":
        return True, "this is a browser: the packages came with the page"
    absent = [name for name in PACKAGES if not copies(name)]
    if absent:
        return False, f"not installed: {', '.join(absent)}. Run: python -m pip install {' '.join(absent)}"
    return True, "all packages are installed"


def _h5py_once():
    if installed_twice("h5py"):
        return False, (
            "h5py is installed twice, by conda and by pip; the two can crash each other. To mend it, run:\n"
            "    python -m pip uninstall --yes h5py\n"
            "    conda install --force-reinstall h5py"
        )
    return True, "h5py is installed once"


def _scenes():
    absent = [name for name in NEEDED if not (SCENES_DIR / name).is_file()]
    if absent:
        return False, f"datasets/scenes lacks {', '.join(absent)}. Run: git checkout datasets/scenes"
    return True, "the painted scenes are here: every chapter can run"


def _coco():
    absent = [name for name in NEEDED if not (COCO_DIR / name).is_file()]
    if absent:
        return None, "the COCO photographs' files are not here; you do not need them to start"
    return True, "the COCO photographs' files are here"
