"""The class at a glance: one page with pictures, made of the marks, and of what was handed in."""

import re
import string
from collections import defaultdict
from html import escape
from pathlib import Path

from cs231n.exercises import bank
from instructors.judge import TRUSTED
from instructors.marks import MISTAKE, plain
from instructors.summary import STATES, summarise

MOST = 12  # mistakes; more cannot be acted on
SIGNS = dict(zip(STATES, "✓✗!○·?", strict=True))  # colours alone would not do
SAID = dict(
    zip(
        STATES,
        ("right", "wrong", "stops with an error", "not filled in", "not handed in", "look at it"),
        strict=True,
    )
)
UNKNOWN = "not recognised"


def class_page(rows, exercises, source, alike=None):
    """The page as HTML: no file beside it, nothing from a network, no scripts.

    rows, exercises: the marks; source: where they come from; alike: of `find_alike`, or None where not looked for
    """
    found = summarise(rows, exercises)
    template = string.Template(Path(__file__).with_name("class_page.html").read_text(encoding="utf-8"))
    chapters = list(dict.fromkeys(bank.find(name).chapter for name in exercises))
    of = f"chapter {chapters[0][:2]}" if len(chapters) == 1 else f"{len(chapters)} chapters"
    parts = {
        "about": escape(
            f"{_many(len(rows), 'student')}, {_many(len(exercises), 'exercise')} of {of}. From {source}."
        ),
        "tiles": _tiles(found, rows, exercises),
        "legend": "".join(f"<li>{_sign(state)} {SAID[state]}</li>" for state in STATES),
        "exercises": _exercises(found, exercises),
        "spread": _spread(rows, exercises),
        "mistakes": _mistakes(found, rows),
        "stuck": _stuck(rows, exercises),
        "students": _students(rows, exercises),
        "alike": _alike(alike, {row["student"]: row for row in rows}),
    }
    return template.substitute(parts)


def _tiles(found, rows, exercises):
    handed_in = sum(any(row[name] != "missing" for name in exercises) for row in rows)
    right = sum(found.states[name]["right"] for name in exercises)
    all_right = sum(all(row[name] == "right" for name in exercises) for row in rows)
    look = sum(found.states[name]["look at"] for name in exercises)
    tiles = [
        (f"{handed_in}", f"of {_many(len(rows), 'student')} handed something in"),
        (f"{right / max(1, len(rows) * len(exercises)):.0%}", "of all exercises are right"),
        (f"{all_right}", "have everything right"),
        (f"{look}", f"{'verdict is' if look == 1 else 'verdicts are'} for you to look at"),
    ]
    return "".join(f"<li><b>{number}</b> {what}</li>" for number, what in tiles)


def _exercises(found, exercises):
    """A bar for each exercise, cut into verdicts."""
    text, chapter = "", None
    for name in exercises:
        if bank.find(name).chapter != chapter:
            chapter = bank.find(name).chapter
            text += f"<h3>{escape(_title(chapter))}</h3>"
        counts = found.states[name]
        there = [(state, counts[state]) for state in STATES if counts[state]]
        said = ", ".join(f"{count} {SAID[state]}" for state, count in there)
        cut = "".join(
            f'<i class="{_class(state)}" style="flex-grow:{count}" title="{count} {SAID[state]}">{count}</i>'
            for state, count in there
        )
        share = f"{counts['right'] / max(1, found.students):.0%}"
        text += (
            f'<div class="row"><code>{name}</code><div class="bar" role="img" aria-label="{said}">{cut}</div>'
        )
        text += f"<b>{share}</b></div>"
    return text


def _spread(rows, exercises):
    """How many students have how many right: columns."""
    counts = [0] * (len(exercises) + 1)
    for row in rows:
        counts[sum(row[name] == "right" for name in exercises)] += 1
    columns = "".join(
        f'<li style="--h:{count / max(1, *counts):.3f}"><b>{count or ""}</b><i></i><span>{number}</span></li>'
        for number, count in enumerate(counts)
    )
    said = ", ".join(f"{count} with {number}" for number, count in enumerate(counts) if count)
    return f'<ol class="columns" role="img" aria-label="Students by exercises right: {said}">{columns}</ol>'


