"""Python for a browser: the files of Pyodide that the live page needs, from a folder or fetched once."""

import hashlib
import json
import os
import urllib.request
from pathlib import Path

from course_wheel import ROOT

VERSION = "314.0.3"
ADDRESS = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
NUMPY = "numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
FILES = {  # with their SHA-256
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
    NUMPY: "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e",
}
KEPT = ROOT / "build" / f"pyodide-{VERSION}"


def runtime():
    """The folder of the runtime: that of CS231N_PYODIDE, else the one that `fetch` filled, or None."""
    given = os.environ.get("CS231N_PYODIDE")
    folder = Path(given) if given else KEPT
    return folder if not missing(folder) else None


def missing(folder):
    """The files that the folder lacks."""
    return [name for name in FILES if not (folder / name).is_file()]


def fetch():
    """Fetch the runtime into build/, 16 MB, unless it is there. Returns its folder.

    OSError: when a file cannot be had; ValueError: when it is not the one that was tested
    """
    if folder := runtime():
        return folder
    if given := os.environ.get("CS231N_PYODIDE"):
        raise OSError(f"CS231N_PYODIDE is {given}: there is no {missing(Path(given))[0]} in it")
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in missing(KEPT):
        with urllib.request.urlopen(ADDRESS + name, timeout=60) as answer:
            content = answer.read()
        if hashlib.sha256(content).hexdigest() != FILES[name]:
            raise ValueError(f"{ADDRESS}{name} is not the file that this course was tested with")
        part = KEPT / f"{name}.part"
        part.write_bytes(content)
        part.replace(KEPT / name)
    return KEPT


def lock(folder):
    """What Pyodide has to know of its packages, as JSON: NumPy alone."""
    content = (folder / NUMPY).read_bytes()
    numpy = {
        "depends": [],
        "file_name": NUMPY,
        "imports": ["numpy"],
        "install_dir": "site",
        "name": "numpy",
        "package_type": "package",
        "sha256": hashlib.sha256(content).hexdigest(),
        "unvendored_tests": False,
        "version": NUMPY.split("-")[1],
    }
    abi = {"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.0"}
    return json.dumps({"info": abi, "packages": {"numpy": numpy}})
