"""The process of a student's notebook: start it, read what it says, end it with all that it started."""

import compileall
import contextlib
import functools
import json
import os
import py_compile
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 50_000_000  # bytes of arrays that one exercise may send
START = "import sys; sys.path.insert(0, sys.argv[1]); from instructors.child import main; main()"
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR")  # Python may need them to start
HOMES = ("HOME", "USERPROFILE", "TEMP", "TMP", "TMPDIR", "MPLCONFIGDIR")
stopped = threading.Event()  # set: all processes are to be ended


class Gone(Exception):
    """The process hangs, has ended, or says what makes no sense. Its args: a verdict, and why, for a reader."""


@functools.cache
def pack():
    """The packages that run there, as they are at the first call: path → bytes, compiled files too."""
    with tempfile.TemporaryDirectory(prefix="cs231n_") as folder:
        for package in ("cs231n", "instructors"):
            ignored = shutil.ignore_patterns("__pycache__", "handout")
            shutil.copytree(ROOT / package, Path(folder) / package, ignore=ignored)
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(folder, quiet=2, invalidation_mode=unchecked)
        files = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}


class StudentProcess:
    """A Python process with a copy of the package and an empty folder of its own. Use it in a `with` block."""

    def __init__(self, job, helpers):
        """job: what `child.main` does; helpers: files that lay beside the notebook, name → bytes."""
        self._job, self._helpers = job, helpers

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cs231n_", ignore_cleanup_errors=True)
        top = Path(self._folder.name)
        self._out, home = top / "out", top / "home"
        for folder in (self._out, home):
            folder.mkdir()
        for place, files in ((top, pack()), (home, self._helpers)):
            for name, content in files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(content)
        (top / "job.json").write_text(json.dumps(self._job), encoding="utf-8")
        variables = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        variables |= dict.fromkeys(HOMES, str(home))
        variables |= {"CS231N_ANSWERS": "off", "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"}
        with (top / "job.json").open("rb") as job:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-X", "utf8", "-c", START, str(top), str(self._out)],
                stdin=job,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=home,
                env=variables,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_):
        """End the process and whatever it has started."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    child.kill()
        with contextlib.suppress(OSError):
            if os.name == "nt":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)  # also those whose parent is gone
        self._process.wait()
        self._folder.cleanup()

    def wait(self, step, seconds):
        """What the process says at the end of a step: a dict, and arrays by name. Nothing in it can be trusted.

        Gone: when it says nothing in time, has ended, or says what makes no sense
        """
        path, end = self._out / f"{step}.npz", time.monotonic() + seconds
        while not path.exists():
            ended = self._process.poll()
            if ended is not None and not path.exists():
                how = f"signal {-ended}" if ended < 0 else f"exit status {ended}"
                raise Gone("crashes", f"it ended the whole Python process ({how})")
            if time.monotonic() > end or stopped.is_set():
                raise Gone("hangs", "it did not come to an end in time")
            time.sleep(0.02)
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                raise ValueError("not a file")
            with zipfile.ZipFile(path) as file:
                if sum(part.file_size for part in file.infolist()) > LARGEST + 1_000_000:
                    raise ValueError("too large")
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            return dict(json.loads(str(arrays.pop("about")))), arrays
        except Exception:  # a file made by a stranger may be broken in any way
            raise Gone("look at", "what it sent to the grader cannot be read") from None
