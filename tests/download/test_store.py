"""What computers do: stops, full disks, locks, odd names; each leaves only whole files in place."""

import contextlib
import errno
import os
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from world import NEEDED, refusing

from cs231n.course.download import store
from cs231n.course.download.errors import BusyError, disk_error
from cs231n.course.download.store import Store, folder, lock

posix = pytest.mark.skipif(
    os.name == "nt", reason="signals and links of this kind exist on Linux and macOS only"
)


# --- stopped


def test_a_killed_run_goes_on_at_the_byte(world):
    world.killed()
    world.nothing_half()
    assert (world.dest / ".get_data.lock").exists()
    world.resumes(100_000)


@posix
def test_ctrl_c_ends_with_130_and_goes_on_at_the_byte(world):
    process = world.stalled()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "run the same command again" in err and "Traceback" not in err
    world.resumes(100_000)


def test_ctrl_c_anywhere_ends_with_130(world, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    assert world.run() == 130 and not list(world.dest.glob("*.part"))


# --- the disk


@pytest.mark.parametrize("room", [0, 50_000, 250_000, 590_000])
def test_a_disk_full_while_writing_keeps_what_came(world, monkeypatch, room):
    """The disk has room for so many bytes; one that has not is made of the files themselves."""
    real, left = Path.open, [room]

    def narrow(self, mode="r", *rest, **options):
        file = real(self, mode, *rest, **options)
        return full(file) if self.suffix in (".span", ".part") and mode[0] in "wa" else file

    @contextlib.contextmanager
    def full(file):
        def write(data):
            left[0] -= len(data)
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return file.write(data)

        with file:
            yield SimpleNamespace(write=write)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", narrow)
        world.fails(4, "The disk is full", "Free some space")
    assert not list(world.dest.glob("*.part"))
    world.arrives()


def test_too_little_space_is_said_with_the_numbers_before_the_transfer(world, monkeypatch):
    usage = shutil.disk_usage(world.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=500_000))
    world.fails(4, "0.6 MB are needed, 0.5 MB are free")
    assert "span" not in world.server.kinds()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: (0, 0, 0))  # a network drive that does not tell
    world.arrives()


def held(number=errno.EACCES):
    """What the system answers of a file that another program holds open, or of a folder that is not ours."""
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("number, words", [(errno.EACCES, "No permission"), (errno.EIO, "The disk refused")])
def test_a_destination_that_cannot_be_made_ends_with_4(world, monkeypatch, number, words):
    with monkeypatch.context() as patch:
        refusing(patch, Path, "mkdir", held(number))
        world.fails(4, words, "--dest", "Kept: 0 of 3 files")
    world.dest.write_bytes(b"")
    assert world.run() == 4 and "is a file; a folder is needed there" in world.err


@pytest.mark.parametrize("name, suffix", [("replace", ".part"), ("unlink", ".span")])
def test_what_another_program_holds_for_a_moment_is_tried_again(world, monkeypatch, name, suffix):
    """Windows refuses to move or remove a file that another program holds open; here twice."""
    seen = refusing(monkeypatch, Path, name, held(), range(2), lambda path, *_: path.suffix == suffix)
    world.arrives()
    assert len(seen) >= 3


def test_what_another_program_holds_for_ever_keeps_the_bytes(world, monkeypatch):
    with monkeypatch.context() as patch:
        refusing(patch, Path, "replace", held())
        world.fails(4, "Close programs that have the file open", "0.2 MB of unfinished parts")
    world.resumes(200_000)


@pytest.mark.parametrize("winerror", [32, 33, 1224])
def test_what_windows_says_of_an_open_file_is_told_with_the_files_name(winerror):
    error = OSError(errno.EINVAL, "the requested operation cannot be performed", "data/features.h5.part")
    error.winerror = winerror
    text = str(disk_error(error, "data"))
    assert "Another program has" in text and "features.h5 open" in text and ".part" not in text


# --- two at once


