"""The process of a student's notebook: start it where it can do no harm, hear what it says, and end it."""

import atexit
import compileall
import contextlib
import os
import py_compile
import queue
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import psutil

from instructors.wire import TooLarge, Wire

ROOT = Path(__file__).resolve().parents[1]
COURSE = "/course"  # the pack, in the sandbox
TO_START = 120  # seconds; a second is usual
ROOM = 200 << 20  # bytes that a notebook may write in the sandbox
START = "import sys; sys.path.insert(0, sys.argv[1]); from instructors.child import main; main()"
PYTHON = (sys.executable, "-I", "-B", "-X", "utf8", "-c", START)
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR")  # Python may need them to start
HOMES = ("HOME", "USERPROFILE", "TEMP", "TMP", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR")
_ready = {}
SETTINGS = {"CS231N_ANSWERS": "off", "MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1", "PIP_NO_INDEX": "1"}


class Gone(BaseException):
    """The process hangs, has ended, or says what makes no sense. Its args: a verdict, and why, for a reader.

    Not an Exception, so that a check does not take it for one of the student's function.
    """


def ready(made=None):
    """What is made once: the pack, the command of the sandbox, what to say of it. made: by another process

    pack: a folder with the packages that run there, the course without its reference and our end of the line
    command: what runs another command in a sandbox; empty where there is none
    ValueError: where there is no room for it
    """
    _ready.update(made or {})
    if not _ready:
        try:
            folder = Path(tempfile.mkdtemp(prefix="cs231n_"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            _write_pack(folder)
        except OSError as error:
            why = error.strerror or "the pack cannot be copied there"
            raise ValueError(f"The folder for temporary files, {tempfile.gettempdir()}: {why}.") from None
        command, said = _sandbox(folder)
        _ready.update(pack=folder, command=command, said=said)
    return _ready


def _write_pack(folder):
    from instructors.handout.make_handout import fields, write_package

    write_package(folder / "cs231n", {name: (known, [], []) for name, known in fields().items()})
    for place in ("instructors", "datasets", "notebooks"):  # in the sandbox others take the place of two
        (folder / place).mkdir()
    for name in ("__init__.py", "child.py", "wire.py"):
        shutil.copyfile(ROOT / "instructors" / name, folder / "instructors" / name)
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, quiet=2, invalidation_mode=unchecked)


def _sandbox(pack):
    command = _bwrap(pack)
    try:
        test = [*command, sys.executable, "-I", "-c", "import numpy"]
        done = subprocess.run(test, capture_output=True, timeout=60, check=False)
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] if done.returncode else None
    except FileNotFoundError:
        why = ["bubblewrap is not installed"]
    except (OSError, subprocess.TimeoutExpired) as error:
        why = [type(error).__name__]
    if why is None:
        return command, (
            "Each notebook runs in a sandbox (bubblewrap): no network, none of your files, nothing outlives it."
        )
    return [], (
        f"There is no sandbox here ({''.join(why) or 'bubblewrap fails'}): students' code runs with your "
        "rights. It can read and delete your files, find the reference on your disk, use the network, and leave "
        "processes behind."
    )


def _bwrap(pack):
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, str(Path(sys.executable).resolve().parent)}
    seen = {"/tmp": ("--size", str(ROOM), "--tmpfs", "/tmp")}  # Python may lie in it
    seen |= {place: ("--ro-bind-try", place, place) for place in (*SYSTEM, *python)}
    installed = {Path(place) / "cs231n" for place in (*site.getsitepackages(), *sys.path)}
    for hidden in (ROOT, *filter(Path.is_dir, installed)):
        if str(hidden) not in seen and any(place in map(str, hidden.parents) for place in seen):
            seen[str(hidden)] = ("--tmpfs", str(hidden))
    command = ["bwrap", "--unshare-all", "--cap-drop", "ALL", "--die-with-parent", "--new-session"]
    for place in sorted(seen, key=lambda place: place.count("/")):  # what is inside of another comes later
        command += seen[place]
    command += ["--proc", "/proc", "--dev", "/dev"]
    command += ["--ro-bind", str(pack), COURSE, "--ro-bind", str(ROOT / "datasets"), f"{COURSE}/datasets"]
    command += ["--size", str(ROOM), "--tmpfs", f"{COURSE}/notebooks", "--chdir", f"{COURSE}/notebooks"]
    return [*command, "--"]


def _copy_of_the_pack(folder):
    """For one student alone, where nothing else keeps students apart."""
    shutil.copytree(ready()["pack"], folder)
    data = folder / "datasets"
    data.rmdir()
    try:
        data.symlink_to(ROOT / "datasets", target_is_directory=True)
    except OSError:  # Windows may not allow it
        shutil.copytree(ROOT / "datasets" / "scenes", data / "scenes")


class StudentProcess:
    """A Python process with the emptied package and an empty folder of its own. Use it in a `with` block."""

    def __init__(self, helpers):
        """helpers: files that lay beside the notebook, name → bytes."""
        self._helpers = {name: np.frombuffer(content, np.uint8) for name, content in helpers.items()}

    def __enter__(self):
        command, self._folder, course = ready()["command"], None, COURSE
        variables = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        if not command:
            self._folder = tempfile.TemporaryDirectory(prefix="cs231n_", ignore_cleanup_errors=True)
            course = f"{self._folder.name}/course"
            _copy_of_the_pack(Path(course))
        home = "/tmp" if command else f"{course}/notebooks"
        variables |= dict.fromkeys(HOMES, home) | SETTINGS
        self._process = subprocess.Popen(
            [*command, *PYTHON, course],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder and self._folder.name,
            env=variables,
            start_new_session=True,
        )
        self._heard, self._over = queue.Queue(2), False
        self.wire = Wire(self._process.stdout, self._process.stdin)
        threading.Thread(target=self._listen, daemon=True).start()
        self.send(do="begin", files=self._helpers, home=f"{course}/notebooks", commands=bool(command))
        try:
            self.hear(TO_START)
        except Gone:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """End the process and whatever it has started."""
        self._over = True
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
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()
        if self._folder:
            self._folder.cleanup()

    def send(self, **message):
        """Tell the process something."""
        with contextlib.suppress(OSError):  # it has ended: `hear` says so
            self.wire.send(**message)

    def hear(self, seconds):
        """The next message, a dict. Nothing in it can be trusted.

        Gone: when it says nothing in time, has ended, or says what makes no sense
        """
        try:
            content = self._heard.get(timeout=max(seconds, 0.01))
        except queue.Empty:
            raise Gone("hangs", "it did not come to an end in time") from None
        if isinstance(content, EOFError | OSError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            ended = self._process.poll() or 0
            how = f"signal {-ended}" if ended < 0 else f"exit status {ended}"
            raise Gone("crashes", f"it ended the whole Python process ({how})")
        try:
            if isinstance(content, Exception):
                raise content
            message = self.wire.read(content)
            message["say"]  # each has that
            return message
        except Exception:  # made by a stranger, it may be broken in any way
            raise Gone("look at", "what it sent to the grader cannot be read") from None

    def _listen(self):
        """Put what comes into a short queue, up to the end."""
        content = None
        while not self._over and not isinstance(content, Exception):
            try:
                content = self.wire.next()
            except (EOFError, OSError, TooLarge, ValueError) as error:
                content = error
            while not self._over:
                with contextlib.suppress(queue.Full):
                    self._heard.put(content, timeout=1)
                    break
