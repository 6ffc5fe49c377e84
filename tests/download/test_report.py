"""What a download tells: one bar, and lines that steer no terminal."""

import io
import sys

import pytest

from cs231n import progress_bar
from cs231n.course.download import report


@pytest.fixture
def shown(monkeypatch):
    """Bars are shown, as in a terminal."""
    monkeypatch.setitem(report.BAR, "disable", False)


def test_the_bar_counts_what_was_there_before_and_tells_a_silence(shown, capsys):
    bar = report.Report()
    with bar.transfer(1000, 400):
        bar.heard -= 7.2
        bar.advance(0)
        bar.advance(600)
        bar.note("one thing to say\x1b[2J")
    said = capsys.readouterr().err
    for words in " 40%", "nothing for 7 s", "100%", "one thing to say?[2J\n":
        assert words in said
    assert "nothing for" not in said.rsplit("one thing", 1)[1], "it has spoken again"


def test_the_notebook_bar_needs_ipywidgets_and_does_without(shown, monkeypatch, capsys):
    for module in (report, progress_bar):
        monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    bar = report.Report()
    with bar.transfer(1000, 0):
        bar.advance(1000)
        bar.note("a line")
    captured = capsys.readouterr()
    assert "100%" in captured.out and "a line\n" in captured.out and captured.err == ""


def test_quiet_shows_neither_bar_nor_line(shown, capsys):
    bar = report.Report(quiet=True)
    with bar.transfer(1000, 0):
        bar.advance(1000)
        bar.note("a line")
    assert capsys.readouterr() == ("", "")


def test_a_stream_that_is_closed_or_none_stops_no_download_and_no_line_steers_a_terminal(monkeypatch):
    for stream in None, io.StringIO():
        if stream:
            stream.close()
        monkeypatch.setattr(sys, "stderr", stream)
        bar = report.Report()
        bar.note("a line")
        with bar.transfer(1000, 0):
            bar.advance(1000)
        report.say("a line", stream)
    report.say("größe 数据 ✓\nnext\x1b[31m", out := io.StringIO())
    assert out.getvalue() == "größe 数据 ✓\nnext?[31m\n"
