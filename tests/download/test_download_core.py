"""The way without faults: what is fetched, what is not, and what is said."""

from world import NEEDED


def test_a_first_run_brings_the_needed_files_and_no_more(world):
    assert world.run() == 0
    assert world.has(*NEEDED)
    assert world.server.kinds() == ["probe", "tail", "span", "span", "span"]
    assert world.server.connections == 1
    assert world.server.sent < 0.85 * len(world.zip)


def test_a_rerun_makes_no_request(world):
    assert world.run() == 0
    assert world.run() == 0
    assert world.server.log == []


def test_all_brings_all(world):
    assert world.run("--all") == 0
    assert world.has(*world.contents)


def test_only_brings_only(world):
    assert world.run("--only", "vocab.json") == 0
    assert world.has("vocab.json")


def test_a_damaged_file_is_replaced_and_only_that(world):
    world.run()
    world.half("vocab.json")
    assert world.run() == 0
    assert world.has(*NEEDED)
    assert world.server.kinds() == ["probe", "tail", "span"]
