"""A file is written whole or not at all, also beside a program that holds it for a moment."""

from pathlib import Path

import pytest

from cs231n.files import write_whole


@pytest.fixture
def held(monkeypatch):
    """Another program holds the old file: as many moves as the returned list has entries are refused."""
    refusals, real = [], Path.replace

    def replace(path, target):
        if refusals:
            raise PermissionError(refusals.pop())
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    return refusals


def write(path, text, **options):
    with write_whole(path, "w", **options) as file:
        file.write(text)


def test_text_is_utf8_with_the_same_ends_of_lines_everywhere(tmp_path):
    write(tmp_path / "a.txt", "ä\n單\n")
    assert (tmp_path / "a.txt").read_bytes() == "ä\n單\n".encode()


def test_a_stop_half_way_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    path = tmp_path / "a.txt"
    write(path, "old")
    with pytest.raises(KeyboardInterrupt), write_whole(path) as file:
        file.write(b"half of the n")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "old" and list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_held_for_a_moment_is_written_all_the_same(tmp_path, held):
    held += ["held"] * 5
    write(tmp_path / "a.txt", "new", pause=0.001)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new" and not held


def test_a_file_that_stays_held_is_told_and_left_as_it_is(tmp_path, held):
    path = tmp_path / "a.txt"
    write(path, "old")
    held += ["held"] * 6
    with pytest.raises(PermissionError, match="held"):
        write(path, "new", pause=0.001)
    assert path.read_text(encoding="utf-8") == "old" and list(tmp_path.iterdir()) == [path]
