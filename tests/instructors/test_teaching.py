"""The pages in docs/teaching say what the chapters say, and students do not get them."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from cs231n.exercises import bank
from instructors.exam.make_exam import KINDS, questions
from instructors.handout.make_handout import TEXTS

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "teaching"
CHAPTERS = sorted((ROOT / "notebooks" / "source").glob("[0-9]*.py"))


def read(path):
    return path.read_text(encoding="utf-8")


def plain(text):
    """A text on one line, without the marks of a comment or of a quotation."""
    return " ".join(re.sub(r"^(# |> ?|#$)", "", text, flags=re.M).split())


def headings(chapter):
    return re.findall(r"^# #+ (.+)$", read(chapter), re.M)


def asked(chapter):
    """The written questions at the end of a chapter."""
    section = re.search(r"^# ## Questions?\n(.*?)^# %%", read(chapter), re.M | re.DOTALL)[1]
    return [one for one in re.split(r"(?:^|(?<= ))(?=\d\. )", plain(section)) if one]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_the_rubrics_have_every_question_word_for_word_and_its_points(chapter):
    rubrics = read(PAGES / "rubrics.md")
    head, section = re.search(
        rf"^## Chapter {chapter.stem[:2]}, (.*?) points\n(.*?)^## ", rubrics, re.M | re.DOTALL
    ).groups()
    for question in asked(chapter):
        assert question.strip() in plain(section)
    quoted = re.findall(r"((?:^>.*\n)+)((?:.+\n|\n(?!>))*)", section, re.M)
    assert len(quoted) == len(asked(chapter))
    for (_, below), points in zip(quoted, map(int, re.findall(r"\d+", head)), strict=True):
        ways = re.findall(r"^- (\d)( each)?:", below, re.M)
        assert sum(int(n) for n, _ in ways) == points or ways == [("1", " each")]


def test_the_rubrics_have_every_question_to_think_about():
    rubrics, count = read(PAGES / "rubrics.md").partition("## To think about")[2], 0
    for chapter in CHAPTERS:
        for section in re.findall(r"^# \*\*To think about\.\*\*.*?\n((?:#.*\n)+?)# ## ", read(chapter), re.M):
            for question in plain(section).split("- ")[1:]:
                [row] = [line for line in rubrics.splitlines() if question.strip() in line]
                assert chapter.stem[:2] in row.split("|")[1]
                count += 1
    assert count == 14


@pytest.fixture(scope="module")
def sessions():
    """The sessions of the lesson plan: their texts."""
    parts = re.split(r"^## (?=Session|Less time)", read(PAGES / "lesson_plan.md"), flags=re.M)
    return [part for part in parts if part.startswith("Session")]


def test_ten_sessions_of_90_minutes_for_the_ten_chapters_of_the_road(sessions):
    assert len(sessions) == 10
    for number, session in enumerate(sessions):
        assert session.startswith(f"Session {number + 1}:") and f"\nChapter {number:02d}" in session
        assert sum(int(n) for n in re.findall(r"^\| (\d+) \|", session, re.M)) == 90
        for part in (
            "**Afterwards a student can**",
            "**Homework.**",
            "**Goes wrong.**",
            "**Short of time?**",
        ):
            assert session.count(part) == 1


def test_what_the_sessions_show_are_headings_of_their_chapter(sessions):
    for chapter, session in zip(CHAPTERS, sessions, strict=False):
        shown = [
            cell
            for line in re.findall(r"^\| \d+ \|.*$", session, re.M)
            for cell in re.findall(r"\*([^*]+)\*", line.split("|")[3])
        ]
        shown += re.findall(
            r"\*([A-Z\"][^*]+)\*",
            re.search(r"\*\*Homework(.*?)\n\n", session, re.DOTALL)[1].partition("**")[2],
        )
        there = [plain(heading) for heading in headings(chapter)]
        assert len(shown) > 4
        for title in shown:
            assert title in there or (title == "Play" and any(h.startswith("Play · ") for h in there)), (
                chapter.stem,
                title,
            )


def test_the_mistakes_are_known_by_their_names(sessions):
    for chapter, session in zip(CHAPTERS, sessions, strict=False):
        found = re.findall(r"`(\w+)`:\s+`(\w+)`", session)
        assert len(found) >= 3
        for exercise, mistake in found:
            assert bank.find(exercise).chapter == chapter.stem
            assert mistake in {one.name for one in bank.find(exercise).mistakes}, (exercise, mistake)


def test_paper_questions_are_named_with_their_chapter(sessions):
    made = questions(0)
    for chapter, session in zip(CHAPTERS, sessions, strict=False):
        line = re.search(r"Paper: (.*?)\.", session)
        names = set(re.findall(r"\w+", line[1])) if line else set()
        assert names == {name for name, one in made.items() if one.chapter == chapter.stem[:2]}
    page = read(PAGES / "exam_questions.md")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d\d \| \d+) \|", page, re.M))
    assert rows == {name: f"{made[name].chapter} | {made[name].minutes}" for name in KINDS}
    assert sum(one.minutes for one in made.values()) == pytest.approx(
        150, abs=5
    )  # about two and a half hours
    assert len(KINDS) == 16 and "All sixteen take about two and a half hours" in page


def test_thirty_questions_have_thirty_answers_with_their_points():
    _, asks, answers = re.split(r"^## (?:Questions|Answers)$", read(PAGES / "exam_questions.md"), flags=re.M)
    points = {
        int(n): int(p)
        for n, p in re.findall(r"^\*\*(\d+)\.\*\* \((?:chapter )?\d\d, (\d) points", asks, re.M)
    }
    assert list(points) == [*range(1, 31)]
    found = dict(zip(*[iter(re.split(r"^\*\*(\d+)\.\*\*", answers, flags=re.M)[1:])] * 2, strict=True))
    assert [int(n) for n in found] == [*range(1, 31)]


NUMBERS = {  # question → what its answer says, computed
    3: (f"{50 * 100 + 100 * 100 + 100:,}", "(50, 100)", "(32, 100)"),
    7: (f"{2**10:,}",),
    9: (f"{math.hypot(6, 8):.0f}", "(3, 4)"),
    14: (f"{12 * 6.9:.0f}", f"{110 / 6.9:.0f}", f"{3 * 2.3:.1f}"),
    18: (f"{8.4 / 12:.1f}", f"{math.exp(0.7):.0f}"),
    21: (f"1/{2**10:,}", f"{1 / (1 + math.exp(-3)):.2f}"),
    22: (f"{(10 + 20 + 1) * 4 * 20:,}", f"{(10 + 20 + 1) * 20}"),
    28: (f"{sum(range(1, 101)):,}",),
    29: ("2/3", "−2/3", "1/3"),
}


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_of_the_answers(number):
    answers = read(PAGES / "exam_questions.md").partition("## Answers")[2]
    answer = re.search(rf"^\*\*{number}\.\*\*(.*?)\n\n", answers + "\n\n", re.M | re.DOTALL)[1]
    for value in NUMBERS[number]:
        assert value in answer


def test_the_lines_of_question_11_print_what_the_answer_says():
    asks, _, answers = read(PAGES / "exam_questions.md").partition("## Answers")
    printed = []
    code = re.search(r"\*\*11\.\*\*.*?```python\n(.*?)```", asks, re.DOTALL)[1]
    exec(code, {"np": np, "print": lambda value: printed.append(f"`{value}`")})
    assert " and ".join(printed) in answers


def test_question_24_by_the_package():
    from cs231n.attention import mix_cells, softmax

    A = np.array([[[5.0, 0], [0, 5], [5, 5]]])
    for scores, weights, context in (
        ([0, np.log(3), 0], [0.2, 0.6, 0.2], [2, 4]),
        ([0, 0, 0], [1 / 3] * 3, [10 / 3] * 2),
    ):
        found = softmax(np.array([scores]))
        np.testing.assert_allclose(found[0], weights)
        np.testing.assert_allclose(mix_cells(found, A)[0], context)


def test_students_do_not_get_these_pages():
    """The pack without the reference takes single texts only; for a copy by hand both pages name the folder."""
    assert not [name for name in TEXTS if "teaching" in name]
    hand_out = re.search(
        r"^### Hand out\n(.*?)^### ", read(ROOT / "docs" / "instructors.md"), re.M | re.DOTALL
    )[1]
    assert "`docs/teaching/`" in hand_out
    assert "`docs/teaching`" in read(ROOT / "README.md")
