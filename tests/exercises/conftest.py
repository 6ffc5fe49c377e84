"""Each test has a folder of its own, where answers are kept, and starts a session of its own."""

import pytest

from cs231n.exercises.session import SESSION


@pytest.fixture(autouse=True)
def own_session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("CS231N_STRICT", "CS231N_ANSWERS"):
        monkeypatch.delenv(name, raising=False)
    SESSION.forget()
