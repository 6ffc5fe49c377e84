"""Each test has a folder of its own, where answers are kept, and starts a session of its own."""

import pytest

from cs231n.exercises.notebook.session import SESSION


@pytest.fixture(autouse=True)
def own_session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CS231N_STRICT", raising=False)
    monkeypatch.setenv("CS231N_ANSWERS", "my_answers.py")
    SESSION.forget()
