"""The verdict on an answer: judged, and put into words. It prints nothing."""

from dataclasses import dataclass

from cs231n.exercises import bank
from cs231n.exercises.judge.judging import Judgement, is_reference, judge
from cs231n.exercises.notebook.stand_in import as_it_was_written, is_fallback
from cs231n.exercises.run.time_limit import SECONDS
from cs231n.exercises.say.words import message


@dataclass(frozen=True)
class Verdict(Judgement):
    """What a check found: a judgement, and its message, which the student reads."""

    message: str = ""

    def __str__(self):
        return self.message


def grade(function, forward=None, name=None, seconds=SECONDS):
    """Judge an answer by what it computes.

    function: the answer; the exercise is looked up by its name, or by `name`
    forward: for a backward function, the forward function whose cache it reads; else the reference's
    seconds: limit for each call of the answer
    returns: Verdict
    ValueError: when there is no exercise of that name
    """
    exercise = bank.find(name or getattr(function, "__name__", repr(function)))
    if is_fallback(function, exercise):
        found = is_reference(exercise)
    else:
        found = judge(exercise, as_it_was_written(function), forward, seconds)
    return Verdict(**vars(found), message=message(found.said))
