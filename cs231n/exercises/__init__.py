"""Check cells that teach: verdicts on a student's answers, hints, kept answers, and what is done so far.

How a check comes about, module by module:

checking: prints the verdict, keeps a right answer, hands back a function that works (`fallback`)
changed_reference: whether what answers are compared with is still right
judging: the verdict, from `all_cases`, which runs the answer on every case (`one_call`, `time_limit`)
recognise: which mistake of the bank gives these numbers; else what the numbers are (`general_rules`)
errors: for an exception the line that failed, and one sentence from `causes`
messages: all of it in words; `compare` says where and how far a number departs
bank: the exercises, one file each (`exercise`), and their mistakes (`known_mistakes`)
session: what is remembered while the kernel runs; answers_file: what is kept beyond (`answer_source`)
"""

from cs231n.exercises.agree import agree
from cs231n.exercises.checking import NotRight, check
from cs231n.exercises.hints import hint
from cs231n.exercises.judging import Verdict, grade
from cs231n.exercises.load_answers import answers
from cs231n.exercises.progress_chart import progress
from cs231n.exercises.session import as_written

__all__ = ["NotRight", "Verdict", "agree", "answers", "as_written", "check", "grade", "hint", "progress"]
