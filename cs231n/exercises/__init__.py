"""Check cells that teach: verdicts on a student's answers, hints, kept answers, and what is done so far."""

from cs231n.exercises.checking import NotRight, check
from cs231n.exercises.hints import hint
from cs231n.exercises.judging import Verdict, grade
from cs231n.exercises.load_answers import answers
from cs231n.exercises.progress_chart import progress
from cs231n.exercises.session import as_written

__all__ = ["NotRight", "Verdict", "answers", "as_written", "check", "grade", "hint", "progress"]
