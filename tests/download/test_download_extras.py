"""Files beside the archive: nobody published their size or hash; what can be known of them is checked."""

import io
import json
import zipfile

import pytest
from loopback import Loopback
from world import NEEDED

NPZ = "imagenet.npz"


def npz(members=("X.npy", "y.npy", "label_map.npy")) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in members:
            archive.writestr(name, name.encode() * 20_000)
    return file.getvalue()


@pytest.fixture
def extra(world):
    """The world, with one extra file in its manifest and on its server."""
    raw = json.loads(world.manifest.read_text(encoding="utf-8"))
    members = ["X.npy", "y.npy", "label_map.npy"]
    urls = [f"{world.server.base}/{NPZ}"]
    raw["also"] = {NPZ: {"urls": urls, "bytes": None, "sha256": None, "members": members}}
    world.manifest.write_text(json.dumps(raw), encoding="utf-8")
    world.server.files["/" + NPZ] = npz()
    return world


def test_also_brings_the_extra_file_beside_the_others(extra):
    assert extra.run("--also", NPZ) == 0
    assert extra.has(*NEEDED, NPZ)
    assert "All 4 files" in extra.out


def test_without_also_nobody_asks_for_it(extra):
    assert extra.run() == 0
    assert extra.has(*NEEDED)
    assert extra.run("--list") == 0
    assert NPZ in extra.out and "unknown" in extra.out and f"/{NPZ}" in extra.out


def test_a_rerun_makes_no_request(extra):
    extra.run("--also", NPZ)
    assert extra.run("--also", NPZ) == 0
    assert extra.server.log == []


def test_a_cut_goes_on_at_the_byte(extra):
    extra.run()
    extra.server.sent = 0
    extra.server.faults = [("span", lambda answer: setattr(answer, "cut", 100_000))]
    assert extra.run("--also", NPZ) == 0
    assert extra.server.sent == len(npz()) + 1


@pytest.mark.parametrize(
    "wrong", [npz()[:-100], npz(["X.npy"]), npz().replace(b"y.npyy", b"y.npyx", 1), b"no"]
)
def test_a_wrong_file_is_refused(extra, wrong):
    extra.server.files["/" + NPZ] = wrong
    assert extra.run("--also", NPZ) == 1
    assert NPZ in extra.err
    assert extra.has(*NEEDED)


def test_verify_looks_at_it_too(extra):
    extra.run("--also", NPZ)
    assert extra.run("--verify", "--also", NPZ) == 0
    (extra.dest / NPZ).write_bytes(npz()[:-100])
    assert extra.run("--verify", "--also", NPZ) == 1


def test_an_unknown_name_is_a_usage_fault_that_names_the_right_ones(extra):
    assert extra.run("--also", "cifar10") == 2
    assert NPZ in extra.err


def test_after_a_refused_certificate_no_open_way_is_tried(extra):
    """Without a hash only the certificate says whose file it is."""
    secure = Loopback(tls=True)
    try:
        raw = json.loads(extra.manifest.read_text(encoding="utf-8"))
        raw["also"][NPZ]["urls"] = [f"{secure.base}/{NPZ}", f"{extra.server.base}/{NPZ}"]
        extra.manifest.write_text(json.dumps(raw), encoding="utf-8")
        assert extra.run("--also", NPZ) == 3
        assert "certificate was refused" in extra.err
        assert extra.has(*NEEDED)
    finally:
        secure.close()
