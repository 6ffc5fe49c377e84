"""The chapters on processors that are not here: other kernels, threads, neighbours and versions of the packages.

python -m pytest -o addopts= -m processors tests/test_processors.py               all of it: hours
python -m pytest -o addopts= -m processors tests/test_processors.py -k "busy and 06"    one chapter

Each test starts a pytest of its own, under one setting, that runs one solved chapter (nbval) and what
tests/chapters says about it. A setting that this machine cannot have is skipped.
"""

import os
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from cs231n.course.busy_programs import busy_programs

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(path.stem for path in (ROOT / "notebooks" / "solutions").glob("[0-9]*.ipynb"))
KERNELS = ("Prescott", "Nehalem", "Haswell", "Zen", "SkylakeX")  # of OpenBLAS, for x86 processors
SETTINGS = (*KERNELS, "plain_numpy", "one_thread", "two_threads", "busy", "oldest", "newest")
VERSIONS = {"oldest": ["--resolution", "lowest-direct"], "newest": ["--upgrade"]}
CALLED = {"Prescott": "Katmai"}  # kernels that OpenBLAS calls by an older name
PATIENCE = 1100  # seconds for a chapter: after 1200 pytest ends the whole run (see pyproject.toml)

# A child tells which kernels it works with: a kernel that the processor lacks crashes there, not here.
PROBE = """
import numpy as np
from threadpoolctl import threadpool_info
np.ones((300, 300), np.float32) @ np.ones((300, 300), np.float32)
print(*{pool.get("architecture") for pool in threadpool_info()})
"""
DISPATCHED = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(*(name for name in __cpu_dispatch__ if __cpu_features__.get(name)))
"""


def probe(code, **environment):
    """What a child with this environment prints, or nothing where it crashes."""
    child = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True
    )
    return child.stdout.split() if child.returncode == 0 else []


@pytest.fixture(scope="module")
def python_with(tmp_path_factory):
    """The Python of a new environment with the oldest or the newest packages that pyproject.toml allows."""
    made = {}

    def python(versions):
        if versions not in made:
            uv = shutil.which("uv") or pytest.skip("needs uv, which can install the oldest versions")
            folder = tmp_path_factory.mktemp(versions) / "venv"
            made[versions] = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
            subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
            install = [uv, "pip", "install", "--quiet", "--python", made[versions], *VERSIONS[versions]]
            subprocess.run([*install, "-e", ".[test]"], check=True, cwd=ROOT)
        return made[versions]

    return python


def environment_of(setting):
    """What a setting sets. Skips the test where this machine cannot have it."""
    if setting in KERNELS:
        kernel = {"OPENBLAS_CORETYPE": setting}
        if not {setting, CALLED.get(setting)} & set(probe(PROBE, **kernel)):
            pytest.skip(f"this processor, or its BLAS, has no kernel {setting}")
        return kernel
    if setting == "plain_numpy":
        dispatched = probe(DISPATCHED)
        if not dispatched:
            pytest.skip("NumPy has no kernels for this processor that could be switched off")
        return {"NPY_DISABLE_CPU_FEATURES": " ".join(dispatched)}
    return {"OPENBLAS_NUM_THREADS": "2" if setting in ("two_threads", "busy") else "1"}


@pytest.mark.processors
@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_chapter_is_so_there_too(setting, chapter, python_with):
    environment = os.environ | environment_of(setting)
    python = python_with(setting) if setting in VERSIONS else sys.executable
    options = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", "--tb=short"]
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
    measured = sorted((ROOT / "tests" / "chapters").glob(f"test_{chapter[:2]}_*.py"))
    files = [ROOT / "notebooks" / "solutions" / f"{chapter}.ipynb", *measured]
    with busy_programs(1, seconds=PATIENCE) if setting == "busy" else nullcontext():
        child = subprocess.run(
            [python, "-m", "pytest", *options, *nbval, *files],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )
    assert child.returncode == 0, f"{setting}, {chapter}:\n{child.stdout[-8000:]}{child.stderr[-2000:]}"
