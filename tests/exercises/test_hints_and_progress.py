"""Hints come one after another, and the progress is drawn in a notebook and in a terminal."""

from html.parser import HTMLParser

import pytest
from cells import Notebook
from solved import ANSWERS, check_cell

from cs231n.exercises import bank, hint, progress
from cs231n.exercises.notebook.session import SESSION
from cs231n.rnn_layers import rnn_step_forward


@pytest.mark.parametrize("name", bank.ORDER)
def test_three_hints_one_more_each_time(name, capsys):
    for _ in range(5):
        hint(name)
    printed = " ".join(capsys.readouterr().out.split())
    for number, text in enumerate(bank.find(name).hints, 1):
        assert f"Hint {number} of 3 for {name}" in printed and text in printed
    assert printed.count("Hint 3 of 3") == 3 and "This was the last one." in printed


def test_a_hint_for_a_function():
    hint(rnn_step_forward)


def test_a_hint_for_nothing_is_refused():
    with pytest.raises(ValueError, match="Did you mean rnn_forward"):
        hint("rnn_foward")


@pytest.mark.parametrize("name", bank.ORDER)
def test_hints_never_hold_a_line_of_the_solution(name):
    lines = {line.strip() for line in ANSWERS[name].splitlines() if len(line.strip()) > 12}
    assert not any(line in text for line in lines for text in bank.find(name).hints)


class Reader(HTMLParser):
    """Collects the text, and fails where a tag is not closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        assert not any(key in ("src", "href") for key, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_progress_begins_with_nothing():
    first = bank.ORDER[0]
    assert repr(progress()).splitlines()[0] == f"0 of {len(bank.ORDER)} exercises are right. Next: {first}."


def test_progress_shows_what_is_done_and_what_is_next():
    notebook = Notebook()
    notebook.run(ANSWERS["caption_lengths"])
    notebook.run(check_cell("caption_lengths"))
    notebook.run("def rnn_step_forward(*a):\n    return a[0], 1")
    notebook.run(check_cell("rnn_step_forward"))
    shown = progress()
    for text in (repr(shown), Reader(shown._repr_html_()).text):
        assert f"1 of {len(bank.ORDER)} exercises are right. Next: rnn_step_forward." in text
        assert "✓ caption_lengths" in text and "✗ rnn_step_forward" in text and "○ lstm_backward" in text


def test_progress_remembers_what_was_kept():
    notebook = Notebook()
    notebook.run(ANSWERS["caption_lengths"])
    notebook.run(check_cell("caption_lengths"))
    SESSION.forget()  # a new kernel
    assert repr(progress()).startswith("1 of ")


def test_all_done():
    notebook = Notebook()
    for name in bank.ORDER:
        notebook.run(ANSWERS[name])
        notebook.run(check_cell(name))
    assert "That is all of them" in repr(progress())
