"""Each test has a folder of its own, where answers are kept, and starts a session of its own."""

import pytest

from cs231n.exercises import checking, hints, progress_chart


@pytest.fixture(autouse=True)
def own_session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("CS231N_STRICT", "CS231N_ANSWERS"):
        monkeypatch.delenv(name, raising=False)
    for memory in (checking._last, hints._given, progress_chart._session):
        memory.clear()
