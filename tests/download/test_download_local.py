"""What computers do: stops, full disks, locks, odd names; each leaves only whole files in place."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import until
from test_download_network import arrives
from world import NEEDED

from cs231n.course.download.cli import main
from cs231n.course.download.errors import BusyError, disk_error
from cs231n.course.download.remote import CHUNK
from cs231n.course.download.store import Store, lock

FRONT = Path(__file__).parents[2] / "get_data.py"
posix = pytest.mark.skipif(os.name == "nt", reason="signals of this kind exist on Linux and macOS only")


def start(world, *options, **settings) -> subprocess.Popen:
    """get_data.py as a process of its own, from another folder."""
    command = [sys.executable, str(FRONT), *world.argv(*options)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=world.folder, text=True, encoding="utf-8", **(pipes | settings))


def stalled(world, *options, after=120_000, **settings) -> subprocess.Popen:
    """A process that has some bytes of captions.h5, the first in the archive, and waits for more."""
    stalled = []

    def stall(answer):
        if answer.asked["kind"] == "span" and next(ends(answer.asked)) < 1000 and not stalled:
            stalled.append(answer)
            answer.stall = after

    world.server.always = [stall]
    process = start(world, *options, **settings)
    until(lambda: unfinished(world) > after - CHUNK)
    return process


def killed(world) -> Path:
    """A run that was killed half way; the piece that it left of captions.h5."""
    process = stalled(world)
    process.kill()
    process.communicate()
    (piece,) = (world.dest / ".download").glob("captions*.span")
    return piece


def unfinished(world) -> int:
    return sum(path.stat().st_size for path in (world.dest / ".download").glob("captions*.span"))


def resumes(world, kept: int):
    """A new run arrives, and fetches nothing again that was kept."""
    world.server.sent = 0
    assert world.run() == 0, world.said
    assert world.has(*NEEDED)
    sizes = [last - first + 1 for first, last in map(ends, world.server.log)]
    assert world.server.sent == sum(sizes)
    whole = sum(len(world.contents[name]) for name in NEEDED)
    assert sum(sizes[2:]) < whole - kept + 1000


def ends(asked):
    return map(int, asked["range"].removeprefix("bytes=").split("-"))


# --- stopped


def test_a_killed_run_goes_on_at_the_byte(world):
    killed(world)
    world.nothing_half()
    assert (world.dest / ".get_data.lock").exists()
    kept = unfinished(world)
    assert kept >= 100_000
    resumes(world, kept)


@posix
def test_ctrl_c_ends_with_130_and_goes_on_at_the_byte(world):
    process = stalled(world)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in err
    assert "Traceback" not in err
    resumes(world, unfinished(world))


def test_ctrl_c_anywhere_ends_with_130(world, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    assert world.run() == 130
    assert not list(world.dest.glob("*.part"))


# --- the disk


class Full:
    """A file that has room for so many bytes; the disk is full then."""

    room = 0

    def __init__(self, file):
        self.file = file

    def write(self, data):
        Full.room -= len(data)
        if Full.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.file.write(data)

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()


@pytest.mark.parametrize("room", [0, 50_000, 250_000, 590_000])
def test_a_disk_full_while_writing_keeps_what_came(world, monkeypatch, room):
    real = Path.open

    def narrow(self, mode="r", *rest, **options):
        file = real(self, mode, *rest, **options)
        return Full(file) if self.suffix in (".span", ".part") and mode[0] in "wa" else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", narrow)
        Full.room = room
        assert world.run() == 4
    assert "The disk is full" in world.err and "Free some space" in world.err
    assert not list(world.dest.glob("*.part"))
    arrives(world)


def test_too_little_space_is_said_with_the_numbers_before_the_transfer(world, monkeypatch):
    usage = shutil.disk_usage(world.folder)._replace(free=300_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert world.run() == 4
    assert "MB are needed, 0.3 MB are free" in world.err
    assert "span" not in world.server.kinds()


def test_a_read_only_destination_ends_with_4(world, monkeypatch):
    """Injected: a privileged user may write anywhere, so a real read-only folder proves nothing for all."""

    def refuse(self, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert world.run() == 4
    assert "No permission" in world.err and "--dest" in world.err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a privileged user may write anywhere")
def test_a_really_read_only_destination_ends_with_4(world):
    world.dest.mkdir(mode=0o555)
    assert world.run() == 4
    assert "No permission" in world.err


def test_a_file_where_the_folder_should_be_ends_with_4(world):
    world.dest.write_bytes(b"")
    assert main(world.argv()) == 4


def refusing(monkeypatch, times):
    """Windows refuses to replace a file that another program holds open; here the first `times` moves."""
    real, left = Path.replace, [times]

    def replace(self, target):
        if left[0] > 0:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "The file is used by another process", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_a_move_refused_twice_is_tried_again(world, monkeypatch):
    refusing(monkeypatch, 2)
    arrives(world)


def test_a_move_refused_for_ever_keeps_the_bytes(world, monkeypatch):
    with monkeypatch.context() as patch:
        refusing(patch, 10**6)
        assert world.run() == 4
    assert "Close programs that have the file open" in world.err
    assert "MB of unfinished parts" in world.err
    resumes(world, 200_000)


def test_a_destination_open_elsewhere_does_not_hinder(world):
    """Where the system lets an open file be replaced; where not, the test above shows the outcome."""
    if os.name == "nt":
        pytest.skip("Windows refuses: see test_a_move_refused_for_ever_keeps_the_bytes")
    world.half("vocab.json")
    with (world.dest / "vocab.json").open("rb"):
        arrives(world)


# --- two at once


def test_two_at_once_the_second_ends_with_5(world):
    process = stalled(world)
    try:
        assert world.run() == 5
        assert "Another download" in world.err and "--dest" in world.err
    finally:
        process.kill()
        process.communicate()


def test_a_lock_is_free_again_after_its_block(tmp_path):
    path = tmp_path / "lock"
    for _ in range(3):
        with lock(path), pytest.raises(BusyError), lock(path):
            pass
    assert not path.exists()


# --- what lies there


def test_a_damaged_sidecar_is_found_and_fetched_again(world):
    span = killed(world)
    data = bytearray(span.read_bytes())
    data[50_000] ^= 1
    span.write_bytes(data)
    assert world.run() == 0
    assert "captions.h5 were damaged; fetching them again" in world.err
    assert world.has(*NEEDED)


def test_a_sidecar_that_is_too_long_is_thrown_away(world):
    span = killed(world)
    span.write_bytes(b"x" * 900_000)
    arrives(world)


def test_the_pieces_of_one_file_are_not_those_of_a_longer_name(tmp_path):
    folder = Store(tmp_path)
    folder.work.mkdir()
    for name in ("captions", "captions.h5"):
        (folder.work / f"{name}.0badcafe-99.0.span").write_bytes(b"some")
    assert [path.name for path in folder.pieces("captions")] == ["captions.0badcafe-99.0.span"]
    assert len(folder.pieces()) == 2


LEFT_BEHIND = {  # files in the folder, each whole (None) or with these bytes; requests for files
    "a killed run's part": ({"captions.h5.part": b"half"}, 3),
    "a stale lock": ({".get_data.lock": b""}, 3),
    "a half unzipped folder": ({"captions.h5": None, "vocab.json": b"["}, 2),
}


@pytest.mark.parametrize("case", LEFT_BEHIND)
def test_what_lies_there_is_no_hindrance(world, case):
    files, spans = LEFT_BEHIND[case]
    world.dest.mkdir()
    for name, data in files.items():
        (world.dest / name).write_bytes(world.contents[name] if data is None else data)
    arrives(world)
    assert world.server.kinds().count("span") == spans


def test_a_damaged_file_goes_even_where_the_network_fails(world):
    world.half("captions.h5")
    world.server.files.clear()
    assert world.run() == 3
    assert world.has()


def test_one_flipped_byte_is_found_by_verify(world):
    world.run()
    path = world.dest / "features.h5"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    assert main(world.argv("--verify")) == 1
    assert world.run() == 0
    assert world.run("--verify") == 0


def test_force_fetches_what_is_whole(world):
    world.run()
    assert world.run("--force") == 0
    assert world.server.kinds().count("span") == 3


def test_clean_removes_unfinished_parts_only(world):
    killed(world)
    (world.dest / "mine.txt").write_bytes(b"mine")
    assert world.run("--clean") == 0
    assert "Removed 0." in world.out and "Removed 0.0" not in world.out
    assert unfinished(world) == 0 and (world.dest / "mine.txt").exists()


# --- names and streams


LONG = "a" * 200


@pytest.mark.parametrize(
    "name", ["with some spaces", "数据 集", LONG], ids=["spaces", "Chinese", "200 characters"]
)
def test_odd_names_of_folders_are_no_hindrance(world, name):
    world.dest = world.folder / name
    try:
        (world.dest / ("x" * 40)).mkdir(parents=True)
        shutil.rmtree(world.dest)
    except OSError as error:
        pytest.skip(f"this system has no room for such a path: {error}")
    process = start(world, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    process.communicate(timeout=90)
    assert process.returncode == 0
    assert world.has(*NEEDED)


def test_a_piped_stderr_gets_lines_and_no_bar(world):
    process = start(world)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0
    assert "\r" not in err and "captions.h5: in place" in err
    assert out.startswith("All 3 files are in")


def test_quiet_says_nothing_but_errors(world):
    assert world.run("--quiet") == 0
    assert world.said == ""
    world.server.files.clear()
    assert world.run("--quiet", "--force") == 3
    assert "404" in world.err and world.out == ""


def test_list_needs_no_network(world):
    world.half("captions.h5")
    status = main(world.argv("--list"))
    out = world.capsys.readouterr().out
    assert status == 0 and world.server.log == []
    assert "wrong size" in out and "large.h5" in out and "120,000" in out


def test_clean_says_when_there_is_nothing(world):
    assert world.run("--clean") == 0
    assert "Removed 0.0 MB" in world.out and not world.dest.exists()


def test_removing_is_tried_again_like_moving(world, monkeypatch):
    """Windows refuses to remove a file that another program holds open; here twice."""
    real, left = Path.unlink, [2]

    def unlink(self, missing_ok=False):
        if self.suffix == ".span" and left[0] > 0:
            left[0] -= 1
            raise PermissionError(errno.EACCES, "The file is used by another process", str(self))
        return real(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert world.run() == 0
    assert left == [0] and world.has(*NEEDED)


@pytest.mark.parametrize("winerror", [32, 33, 1224])
def test_what_windows_says_of_an_open_file_is_told_with_the_files_name(winerror):
    error = OSError(errno.EINVAL, "the requested operation cannot be performed", "data/features.h5.part")
    error.winerror = winerror
    text = str(disk_error(error, "data"))
    assert "Another program has" in text and "features.h5 open" in text and ".part" not in text


@posix
def test_a_link_in_place_of_a_piece_is_replaced_and_not_followed(world):
    piece = killed(world)
    victim = world.folder / "victim"
    victim.write_bytes(b"precious")
    piece.unlink()
    piece.symlink_to(victim)
    assert world.run() == 0
    assert victim.read_bytes() == b"precious" and world.has(*NEEDED)


def test_nobody_listens_and_the_download_goes_on(world):
    """Standard output is closed before the first line, as by `| head -0`."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        process = start(world, stdout=writer, stderr=writer)
    finally:
        os.close(writer)
    assert process.wait(timeout=90) == 0
    assert world.has(*NEEDED)


@pytest.mark.parametrize("options", [[], ["--list"]])
def test_without_any_output_stream(world, options):
    """As under pythonw, where sys.stdout and sys.stderr are None."""
    code = (
        "import runpy, sys\nsys.stdout = sys.stderr = None\n"
        f"sys.argv = {['get_data.py', *world.argv(*options)]!r}\n"
        f"runpy.run_path({str(FRONT)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=90)
    assert done.returncode == 0 and done.stderr == b""
