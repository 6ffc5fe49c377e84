"""How long a reader waits for a check: every answer of the tests, right and wrong, the fastest of three times.

python -m benchmarks.checks    about a minute; a check should take less than 0.3 s
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "exercises"))


def seconds(function, forward, name):
    """Time of the fastest of three checks: other programs can only make one slower."""
    from cs231n.exercises import grade

    times = []
    for _ in range(3):
        start = time.perf_counter()
        grade(function, forward, name=name)
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    from mistaken_answers import KNOWN, handed_in
    from styles import all_answers

    right = {
        f"{name}, {function.__name__}": seconds(function, forward, name)
        for name, function, forward in all_answers()
    }
    wrong = {f"{name}, {mistake.name}": seconds(*handed_in(name, mistake), name) for name, mistake in KNOWN}
    for kind, times in (("right", right), ("wrong", wrong)):
        slowest = max(times, key=times.get)
        print(
            f"{len(times)} {kind} answers: median {statistics.median(times.values()) * 1e3:.0f} ms, ", end=""
        )
        print(f"slowest {times[slowest] * 1e3:.0f} ms ({slowest})")


if __name__ == "__main__":
    main()
