"""What the checks remember while the kernel runs: the last answer to each exercise, its verdict, hints shown."""

import inspect

from cs231n.exercises import bank
from cs231n.exercises.facts import fact
from cs231n.exercises.say.printing import say
from cs231n.exercises.say.words import message, words
from cs231n.language import tr


class Session:
    """The memory of one kernel. A restart forgets it; right answers are in the answers file as well.

    answers: exercise → the function that was checked last, never the reference
    statuses: exercise → the status of the last check
    hints: exercise → how many hints were shown
    """

    def __init__(self):
        self.answers, self.statuses, self.hints = {}, {}, {}

    def forget(self):
        """As after a restart of the kernel."""
        self.__init__()


SESSION = Session()


def as_written(name):
    """What you wrote for an exercise, as it was when it was checked last in this session, right or wrong.

    name: the exercise's name, such as "rnn_step_backward"
    returns: your function; None when it was not checked yet, or was not filled in
    ValueError: when there is no exercise of that name
    """
    name = bank.find(name).name
    return None if SESSION.statuses.get(name) == "unfilled" else SESSION.answers.get(name)


def hint(name):
    """Print one more hint, three at most, from a question to nearly the line.

    name: the exercise's name, or the function
    """
    name = name if isinstance(name, str) else name_of(name)
    if name not in bank.ORDER:
        say(message(no_exercise(name)))
        return
    exercise = bank.find(name)
    count = min(SESSION.hints.get(exercise.name, 0) + 1, len(exercise.hints))
    kind = "last_hint" if SESSION.hints.get(exercise.name) == count else "hint"
    SESSION.hints[exercise.name] = count
    head = fact(kind, number=count, count=len(exercise.hints), exercise=exercise.name)
    say(f"{words(head)}\n  {tr(exercise.hints[count - 1])}")


def name_of(value):
    """The name of a function or class, of a lambda that of the exercise it was written for; else None."""
    name = getattr(value, "__name__", None) if inspect.isroutine(value) or inspect.isclass(value) else None
    if name == "<lambda>":
        given = getattr(value, "__globals__", {})
        name = next((known for known in bank.ORDER if given.get(known) is value), name)
    return name if isinstance(name, str) else None


def no_exercise(name):
    """Lines of facts for a name of no exercise; None where there is no name."""
    if name is None:
        return [fact("not_a_function"), fact("function_itself")]
    meant = [fact("meant", name=bank.near(name))] if bank.near(name) else []
    return [[fact("no_exercise", name=name), *meant], fact("exercises", names=bank.ORDER)]
