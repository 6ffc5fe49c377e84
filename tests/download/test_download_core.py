"""The way without faults: what is fetched, what is not, and what is said."""

import pytest
from test_download_network import arrives
from world import make_contents


def test_a_first_run_brings_the_needed_files_and_no_more_and_a_second_asks_nobody(world):
    arrives(world)
    assert world.server.kinds() == ["probe", "tail", "span", "span", "span"]
    assert world.server.connections == 1
    assert world.server.sent < 0.85 * len(world.zip)
    arrives(world)
    assert world.server.log == []


@pytest.mark.parametrize(
    "options, names", [(["--all"], make_contents()), (["--only", "vocab.json"], ["vocab.json"])]
)
def test_what_is_asked_for_is_brought(world, options, names):
    assert world.run(*options) == 0
    assert world.has(*names)


def test_a_damaged_file_is_replaced_and_only_that(world):
    world.run()
    world.half("vocab.json")
    arrives(world)
    assert world.server.kinds() == ["probe", "tail", "span"]
