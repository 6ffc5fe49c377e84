"""Start the process in which a student's code runs, ask it, and end it with everything that it started."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from cs231n.course.grading.protocol import LARGEST_REPLY, Garbled, pack_request, unpack_reply

ROOT = Path(__file__).resolve().parents[3]


class Gone(BaseException):
    """The process hangs or has ended. Not an Exception: the check catches every Exception of an answer.

    status: 'hangs', 'crashes' or 'tampers'; cell: number of the notebook's cell that ran, where one did
    """

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason, self.cell = status, reason, None


class StudentProcess:
    """A Python process of its own, in an empty folder of its own. Use it in a `with` block."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cs231n_", ignore_cleanup_errors=True)
        variables = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",  # a student prints ✓ on Windows too, whose pipes are cp1252
            "CS231N_ANSWERS": "off",
            "MPLBACKEND": "agg",
            "OPENBLAS_NUM_THREADS": "1",
        }
        variables.pop("CS231N_STRICT", None)
        own_group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cs231n.course.grading.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=variables,
            start_new_session=os.name != "nt",
            **own_group,
        )
        return self

    def __exit__(self, *_):
        self._end()
        self._folder.cleanup()

    def ask(self, request, seconds):
        """Send a request and wait for its reply.

        returns: dict; nothing in it can be trusted
        Gone: when no reply comes in time, the process has ended, or the reply makes no sense
        """
        answers = queue.Queue()
        line = pack_request(request)
        threading.Thread(target=self._exchange, args=(line, answers), daemon=True).start()
        try:
            reply = answers.get(timeout=max(seconds, 0))
        except queue.Empty:
            raise Gone("hangs", "it did not come to an end in time") from None
        if not reply:
            raise Gone("crashes", self._how_it_ended())
        try:
            return unpack_reply(reply)
        except Garbled:
            raise Gone("tampers", "it writes to the channel between itself and the grader") from None

    def _exchange(self, line, answers):
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
            answers.put(self._process.stdout.readline(LARGEST_REPLY))
        except (OSError, ValueError):
            answers.put(b"")

    def _how_it_ended(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        status = self._process.returncode
        if status is None:
            return "it closed the channel to the grader"
        if status < 0:
            return f"it ended the whole Python process (signal {-status})"
        return f"it ended the whole Python process (exit status {status})"

    def _end(self):
        """End the process and whatever it has started."""
        with contextlib.suppress(OSError):
            if os.name == "nt":
                command = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
                subprocess.run(command, capture_output=True, check=False)
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError, ValueError):
                pipe.close()
