"""Check cells that teach: verdicts on a student's answers, hints, kept answers, and what is done so far.

How a check comes about, room by room; a room knows only those above it:

bank: the exercises, one file each (`exercise`), and the mistakes people make (`known_mistakes`)
compare: is a number as good as the expected one, and where and how far does it depart?
run: the answer on every case, on copies, within a time limit; once more with right helpers and caches
recognise: which mistake of the bank gives these numbers; else what the numbers are
judge: the verdict, and the facts worth telling
say: the facts in words, from one catalogue
notebook: what a notebook calls (check, hint, progress, answers, agree), and what is kept for later
"""

from cs231n.exercises.notebook.agree import agree
from cs231n.exercises.notebook.checking import NotRight, check
from cs231n.exercises.notebook.grading import Verdict, grade
from cs231n.exercises.notebook.kept_answers import answers
from cs231n.exercises.notebook.progress_chart import progress
from cs231n.exercises.notebook.session import as_written, hint

__all__ = ["NotRight", "Verdict", "agree", "answers", "as_written", "check", "grade", "hint", "progress"]
