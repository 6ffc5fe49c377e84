"""The class at a glance: what the page says, that nothing of a student's runs on it; and answers alike."""

import re
from html.parser import HTMLParser

import pytest
from hand_in import hand_in
from right_answers import ANSWERS, check_cell

from cs231n.exercises import bank
from instructors.alike import find_alike, shape_of
from instructors.class_page import class_page
from instructors.collect import submissions

STEP, BACKWARD, LENGTHS = "rnn_step_forward", "rnn_step_backward", "caption_lengths"
LSTM = "lstm_step_backward"


def row(name, lengths, step, backward, mistake=""):
    """One row of the marks; `mistake` is that of the step."""
    row = {"student": name, LENGTHS: lengths, STEP: step, BACKWARD: backward}
    return row | {f"{exercise} mistake": "" for exercise in row} | {f"{STEP} mistake": mistake}


CLASS = [
    row("anna", "right", "right", "right"),
    row("bert", "right", "wrong", "unfilled", "bias_forgotten"),
    row("carl", "right", "wrong", "missing", "bias_forgotten + bias_after_tanh"),
    row("小明 <b>", "right", "hangs", "wrong"),
    row("émile", "missing", "missing", "missing"),
]


class Page(HTMLParser):
    """A page as a reader of the screen has it: tags, and the text of each section."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.sections, self._now = [], [], {"": ""}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if self.open[-1:] == ["h2"]:
            self._now = data
            self.sections[data] = ""
        elif self.open[-1:] != ["style"]:
            self.sections[self._now] += data


def page(rows=CLASS, exercises=(LENGTHS, STEP, BACKWARD), alike=None):
    return Page(class_page(rows, list(exercises), "marks.csv", alike))


@pytest.fixture(scope="module")
def sections():
    return page().sections


def test_the_page_says_how_many_have_what(sections):
    assert "5 students, 3 exercises of 2 chapters. From marks.csv." in sections[""]
    assert "4 of 5 students handed something in" in sections[""] and "40% of all exercises" in sections[""]
    assert "1 have everything right" in sections[""] and "1 verdict is for you to look at" in sections[""]
    bars = [attrs["aria-label"] for tag, attrs in page().tags if attrs.get("role") == "img"]
    assert bars[1] == "1 right, 2 wrong, 1 not handed in, 1 look at it"
    assert bars[-1] == "Students by exercises right: 1 with 0, 3 with 1, 1 with 3"


def test_mistakes_have_a_name_a_sentence_and_students(sections):
    text = sections["What to explain again"]
    known = {each.name: each.sentence for each in bank.find(STEP).mistakes}
    assert "bias forgotten + bias after tanh" in text
    assert text.count(known["bias_forgotten"]) == 2 and text.count(known["bias_after_tanh"]) == 1
    assert "has no name: rnn_step_backward (1)" in text


def test_stuck_is_who_tried_and_does_not_have_it(sections):
    text = sections["Who is stuck where"]
    assert "3 rnn_step_forwardbert, carl, 小明 <b>" in text and "rnn_step_backward" not in text
    assert "anna" not in text and "émile" not in text


def test_nobody_is_stuck_at_what_was_not_tried():
    rows = [row("a", "right", "unfilled", "missing"), row("b", *3 * ["unreadable"])]
    assert "Nobody" in page(rows).sections["Who is stuck where"]


def test_who_has_the_fewest_right_comes_first(sections):
    text = sections["Student by student"]
    assert text.index("émile") < text.index("bert") < text.index("anna")


def test_the_page_needs_nothing_else_and_runs_nothing():
    mine = page([row("<script>x</script>", "wrong", "right", "right", "")], [LENGTHS])
    tags = {tag for tag, _ in mine.tags}
    assert not tags & {"script", "link", "img", "iframe", "form", "object"}
    assert not any(
        name.startswith("on") or name in ("src", "href") for _, attrs in mine.tags for name in attrs
    )
    assert mine.open == []
    assert "<script>x</script>" in mine.sections["Student by student"]


def test_nobody_and_nothing_is_a_page_too():
    assert "0 students, 1 exercise of chapter 00" in page([], [LENGTHS]).sections[""]


LONG = ANSWERS[LSTM]
OTHER_NAMES = re.sub(r"\b(dc|da|tanh_c|cache)\b", r"my_\1", LONG).replace("\n", "  # mine\n", 2)


def test_names_comments_and_texts_make_no_other_answer():
    assert OTHER_NAMES != LONG
    with_text = LONG.replace("):\n", '):\n    """My own."""\n', 1)
    with_types = LONG.replace("(dnext_h, dnext_c, cache)", "(a: object, b: object, c) -> tuple", 1)
    with_types = re.sub(
        r"\bcache\b", "c", re.sub(r"\bdnext_c\b", "b", re.sub(r"\bdnext_h\b", "a", with_types))
    )
    shape = shape_of(LONG, LSTM)
    assert shape and {shape_of(text, LSTM) for text in (OTHER_NAMES, with_text, with_types)} == {shape}


@pytest.mark.parametrize("change", [(" - ", " + "), ("@", "*"), ("1 -", "1.0 -")])
def test_another_computation_is_another_answer(change):
    assert change[0] in LONG and shape_of(LONG.replace(*change), LSTM) != shape_of(LONG, LSTM)


def test_what_is_short_and_what_the_course_has_written_do_not_count():
    assert shape_of(ANSWERS[STEP], STEP) == ""
    assert all(
        shape_of(f'def {name}(a):\n    raise NotImplementedError("TODO")\n', name) == "" for name in ANSWERS
    )


@pytest.mark.parametrize(
    "cell",
    [
        "%time x = 1\n!ls\n" + LONG,
        LONG + "\nx?\n",
        "if True:\n" + "".join(f"    {line}\n" for line in LONG.splitlines()),
    ],
    ids=["magics", "a question", "indented"],
)
def test_a_cell_that_is_no_python_is_compared_too(cell):
    assert shape_of(cell, LSTM) == shape_of(LONG, LSTM) != ""


def test_code_that_nobody_has_typed_is_left_out():
    deep = f"def {LSTM}(a):\n" + "".join(f"    b{k} = {'-' * 3000}1\n" for k in range(6))
    assert shape_of(deep, LSTM) == "" == shape_of(f"def {LSTM}(\0", LSTM)


def test_answers_alike_are_found_in_what_was_handed_in(tmp_path):
    own = LONG.replace("\n", "\n    checked = True\n", 1)
    for name, code in {
        "anna": LONG,
        "bert": OTHER_NAMES,
        "carl": own,
        "dora_1": own,
        "emil": ANSWERS[STEP],
    }.items():
        hand_in(tmp_path / f"{name}.ipynb", "import numpy as np", code, check_cell(LSTM))
    hand_in(tmp_path / "fay.ipynb", ANSWERS[STEP])
    found = find_alike(submissions(tmp_path), bank.ORDER)
    assert [(each.exercise, each.students, each.same_text) for each in found] == [
        (LSTM, ("anna", "bert"), False),
        (LSTM, ("carl", "dora_1"), True),
    ]
    text = page([{"student": "anna", LSTM: "wrong"}], [LSTM], found).sections["Answers alike"]
    assert "Other names or comments. Verdict: wrong." in text
    assert "A hint, never a verdict." in text and "anna, bert" in text and "def lstm_step_backward" in text
