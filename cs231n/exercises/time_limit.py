"""Stop a student's function that does not come to an end, without ending the kernel.

A second thread raises `TooLong` in the running one, on every system. In a browser there are no threads: there
the clock is read at each instruction. While a debugger is at work there is no limit.
"""

import ctypes
import sys
import threading
import time

SECONDS = 5  # for one call; the reference needs a few thousandths of a second


class TooLong(BaseException):
    """The time is over. Not an Exception, so that `except Exception` in a loop does not catch it."""


def limited(function, seconds=None):
    """What function() returns. Raises TooLong in it when it takes longer, inside NumPy as soon as that returns.

    seconds: SECONDS unless told
    """
    seconds = seconds or SECONDS
    if _debugged():
        return function()
    finished = threading.Lock()
    finished.acquire()
    running = threading.get_ident()

    def watch():
        wait = seconds
        while not finished.acquire(timeout=wait):
            _raise_in(running, TooLong)
            wait = 0.2  # once more, where a bare `except` caught it

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # no threads here
        return _with_a_look_at_the_clock(function, seconds)
    try:
        return function()
    finally:
        while True:
            try:
                if finished.locked():
                    finished.release()
                watcher.join()
                for _ in range(2):  # a TooLong still on its way arrives here at the latest
                    pass
                break
            except TooLong:
                continue


def _raise_in(thread, kind):
    # Never with NULL, to take one back: Python 3.11 then looks for it for ever after, and a function that runs
    # under cProfile never starts.
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))


def _with_a_look_at_the_clock(function, seconds):
    end = time.monotonic() + seconds

    def look(frame, event, _):
        if time.monotonic() > end:
            raise TooLong
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
