"""Never a false alarm: correct answers in other styles pass, and quietly."""

from collections import Counter

import correct_attention  # noqa: F401  (each fills ANSWERS)
import correct_captioning  # noqa: F401
import correct_fast  # noqa: F401
import correct_lstm  # noqa: F401
import correct_more  # noqa: F401
import correct_reward  # noqa: F401
import correct_rnn  # noqa: F401
import correct_speaking  # noqa: F401
import pytest
from styles import all_answers

from cs231n.exercises import bank, grade

ANSWERS = all_answers()
IDS = [f"{name}-{function.__name__}" for name, function, _ in ANSWERS]


@pytest.mark.parametrize(("name", "function", "forward"), ANSWERS, ids=IDS)
def test_correct_answers_pass_in_any_style(name, function, forward, capfd):
    verdict = grade(function, forward, name=name)
    assert (verdict.status, verdict.mistake) == ("right", None), verdict.message
    assert verdict.message.splitlines()[0] == f"✓ {name} is right."
    assert capfd.readouterr() == ("", "")


def test_each_exercise_is_answered_in_at_least_three_styles():
    counts = Counter(name for name, _, _ in ANSWERS)
    assert min(counts[name] for name in bank.ORDER) >= 3
