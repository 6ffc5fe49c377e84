"""Run contestants in turns, so that whatever else the machine does hits all of them alike."""

import statistics
import time


def interleaved(contestants, rounds, clock=time.perf_counter, pause=0.03):
    """Time each contestant once a round.

    contestants: dict from name to a function without arguments
    rounds: how many rounds; one more is run first and not counted
    clock: time.perf_counter, or time.process_time on a machine that does other work (with one thread)
    pause: seconds between two runs, in which the idle threads of one library go to sleep before another's wake
    returns: dict from name to list of seconds
    """
    times = {name: [] for name in contestants}
    for round_ in range(rounds + 1):
        for name, run in contestants.items():
            time.sleep(pause)
            start = clock()
            run()
            if round_:
                times[name].append(clock() - start)
    return times


def table(times, ours):
    """Lines of a table: median and spread of each, and its time as a multiple of ours in the same round."""
    yield f"{'':42} {'median':>9} {'quartiles':>17} {'× ours':>8}"
    for name, seconds in times.items():
        low, middle, high = statistics.quantiles(seconds, n=4)
        ratio = statistics.median(a / b for a, b in zip(seconds, times[ours], strict=True))
        quartiles = f"{low * 1e3:.1f} to {high * 1e3:.1f}"
        yield f"{name:42} {middle * 1e3:6.1f} ms {quartiles:>17} {ratio:8.2f}"
