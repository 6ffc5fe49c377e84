"""A bar in a terminal and in a notebook, none when output is piped or when TQDM_DISABLE asks for none."""

import subprocess
import sys

from cs231n import progress_bar as module


def drawn(**options):
    # disable=False: tqdm has read TQDM_DISABLE, which the tests set, when it was imported
    bar = module.progress_bar(total=2, disable=False, **options)
    shown = not bar.disable
    bar.update()
    bar.close()
    return shown


def test_piped_output_has_no_bar():
    code = "from cs231n.progress_bar import progress_bar\nfor _ in progress_bar(range(3)): pass"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == done.stderr == ""


def test_a_notebook_has_a_bar(monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    assert drawn()


def test_the_environment_hides_it_in_a_notebook(monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    assert not drawn()


def test_hidden_hides_it(monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    assert not drawn(hidden=True)


def test_without_ipywidgets_the_bar_is_text_on_standard_output(monkeypatch, capsys):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert drawn()
    printed = capsys.readouterr()
    assert "1/2" in printed.out
    assert printed.err == ""