def test_two_at_once_the_second_ends_with_5(world):
    process = world.stalled()
    try:
        world.fails(5, "Another download", "--dest")
        world.fails(5, "Another download", options=["--clean"])
    finally:
        process.kill()
        process.communicate()


def test_a_lock_is_free_again_after_its_block(tmp_path):
    for _ in range(3):
        with lock(tmp_path / "lock"), pytest.raises(BusyError), lock(tmp_path / "lock"):
            pass
    assert not (tmp_path / "lock").exists()


@pytest.mark.parametrize("number", [37, 95, 5, 11])
def test_a_drive_without_locks_is_no_hindrance(world, monkeypatch, number):
    """What flock answers on network drives; 11 is what a lock that is really held answers, too."""

    owner, name = (store.msvcrt, "locking") if os.name == "nt" else (store.fcntl, "flock")
    refusing(monkeypatch, owner, name, held(number))
    world.arrives()


# --- what lies there


def test_a_piece_that_is_damaged_or_too_long_is_fetched_again(world):
    piece = world.killed()
    piece.write_bytes(piece.read_bytes()[:50_000] + b"x" + piece.read_bytes()[50_001:])
    world.arrives()
    assert "captions.h5 were damaged; fetching them again" in world.err
    (world.dest / "captions.h5").unlink()
    piece.write_bytes(b"x" * 900_000)
    world.arrives()
    assert "were damaged" not in world.err


@posix
def test_a_link_in_place_of_a_piece_is_replaced_and_not_followed(world):
    piece, victim = world.killed(), world.folder / "victim"
    victim.write_bytes(b"precious")
    piece.unlink()
    piece.symlink_to(victim)
    world.arrives()
    assert victim.read_bytes() == b"precious"


def test_the_pieces_of_one_file_are_not_those_of_a_longer_name(tmp_path):
    for name in ("captions", "captions.h5"):
        (tmp_path / f"{name}.0badcafe-99.0.span").write_bytes(b"some")
    assert [path.name for path in Store(tmp_path).pieces("captions")] == ["captions.0badcafe-99.0.span"]
    assert len(Store(tmp_path).pieces()) == 2


LEFT_BEHIND = {  # files in the folder, each whole (None) or with these bytes; requests for files
    "a killed run's part": ({"captions.h5.part": b"half"}, 3),
    "a stale lock": ({".get_data.lock": b""}, 3),
    "a half unzipped folder": ({"captions.h5": None, "vocab.json": b"["}, 2),
    "a piece of another version": ({"captions.h5.00000000-5-9.0.span": b"old"}, 3),
}


@pytest.mark.parametrize("case", LEFT_BEHIND)
def test_what_lies_there_is_no_hindrance(world, case):
    files, spans = LEFT_BEHIND[case]
    world.dest.mkdir()
    for name, data in files.items():
        (world.dest / name).write_bytes(world.contents[name] if data is None else data)
    world.arrives()
    assert world.server.kinds().count("span") == spans


def test_a_damaged_file_goes_even_where_the_network_fails(world):
    world.half("captions.h5")
    world.server.files.clear()
    world.fails(3)
    assert world.has()


# --- names


@pytest.mark.parametrize(
    "name", ["with some spaces", "数据 集", "a" * 200], ids=["spaces", "Chinese", "long"]
)
def test_odd_names_of_folders_are_no_hindrance(world, name):
    world.dest = world.folder / name
    try:
        (world.dest / ("x" * 40)).mkdir(parents=True)
        shutil.rmtree(world.dest)
    except OSError as error:
        pytest.skip(f"this system has no room for such a path: {error}")
    out, _ = world.start(env=os.environ | {"PYTHONIOENCODING": "ascii"}).communicate(timeout=90)
    assert "verified" in out and world.has(*NEEDED)


def test_the_default_folder_is_in_the_pack():
    assert folder() == Path(__file__).parents[2] / "datasets" / "coco_captioning"
