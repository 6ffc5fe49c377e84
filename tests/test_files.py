"""A file is written whole or not at all, also beside a program that holds it for a moment."""

from pathlib import Path

import pytest

from cs231n.files import write_whole


def of_windows():
    """As Windows says that another program has the file open."""
    error = OSError("sharing violation")
    error.winerror = 32
    return error


@pytest.fixture
def held(monkeypatch):
    """Another program holds the old file: the errors put into this list are raised, one a move."""
    refusals, real = [], Path.replace

    def replace(path, target):
        if refusals:
            raise refusals.pop()
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    return refusals


@pytest.fixture
def waited(monkeypatch):
    """The seconds that were waited, in truth none."""
    seconds = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


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


@pytest.mark.parametrize("error", [PermissionError("held"), of_windows()])
def test_a_file_that_is_held_for_a_moment_is_written_all_the_same(tmp_path, held, waited, error):
    held += [error] * 5
    write(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new" and not held
    assert waited == [0.1, 0.2, 0.4, 0.8, 1.6]


@pytest.mark.parametrize("error, waits", [(PermissionError("held"), 5), (OSError(28, "disk full"), 0)])
def test_a_file_that_cannot_be_written_is_told_and_left_as_it_is(tmp_path, held, waited, error, waits):
    path = tmp_path / "a.txt"
    write(path, "old")
    held += [error] * 6
    with pytest.raises(OSError) as raised:
        write(path, "new", pause=0.5)
    assert raised.value is error and waited == [0.5 * 2**k for k in range(waits)]
    assert path.read_text(encoding="utf-8") == "old" and list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_way_is_told_as_it_is(tmp_path):
    (tmp_path / "a.txt.part").mkdir()
    with pytest.raises(OSError) as raised:
        write(tmp_path / "a.txt", "new")
    assert raised.value.__context__ is None
