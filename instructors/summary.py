"""What the class got wrong: a table, and a chart of the most common mistakes."""

from collections import Counter
from dataclasses import dataclass

from cs231n.exercises import bank
from instructors.judge import TRUSTED
from instructors.marks import MISTAKE

STATES = ("right", "wrong", "error", "unfilled", "missing", "look at")
MOST = 12  # bars; more cannot be acted on


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


def plot(summary, path):
    """Save a bar chart of the most common mistakes as a PNG: how many students, in which exercise."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    from cs231n.course.plotting import PALETTE, use_course_style

    use_course_style()
    shown = summary.mistakes.most_common(MOST)[::-1]
    fig, ax = plt.subplots(figsize=(9, 1.6 + 0.5 * max(len(shown), 2)), layout="constrained")
    counts = [count for _, count in shown]
    names = [f"{mistake.replace('_', ' ')}\nin {name}" for (name, mistake), _ in shown]
    colours = [PALETTE["quiet" if name.startswith("not recognised") else "wrong"] for name in names]
    bars = ax.barh(range(len(shown)), counts, color=colours)
    ax.bar_label(bars, [f"{c}  ({c / summary.students:.0%})" for c in counts], padding=4)
    ax.set_yticks(range(len(shown)), names, fontsize=9)
    ax.set_xlim(0, max(counts, default=1) * 1.2)
    ax.margins(y=0.02)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel(f"students, of {summary.students}")
    left = len(summary.mistakes) - len(shown)
    ax.set_title("What to explain again" + (f" (and {left} rarer mistakes)" if left else ""), loc="left")
    ax.grid(False)
    if not shown:
        ax.text(0.5, 0.5, "No mistakes", transform=ax.transAxes, ha="center")
    fig.savefig(path, dpi=150)
    plt.close(fig)
