"""What is done and what is next, drawn from the student's own file. Nothing leaves the computer."""

from html import escape

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.notebook import answers_file
from cs231n.exercises.notebook.session import SESSION
from cs231n.exercises.say.printing import printable
from cs231n.exercises.say.words import joined, words

MARKS = {"right": "✓", "wrong": "✗", "error": "✗", "unfilled": "○"}
GREEN, ORANGE = "#00785A", "#D55E00"  # that colour-blind readers can tell apart; white is read on the green


class Progress:
    """The state of every exercise. Shows itself as a small table in a notebook, and as text elsewhere."""

    def __init__(self, states, file=None):
        self.states, self.file = states, file
        self.next = next((name for name, state in states.items() if state != "right"), None)

    def __repr__(self):
        width = max(map(len, self.states))
        lines = [self._headline()]
        for chapter, names in self._chapters().items():
            lines.append(f"  {chapter}")
            for name in names:
                arrow = f"  <- {words(fact('is_next'))}" if name == self.next else ""
                lines.append(f"    {MARKS[self.states[name]]} {name.ljust(width if arrow else 0)}{arrow}")
        return printable("\n".join(lines + [f"  {self._where()}"] * bool(self.file)))

    def _repr_html_(self):
        rows = "".join(
            f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:6px;margin:4px 0">'
            f'<span style="width:14em;opacity:.75">{escape(chapter)}</span>{"".join(map(self._box, names))}</div>'
            for chapter, names in self._chapters().items()
        )
        where = f'<div style="opacity:.75">{escape(self._where())}</div>' if self.file else ""
        head = f"<b>{self._headline()}</b>"
        return f'<div style="font-family:sans-serif;font-size:13px">{head}{rows}{where}</div>'

    def _headline(self):
        done = sum(state == "right" for state in self.states.values())
        then = fact("next_exercise", exercise=self.next) if self.next else fact("all_done")
        return joined([words(fact("exercises_right", done=done, count=len(self.states))), words(then)])

    def _where(self):
        return words(fact("kept_in", file=self.file))

    def _chapters(self):
        chapters = {}
        for name in self.states:
            chapters.setdefault(bank.find(name).chapter, []).append(name)
        return chapters

    def _box(self, name):
        state = self.states[name]
        colour = {"right": GREEN, "unfilled": "#8888"}.get(state, ORANGE)
        fill = f"background:{GREEN};color:#fff;" if state == "right" else ""
        arrow = f" ← {words(fact('is_next'))}" if name == self.next else ""
        line = "2px dashed" if name == self.next and state == "unfilled" else "2px solid"
        return (
            f'<span style="border:{line} {colour};{fill}border-radius:6px;padding:2px 8px;white-space:nowrap">'
            f"{MARKS[state]} {escape(name)}{arrow}</span>"
        )


def progress():
    """What is right so far and what is next: kept answers, and the checks of this session."""
    sections = answers_file.read(answers_file.path())
    states = {}
    for name in bank.ORDER:
        state = SESSION.statuses.get(name, "unfilled")
        states[name] = "right" if name in sections and state == "unfilled" else state
    return Progress(states, answers_file.shown_path())
