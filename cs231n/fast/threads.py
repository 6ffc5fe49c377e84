"""How many threads the matrix products take: one for small work, and for large work the number that is fastest.

NumPy cuts a product into as many parts as the machine has cores, and it is done when the last part is done. The
small products of a recurrent step last about a millisecond or less. When another program holds one of the cores,
a part waits for that core far longer than it works: then one thread is faster than all.

The number of parts decides how sums are rounded. Small work, which is all that the chapters do, always takes one
thread: more would gain nothing, and a seed gives the same numbers to the last bit. Large work can gain much, and
the number that is fastest depends on what else the machine does: a `ThreadChooser` measures while it runs. That
has a price: runs with the same seed are then the same within rounding only, unless the number is given.
"""

import time
from collections import deque
from contextlib import contextmanager
from functools import cache

try:
    from threadpoolctl import ThreadpoolController
except ImportError:  # as in a browser, where NumPy has no threads: then there is nothing to choose
    ThreadpoolController = None

LARGE = 100_000_000  # rows · weights from which more than one thread can pay


@cache
def thread_pools():
    """The thread pools of the loaded BLAS libraries, which do the matrix products."""
    return ThreadpoolController().select(user_api="blas").lib_controllers if ThreadpoolController else []


def available_threads():
    """The threads that a product takes now: one a core, where OPENBLAS_NUM_THREADS or the like sets no other."""
    return max((pool.num_threads for pool in thread_pools()), default=1)


def threads_for(rows, params):
    """1 where the work is small, and None, no number of its own, where it is large.

    rows: captions in a batch, or pictures that are spoken of; each meets every weight at each step
    params: dict of weights
    """
    return 1 if rows * sum(w.size for w in params.values()) < LARGE else None


@contextmanager
def use_threads(count):
    """Matrix products inside `with use_threads(count):` use this many threads; afterwards as many as before.

    count: a number, or None to leave it as it is
    """
    before = [(pool, pool.num_threads) for pool in thread_pools()] if count else []
    try:
        for pool, _ in before:
            pool.set_num_threads(count)
        yield
    finally:
        for pool, number in before:
            pool.set_num_threads(number)


class ThreadChooser:
    """Runs the steps of a long job with one, half or all threads, whichever is fastest.

    chooser = ThreadChooser()
    for _ in range(1000):
        with chooser.step():
            ...

    The first steps try every number. Then each step takes the number that was fastest in its own last steps, so a
    number that becomes slow gives way at once. The others are tried again from time to time, and the more a trial
    costs, the less often. Between steps the setting is as before.
    """

    TRIAL = 2  # steps of a trial
    MEMORY = 5  # last steps whose median stands for a number of threads
    PAUSE = 1.0  # seconds until a number is tried again, at least
    PATIENCE = (
        40  # a trial that lost one second is made again after this many: it costs at most 1/40 of the time
    )

    def __init__(self, threads=None, clock=time.perf_counter):
        """threads: a number to keep to, or None to choose; clock: gives the time in seconds.

        ValueError: when threads is below 1
        """
        if threads is not None and threads < 1:
            raise ValueError(f"threads is {threads}, expected 1 or more, or None to let the clock choose")
        self._given, self._clock = threads, clock
        self._seconds = {}  # number of threads → its last times
        self._due = {}  # number of threads → when it may be tried again
        self._trying, self._left = None, 0  # the number on trial and its steps to come

    @contextmanager
    def step(self):
        """One step of the job: its products take the chosen number of threads, and its time is noted."""
        count, start = self._next(), self._clock()
        with use_threads(count):
            yield
        self._note(count, self._clock() - start)

    @property
    def chosen(self):
        """The number of threads that is fastest now."""
        return self._given or min(self._seconds, key=self._typical, default=available_threads())

    def _next(self):
        if self._given:
            return self._given
        if not self._left:
            every, now = available_threads(), self._clock()
            others = {1, (every + 1) // 2, every} - ({self.chosen} if self._seconds else set())
            due = sorted((self._due.get(count, 0), count) for count in others)
            if due and due[0][0] <= now:
                self._trying, self._left = due[0][1], self.TRIAL
                self._seconds.pop(self._trying, None)
        return self._trying if self._left else self.chosen

    def _note(self, count, seconds):
        self._seconds.setdefault(count, deque(maxlen=self.MEMORY)).append(seconds)
        self._due[count] = self._clock() + self.PAUSE
        if self._left:
            best = min((self._typical(other) for other in self._seconds if other != count), default=seconds)
            lost = sum(max(spent - best, 0) for spent in self._seconds[count])
            self._due[count] += self.PATIENCE * lost
            self._left = 0 if seconds > 2 * best else self._left - 1

    def _typical(self, count):
        times = sorted(self._seconds[count])
        return times[(len(times) - 1) // 2]
