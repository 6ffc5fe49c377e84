"""What a student reads, compared with stored text, so that a change is seen; and the catalogue it comes from.

After a wanted change: `python tests/exercises/test_say.py` writes the files anew; read the difference.
"""

import ast
import re
import string
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from beginners import ANSWERS
from mistaken_answers import KNOWN, handed_in, with_inputs_as_cache

from cs231n import exercises
from cs231n.exercises import bank, grade
from cs231n.exercises.facts import Shape, Term, fact
from cs231n.exercises.say.catalogue import CATALOGUE, Plural, Reference
from cs231n.exercises.say.words import listed, message, words

STORED = Path(__file__).with_name("messages")
PACKAGE = Path(exercises.__file__).parent


# ---- the catalogue


def sentences(kind):
    """All sentences of a kind, for one and more, with and without the reference."""
    found = CATALOGUE[kind]
    return list(vars(found).values()) if isinstance(found, Plural | Reference) else [found]


def places(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def facts_in_code():
    """Each `fact("kind", name=…)` in code: its kind, and its names; None where they are not all written out."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fact":
                written = all(keyword.arg for keyword in node.keywords)
                yield node.args[0], {keyword.arg for keyword in node.keywords} if written else None


def test_every_fact_has_words_and_brings_their_values():
    kinds = [(kind, names) for kind, names in facts_in_code() if isinstance(kind, ast.Constant)]
    assert len(kinds) > 100
    for kind, names in kinds:
        for sentence in sentences(kind.value):
            added = {"forward"} if "cache" in kind.value else set()  # where it is told
            assert names is None or places(sentence) <= names | added, kind.value
        if isinstance(CATALOGUE[kind.value], Plural):
            assert names is None or "count" in names, kind.value


def test_every_sentence_is_used():
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "catalogue.py"
    )
    made_of_parts = {"right_but_first", "right_but_last", "only_first_right", "only_last_right"}
    in_a_pack = {"needed", "needed_but_refused", "comes_from_above"}
    assert {
        kind for kind in CATALOGUE if not re.search(f"['\"]{kind}['\"]", code)
    } == made_of_parts | in_a_pack


def test_both_sentences_of_a_pair_have_the_same_places():
    for kind in CATALOGUE:
        first, *others = map(places, sentences(kind))
        assert all(other <= first | {"count", "forward"} for other in others), kind


def test_words_are_joined_in_one_place():
    assert [listed(["dx"]), listed(["dx", "db"]), listed(["dx", "dW", "db"])] == [
        "dx",
        "dx and db",
        "dx, dW and db",
    ]


def test_values_are_put_into_words():
    text = words(fact("shape", expected=Shape((3, 4)), given=Shape()))
    assert text == "Shape: expected (3, 4), yours one number."
    assert words(fact("places", axis=Term("sample"), numbers=("0", "2"), count=2)) == "samples 0 and 2"
    assert message([fact("returns_none"), None, [None, fact("squeeze")]]).endswith(
        "\n  np.squeeze removes every axis of length 1."
    )


@pytest.mark.parametrize(
    ("expected", "given", "text"),
    [
        (0.5, 0.25, "Expected 0.5, yours 0.25."),
        (0.48851, 0.48852, "Expected 0.48851, yours 0.48852."),
        (131584, 131072.0, "Expected 131584, yours 131072."),
        (131584, 1310720.5, "Expected 131584, yours 1.311e+06."),
        (1.0, float("nan"), "Expected 1, yours nan."),
        (False, 1.0, "Expected False, yours True."),
        (True, 5.0, "Expected True, yours 5."),
    ],
)
def test_two_numbers_have_the_digits_that_tell_them_apart(expected, given, text):
    assert words(fact("expected_and_yours", expected=expected, given=given)) == text


# ---- the rooms


ROOMS = "facts known_mistakes exercise bank compare run recognise judge say notebook __init__".split()


def test_a_room_knows_only_those_before_it():
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        text = path.read_text(encoding="utf-8")
        for found in re.findall(r"from cs231n\.exercises(?:\.(\w+)| import (\w+))", text):
            known = found[0] or found[1]
            assert ROOMS.index(known) <= ROOMS.index(room), (str(path), known)


# ---- what is stored


def messages(name):
    """All that one exercise can say about an answer, as text."""
    exercise = bank.find(name)
    parts = [("not filled in", grade(unfilled(name)).message), ("right", grade(right(name)).message)]
    for known, mistake in KNOWN:
        if known == name:
            parts.append((mistake.name, grade(*handed_in(name, mistake)).message))
    parts += [(f"hint {k}", text) for k, text in enumerate(exercise.hints, 1)]
    text = "".join(f"## {title}\n{text}\n\n" for title, text in parts)
    return re.sub(r"  Line \d+.*\n", "", text)  # the line of an error is a line of these tests


def unfilled(name):
    def answer(*arguments):
        raise NotImplementedError("TODO")

    answer.__name__ = name
    return answer


def right(name):
    def answer(*arguments):
        return bank.find(name).reference(*arguments)

    answer.__name__ = name
    return answer


@pytest.mark.parametrize("name", bank.ORDER)
def test_messages_are_the_stored_ones(name):
    assert messages(name) == (STORED / f"{name}.txt").read_text(encoding="utf-8")


ENGLISH = re.compile(
    r"\b(the|are|was|your?|of|an|to|it|that|this|which|does|has|have)\b|[一-龥]s\b", re.IGNORECASE
)


@pytest.mark.parametrize("name", bank.ORDER)
def test_what_is_said_in_chinese_has_no_english_left(name, monkeypatch):
    monkeypatch.setenv("CS231N_LANG", "zh")
    known = [mistake for exercise, mistake in KNOWN if exercise == name]
    told = [grade(unfilled(name)), grade(right(name)), *(grade(*handed_in(name, m)) for m in known[::8])]
    for verdict in told:
        said = re.sub(r"Error: .*|第 \d+ 行.*", "", verdict.message)  # Python's own words, and the answer's
        assert re.search("[一-龥]", said) and not ENGLISH.search(said), said


@cache
def beginner(k):
    """The verdict on a wrong answer that a beginner types."""
    name, source = ANSWERS[k]
    space = {"np": np}
    exec(source, space)
    forward = bank.find(name).forward
    return grade(space[name], with_inputs_as_cache(forward) if forward else None)


def told(k):
    """The answer, the name that it gets, and what is said after where it departs."""
    lines = beginner(k).message.splitlines()[1:]
    said = [line for line in lines if not re.match("  (First|All|\\d+ of|Line)", line)]
    return "\n".join([f"## {beginner(k).mistake}", ANSWERS[k][1].strip(), *said, ""])


@pytest.mark.parametrize("k", range(len(ANSWERS)))
def test_no_wrong_answer_is_called_right(k):
    assert beginner(k).status in ("wrong", "error")


def test_what_is_said_to_beginners_is_what_is_stored():
    stored = (STORED / "beginners.txt").read_text(encoding="utf-8")
    assert "\n".join(map(told, range(len(ANSWERS)))) == stored


def test_four_of_five_get_a_name():
    assert sum(bool(beginner(k).mistake) for k in range(len(ANSWERS))) >= 0.8 * len(ANSWERS)


def store():
    """Write the files anew."""
    STORED.mkdir(exist_ok=True)
    texts = {name: messages(name) for name in bank.ORDER}
    texts["beginners"] = "\n".join(map(told, range(len(ANSWERS))))
    for name, text in texts.items():
        (STORED / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    store()
