"""What the class got wrong, as a table."""

from collections import Counter
from dataclasses import dataclass

from cs231n.exercises import bank
from instructors.judge import TRUSTED
from instructors.marks import MISTAKE

STATES = ("right", "wrong", "error", "unfilled", "missing", "look at")


@dataclass(frozen=True)
class Summary:
    """states: exercise → Counter of verdicts; mistakes: Counter of (exercise, mistake's name)."""

    students: int
    states: dict
    mistakes: Counter


def summarise(rows, exercises):
    """Count verdicts and mistakes in the rows of a CSV file."""
    states, mistakes = {}, Counter()
    for name in exercises:
        states[name] = Counter(row[name] if row[name] in TRUSTED else "look at" for row in rows)
        for row in rows:
            if row[name] in ("wrong", "error"):
                mistakes[name, row.get(name + MISTAKE) or "not recognised"] += 1
    return Summary(len(rows), states, mistakes)


def table(summary):
    """The counts as text: one line per exercise, then the mistakes, the most common first."""
    width = max(map(len, summary.states))
    lines = [f"{summary.students} students", "", " " * width + "".join(f"{s:>13}" for s in STATES)]
    for name, counts in summary.states.items():
        lines.append(name.ljust(width) + "".join(f"{counts[state] or '·':>13}" for state in STATES))
    none = "No mistakes: all is right, or not filled in."
    lines += ["", "Most common mistakes:" if summary.mistakes else none]
    for (name, mistake), count in summary.mistakes.most_common():
        lines.append(f"  {count:3d}  {name}: {mistake}")
        lines += [f"       {known.sentence}" for known in bank.find(name).mistakes if known.name == mistake]
    return "\n".join(lines)