def _mistakes(found, rows):
    """The most common mistakes: how many, what it means, and who."""
    who = defaultdict(list)
    for row in rows:
        for name in found.states:
            if row[name] in ("wrong", "error"):
                who[name, row.get(name + MISTAKE) or UNKNOWN].append(row["student"])
    known = [(key, count) for key, count in found.mistakes.most_common() if key[1] != UNKNOWN]
    text = ""
    for (name, mistake), count in known[:MOST]:
        parts = re.split(r" \+ | or ", mistake)
        told = [each.sentence for each in bank.find(name).mistakes if each.name in parts]
        text += f'<li><div class="line"><i style="width:{count / max(1, found.students):.1%}"></i></div>'
        text += (
            f"<p><b>{count}</b> <strong>{escape(mistake.replace('_', ' '))}</strong> <code>{name}</code></p>"
        )
        text += "".join(f"<p>{escape(sentence)}</p>" for sentence in dict.fromkeys(told))
        text += f"{_who(who[name, mistake])}</li>"
    text = f'<ol class="mistakes">{text}</ol>' if text else "<p>No known mistake was found.</p>"
    if len(known) > MOST:
        text += f"<p>{len(known) - MOST} more were rarer: the command prints all of them.</p>"
    others = [
        f"<code>{name}</code> ({found.mistakes[name, UNKNOWN]})"
        for name in found.states
        if (name, UNKNOWN) in who
    ]
    if others:
        text += f"<p>Wrong, or stopped, in a way that has no name: {', '.join(others)}.</p>"
    return text


def _stuck(rows, exercises):
    """For each exercise those for whom it is the first that they tried and do not have."""
    at, left = defaultdict(list), ("right", "unfilled", "missing", "unreadable")
    for row in rows:
        if open_ := next((name for name in exercises if row[name] not in left), None):
            at[open_].append(row["student"])
    if not at:
        return "<p>Nobody: all that was tried is right.</p>"
    parts = [
        f"<dt><b>{len(at[name])}</b> <code>{name}</code></dt><dd>{_names(at[name])}</dd>"
        for name in exercises
        if name in at
    ]
    return f"<dl>{''.join(parts)}</dl>"


def _students(rows, exercises):
    """All students and all exercises, those first who have the fewest right."""
    spans = defaultdict(int)
    for name in exercises:
        spans[bank.find(name).chapter[:2]] += 1
    head = "".join(f'<th scope="colgroup" colspan="{span}">{chapter}</th>' for chapter, span in spans.items())
    names = "".join(f'<th scope="col"><span>{name}</span></th>' for name in exercises)
    text = f'<table><thead><tr><td></td>{head}<td></td></tr><tr><th scope="col">student</th>{names}'
    text += '<th scope="col">right</th></tr></thead>'
    right = {id(row): sum(row[name] == "right" for name in exercises) for row in rows}
    for row in sorted(rows, key=lambda row: (right[id(row)], row["student"].casefold())):
        cells = ""
        for name in exercises:
            state = row[name] if row[name] in TRUSTED else "look at"
            what = row.get(name + MISTAKE) or (row[name] if state == "look at" else SAID[state])
            cells += f'<td title="{escape(f"{name}: {what}")}">{_sign(state)}</td>'
        who = f'<th scope="row" class="who">{escape(row["student"])}</th>'
        text += f"<tr>{who}{cells}<td>{right[id(row)]}</td></tr>"
    return f"{text}</table>"


def _alike(groups, rows):
    if groups is None:
        return "<p>Not looked for: add <code>--submissions FOLDER</code> to the command.</p>"
    if not groups:
        return "<p>None.</p>"
    text = ""
    for group in groups:
        said = "The same text, comments too" if group.same_text else "Other names or comments"
        said += ", and as in the solved edition of the course" * group.as_solved
        states = sorted({rows[plain(name)][group.exercise] for name in group.students if plain(name) in rows})
        said += f". Verdict: {' and '.join(states)}." if states else "."
        who = f"<b>{len(group.students)}</b> <code>{group.exercise}</code> {_names(group.students)}"
        text += f"<li><p>{who}</p><details><summary>{escape(said)}</summary>"
        text += f"<pre>{escape(group.code)}</pre></details></li>"
    return f'<ul class="alike">{text}</ul>'


def _who(names):
    return f"<details><summary>who</summary><p>{_names(names)}</p></details>"


def _names(names):
    return ", ".join(f'<span class="who">{escape(name)}</span>' for name in names)


def _sign(state):
    return f'<i class="sign {_class(state)}">{SIGNS[state]}<span>{SAID[state]}</span></i>'


def _class(state):
    return state.replace(" ", "")


def _title(chapter):
    return f"{chapter[:2]} {chapter[3:].replace('_', ' ')}"


def _many(number, what):
    return f"{number} {what}{'s' * (number != 1)}"
