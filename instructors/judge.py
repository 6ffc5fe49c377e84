"""Judge one notebook: every exercise in it, whatever its code does, by what it computes."""

import re
import time
import unicodedata
from dataclasses import dataclass, field

from cs231n.exercises import bank
from cs231n.exercises.recognise.mistakes import recognise
from cs231n.exercises.run.attempts import all_right
from cs231n.exercises.run.cases import cases
from cs231n.exercises.run.one_call import Run, flat_axes
from instructors.process import Gone, StudentProcess

MOST_BAD_CELLS = 5  # this many cells may end the process before the notebook is given up
TO_START = 120  # seconds; a second is usual
SHORTEST = 2  # seconds; an honest answer needs a few hundredths of one
TRUSTED = ("right", "wrong", "error", "unfilled", "missing")  # the best first


@dataclass(frozen=True)
class Result:
    """The verdict on one exercise.

    status: 'right', 'wrong', 'error' or 'unfilled' as in a check; 'missing' when it is not in the notebook; or
        one that a person should see: 'look at', 'reference' (calls the package's function), 'hangs', 'crashes',
        'unreadable'. The message says why
    """

    status: str
    mistake: str = ""
    message: str = ""


@dataclass
class Judged:
    """The results of one notebook by exercise, and notes for the instructor."""

    results: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)


def judge(notebook, seconds=10, seed=0):
    """Judge all exercises of a notebook in a process of its own; in a new one after each hang or crash.

    seconds: limit for each cell, and for all exercises together, where each gets SHORTEST at least
    seed: of the inputs that nobody has seen; another one for each run
    """
    found, ended, end = Judged(), {}, {}
    results, limit = found.results, seconds
    while True:
        cells = [(number, source) for number, source in notebook.cells.items() if number not in ended]
        lost = [name for name, result in results.items() if result.status not in TRUSTED]
        job = {"cells": cells, "seconds": seconds / 2, "limit": limit / 2, "seed": seed}
        job |= {"done": list(results), "gone": lost}
        failed, step, left = dict(ended), None, []
        with StudentProcess(job, notebook.helpers) as process:
            try:
                process.wait("ready", TO_START)
                for step, _ in cells:
                    about, _ = process.wait(f"cell {step}", seconds)
                    if about:
                        failed[step] = {**about, "why": f"cell {step}, {plain(about.get('why'))}"}
                step, (end, _) = None, process.wait("cells", seconds)
                left = [name for name in bank.ORDER if name in end["answers"] and name not in results]
                for step in left:
                    began = time.monotonic()
                    try:
                        about, arrays = process.wait(step, limit)
                    finally:
                        limit = max(SHORTEST, limit - (time.monotonic() - began))
                    results[step] = _decide(step, about, arrays, seed, failed, notebook)
            except Gone as gone:
                status, why = gone.args
                if step in bank.ORDER:
                    results[step] = Result(status, "", f"✗ {step} could not be judged: {why}.")
                    continue  # the others, in a new process
                if step is not None and len(ended) < MOST_BAD_CELLS:
                    ended[step] = {"why": f"cell {step}: {why}"}
                    continue  # once more without that cell
                failed = {None: {"why": why}}
        break
    for name in bank.ORDER:
        if name not in results and (notebook.checks(name) or notebook.defining(name)):
            results[name] = _not_there(name, failed, notebook)
    for name, result in results.items():
        if name in end.get("later", ()):
            found.notes.append(f"{name} is written again after its check: the one at its check counts")
        unchecked = notebook.checks(name) and name not in end.get("checked", ())
        if failed and result.status != "right" and unchecked:
            found.notes.append(f"the check of {name} did not run, so the last one written counts")
    return found


def plain(text, lines=False):
    """A student's text without control characters, and without paths of the computer that grades."""
    text = re.sub(r"(?<![\w.)\]])(?:[A-Za-z]:)?(?:[\\/]+[^\s\\/'\",:;()]+){2,}[\\/]?", "…", str(text)[:4000])
    kept = "\n" if lines else ""
    return "".join(c if c in kept or not unicodedata.category(c).startswith("C") else " " for c in text)


def _decide(name, about, arrays, seed, failed, notebook):
    """The verdict: from the numbers that came, where they are right; else in the words of the check."""
    status, message = about.get("status"), plain(about.get("message"), lines=True)
    mistake = re.sub(r"[^\w +]", "", str(about.get("mistake") or ""))[:100]
    if used := " and ".join(map(plain, about.get("called", ()))):
        if used == name and notebook.defining(name) in failed:
            return _not_there(name, failed, notebook)
        message = f"✗ {name} calls {used} of the package instead of computing the answer."
        return Result("reference", "", message)
    if about.get("size", 0) and not arrays:
        size = f"{about['size'] / 1e6:.0f} MB"
        return Result("look at", "", f"✗ {name} returns {size}, which is too much to compare.")
    if instead := {"endless": "hangs", "forward_first": "look at"}.get(mistake):
        return Result(instead, "", message)
    runs = _runs(name, arrays, "published")
    right = all_right(name, runs)
    if status == "right" and right:
        if all_right(name, _runs(name, arrays, "drawn", seed), seed):
            return Result("right", "", message)
        return Result("look at", "", f"✗ {name} is right on the published inputs, and wrong on others.")
    if not right and any(run.outputs for run in runs):
        known = recognise(name, runs)
        if any(each in bank.find(name).mistakes for group in known for each in group):
            mistake = " + ".join(" or ".join(each.name for each in group) for group in known)
    if status == "right":
        return Result("wrong", mistake, f"✗ {name} returns wrong numbers.")
    if status not in ("wrong", "error", "unfilled"):
        return Result("look at", "", f"✗ {name}: what the check says of it cannot be read.")
    if status == "error" and failed:
        reasons = [why["why"] for why in failed.values()]
        message = "\n  ".join([message, "These cells of the notebook failed:", *reasons])
        missing = [str(other) for other in about.get("missing", ())]
        elsewhere = [notebook.left_out, *(notebook.cells.get(number, "") for number in failed)]
        if any(re.search(rf"\b{re.escape(other)}\b", "\n".join(elsewhere)) for other in missing if other):
            return Result("look at", "", message)  # the notebook has that name, and this run had not
    return Result(status, mistake, message)


def _runs(name, arrays, part, *seed):
    """What came for each case: numbers by the name of the output, or none where not all are there."""
    found = []
    for k, case in enumerate(cases(name, *seed)):
        outputs = {output: arrays.get(f"{part}/{k}/{output}") for output in flat_axes(bank.find(name))}
        whole = all(value is not None and value.dtype.kind in "fiub" for value in outputs.values())
        found.append(Run(case, outputs=outputs if whole else None))
    return found


def _not_there(name, failed, notebook):
    """The verdict on an exercise that the notebook has as text, and that was not there after the last cell."""
    about = failed.get(notebook.defining(name)) or failed.get(None)
    if not about:
        return Result("missing", "", f"○ {name} is not defined in the notebook.")
    if about.get("unreadable"):
        return Result("error", "", f"✗ {name}: Python cannot read its cell.\n  {about['why']}")
    return Result("look at", "", f"✗ {name} was not there to be judged: {about['why']}.")
