"""What people type: each option, each exit status, archives and folders on this disk, and the words."""

import os

import pytest
from world import NEEDED, PREFIX

from cs231n.course.download.archive import Manifest
from cs231n.course.download.cli import main, parser

unix = pytest.mark.skipif(os.name == "nt", reason="on Windows links need a privilege, and ~name is a guess")


def test_a_first_run_brings_the_needed_files_and_no_more_and_a_second_asks_nobody(world):
    world.arrives()
    assert world.server.kinds().count("span") == 3 and "whole" not in world.server.kinds()
    assert world.server.connections == 1 and world.server.sent < 0.85 * len(world.zip)
    world.arrives()
    assert world.server.log == []


def test_what_is_asked_for_is_brought(world):
    assert world.run("--only", "notes.txt") == 0 and world.has("notes.txt")
    assert world.run("--all") == 0 and world.has(*world.contents)


def test_force_fetches_what_is_whole(world):
    world.arrives()
    world.arrives("--force")
    assert world.server.kinds().count("span") == 3


def test_quiet_says_nothing_but_errors(world):
    assert world.run("--quiet") == 0 and world.said == ""
    world.server.files.clear()
    world.fails(3, "404", options=["--quiet", "--force"])
    assert world.out == ""


def test_list_needs_no_network(world):
    world.half("captions.h5")
    assert main(world.argv("--list")) == 0 and world.server.log == []
    out = world.capsys.readouterr().out
    for words in "wrong size", "missing", "large.h5", "120,000 bytes", "--all", "needed":
        assert words in out


def test_one_flipped_byte_is_found_by_verify_and_mended_alone(world):
    world.arrives()
    path = world.dest / "features.h5"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    assert main(world.argv("--verify")) == 1
    assert "features.h5 (damaged)" in world.capsys.readouterr().err
    world.arrives()
    assert world.server.kinds().count("span") == 1
    assert world.run("--verify") == 0 and "All 3 files" in world.out and world.server.log == []


def test_clean_removes_unfinished_parts_only(world):
    assert world.run("--clean") == 0 and "Removed 0.0 MB" in world.out and not world.dest.exists()
    world.killed()
    (world.dest / "mine.txt").write_bytes(b"mine")
    assert world.run("--clean") == 0 and "Removed 0.1 MB" in world.out
    assert world.has("mine.txt")


NONSENSE = [
    ["--url", "ftp://x/y"],
    ["--retries", "-1"],
    ["--timeout", "0"],
    ["--timeout", "inf"],
    ["--timeout", "nan"],
    ["--zip", "a", "--url", "http://b/c"],
    ["--zip", ""],
    ["--dest", ""],
    ["--only", "nothing.h5"],
    ["--all", "--only", "vocab.json"],
    pytest.param(["--dest", "~nosuchperson/data"], marks=unix),
]


@pytest.mark.parametrize("options", NONSENSE)
def test_nonsense_ends_with_2(world, options):
    assert world.run(*options) == 2 and world.server.log == []


@unix
def test_a_loop_of_links_is_no_traceback(world):
    (world.folder / "a").symlink_to(world.folder / "b")
    (world.folder / "b").symlink_to(world.folder / "a")
    assert world.run("--dest", world.folder / "a" / "data") in (2, 4)


def test_a_mirror_and_a_folder_may_stand_in_the_environment(world, monkeypatch):
    monkeypatch.setenv("CS231N_DATA_URL", world.url)
    monkeypatch.setenv("CS231N_DATA_DIR", str(world.folder / "elsewhere"))
    world.write_manifest("http://127.0.0.1:9/none.zip")
    assert main(["--manifest", str(world.manifest)]) == 0
    assert (world.folder / "elsewhere" / "vocab.json").is_file()


def test_every_option_is_explained_and_the_sizes_are_the_manifests():
    manifest, text = Manifest(), " ".join(parser().format_help().split())
    assert f"{sum(manifest.files[name].bytes for name in manifest.needed) / 1e6:.0f} MB on the disk" in text
    assert f"{sum(file.bytes for file in manifest.files.values()) / 1e9:.1f} GB on the disk" in text
    for option in "all only dest zip url verify list force clean manifest retries timeout quiet".split():
        assert f"--{option}" in text
    for word in "130", "default: 30", "default: 5", "CS231N_DATA_URL", "CS231N_DATA_DIR", "examples:":
        assert word in text


# --- --zip: an archive or a folder on this disk


@pytest.mark.parametrize("where", ["some.zip", "downloads/coco.zip"])
def test_an_archive_needs_no_network(world, where):
    path = world.folder / where
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(world.zip)
    world.arrives("--zip", path if path.name == "some.zip" else path.parent)
    assert world.server.log == [] and path.exists()


@pytest.mark.parametrize("inside", ["", PREFIX])
def test_a_folder_that_a_browser_unpacked_serves_as_the_archive_does(world, inside):
    folder = world.folder / "coco"
    (folder / inside).mkdir(parents=True, exist_ok=True)
    for name, data in world.contents.items():
        (folder / inside / name).write_bytes(data)
    world.arrives("--zip", folder)
    world.arrives("--zip", world.folder / "coco.zip", "--force")  # the name it had before
    assert world.server.log == []


def test_a_folder_that_lacks_a_file_or_has_it_damaged_gives_the_others(world):
    folder = world.folder / "unpacked"
    folder.mkdir()
    (folder / "captions.h5").write_bytes(world.contents["captions.h5"])
    (folder / "vocab.json").write_bytes(b"x" * len(world.contents["vocab.json"]))
    words = "vocab.json: the bytes are not the ones", f"There is no features.h5 in {folder}", "without --zip"
    world.fails(1, *words, options=["--zip", folder])
    assert world.has("captions.h5")


def test_what_is_no_archive_is_told_what_it_should_be(world):
    folder = world.folder / "wrong"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(world.contents["notes.txt"])
    for path in folder, world.folder / "not there.zip":
        words = f"{path} is no archive, and no folder with coco.zip", ", ".join(NEEDED)
        world.fails(2, *words, options=["--zip", path])
    assert not world.dest.exists()
    assert world.run("--zip", folder, "--only", "notes.txt") == 0
