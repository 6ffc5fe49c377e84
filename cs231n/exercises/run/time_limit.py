"""Stop a student's function that does not finish, without ending the kernel.

A second thread watches the clock and interrupts the main one as Ctrl-C does, on every system. The handler raises
`TooLong` only inside the function, so that it can never reach what comes after it. In a browser there are no
threads: there the clock is read at each instruction. While a debugger is at work, and outside the main thread,
there is no limit.
"""

import signal
import sys
import threading
import time

SECONDS = 5  # for one call; the reference needs a few thousandths of a second


class TooLong(BaseException):
    """The time is over. Not an Exception, so that `except Exception` in a loop does not catch it.

    seconds: the limit
    """

    def __init__(self, seconds):
        super().__init__(seconds)
        self.seconds = seconds


def limited(function, seconds=SECONDS, clock=time.monotonic):
    """What function() returns. Raises TooLong in it when the time is over; inside NumPy, when that returns.

    clock: tells the time in seconds; it may stand still
    """
    if _debugged() or threading.current_thread() is not threading.main_thread():
        return function()
    finished = threading.Event()
    late = False

    end = clock() + seconds

    def watch():
        nonlocal late
        wait = seconds
        while not finished.wait(wait):
            wait = end - clock()
            if wait <= 0:
                late = True
                _interrupt()
                wait = 0.2  # once more, where a bare `except` caught it

    def interrupted(number, frame):
        if not _is_inside(frame):
            return
        if late:
            raise TooLong(seconds)
        if callable(before):
            before(number, frame)  # Ctrl-C

    watcher = threading.Thread(target=watch, daemon=True)
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        try:
            watcher.start()
        except RuntimeError:  # no threads here
            return _call(lambda: _with_a_look_at_the_clock(function, seconds))
        return _call(function)
    finally:
        finished.set()
        if watcher.is_alive():
            watcher.join()
        signal.signal(signal.SIGINT, before)


def _interrupt():
    if hasattr(signal, "pthread_kill"):  # wakes one that sleeps, too
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:  # Windows, where this wakes the main thread
        signal.raise_signal(signal.SIGINT)


def _call(function):
    return function()


def _is_inside(frame):
    """Whether a frame belongs to a function that `_call` runs."""
    while frame and frame.f_code is not _call.__code__:
        frame = frame.f_back
    return frame is not None


def _with_a_look_at_the_clock(function, seconds):
    end = time.monotonic() + seconds

    def look(frame, event, _):
        if time.monotonic() > end:
            raise TooLong(seconds)
        if "site-packages" in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True  # `while True: pass` jumps to itself, and never to another line
        return look

    sys.settrace(look)
    try:
        return function()
    finally:
        sys.settrace(None)


def _debugged():
    monitoring = getattr(sys, "monitoring", None)  # Python 3.12 and later
    return sys.gettrace() is not None or bool(monitoring and monitoring.get_tool(monitoring.DEBUGGER_ID))
