"""The look at the computer in chapter 0 sees what people run into."""

import io
import os
import re
from pathlib import Path

import pytest

from cs231n import this_python
from cs231n.course import setup_check


def install(folder, name, by):
    record = folder / f"{name}-3.14.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Name: {name}\nVersion: 3.14.0\n", encoding="utf-8")
    (record / "INSTALLER").write_text(by + "\n", encoding="utf-8")


def conda_lists(prefix, name):
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / f"{name}-3.14.0-nompi_0.json").write_text("{}", encoding="utf-8")


def test_one_copy_by_pip_is_fine(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    assert not setup_check.by_conda_and_pip("h5py", tmp_path, [str(tmp_path / "site")])


def test_one_copy_by_conda_is_fine(tmp_path):
    install(tmp_path / "site", "h5py", by="conda")
    conda_lists(tmp_path, "h5py")
    assert not setup_check.by_conda_and_pip("h5py", tmp_path, [str(tmp_path / "site")])


def test_conda_then_pip_over_it_is_found(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    conda_lists(tmp_path, "h5py")
    assert setup_check.by_conda_and_pip("h5py", tmp_path, [str(tmp_path / "site")])


def test_copies_in_two_folders_are_found(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    install(tmp_path / "user", "h5py", by="pip")
    assert len(setup_check.copies("h5py", [str(tmp_path / "site"), str(tmp_path / "user")])) == 2


def test_a_link_to_a_folder_is_no_second_copy(tmp_path):
    """As on Fedora, RHEL and openSUSE, where lib64 of an environment is a link to lib."""
    install(tmp_path / "lib" / "site", "h5py", by="pip")
    try:
        (tmp_path / "lib64").symlink_to("lib")
    except OSError:
        pytest.skip("this drive makes no links")
    folders = [str(tmp_path / lib / "site") for lib in ("lib", "lib64")]
    assert setup_check.copies("h5py", folders) == [os.path.realpath(tmp_path / "lib" / "site")]


def test_another_package_with_a_longer_name_is_not_mistaken(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    conda_lists(tmp_path, "h5py-extras")
    assert not setup_check.by_conda_and_pip("h5py", tmp_path, [str(tmp_path / "site")])


@pytest.fixture
def said(capsys, monkeypatch):
    """What check_setup prints of one thing, with its sign; the reference is not looked at."""
    monkeypatch.setattr(setup_check, "changed_reference", lambda name: None)

    def about(word):
        setup_check.check_setup()
        (found,) = (each for each in re.split("\n(?=[✓✗·])", capsys.readouterr().out) if word in each)
        return found

    return about


def test_a_second_copy_through_pythonpath_is_named_so_and_no_conda_is_advised(tmp_path, monkeypatch, said):
    monkeypatch.setattr(setup_check, "copies", lambda name: [str(tmp_path), "/site"])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    text = said("h5py is installed")
    assert text[0] == "✗" and "remove that from the environment" in text and str(tmp_path) in text
    assert "conda" not in text
    monkeypatch.setenv("PYTHONPATH", "")
    assert "PYTHONPATH" not in said("h5py is installed")


@pytest.fixture
def plain(tmp_path, monkeypatch):
    """A Python without conda, without pip, and not of the system's."""
    monkeypatch.setattr(setup_check, "find_spec", lambda name: None)
    monkeypatch.setattr(setup_check.shutil, "which", lambda name: None)
    return str(tmp_path)


def test_the_advice_fits_the_python_that_is_there(plain, monkeypatch, tmp_path):
    name = setup_check.python()
    assert f"{name} -m ensurepip" in setup_check.how_to_install(["tqdm"], plain)
    monkeypatch.setattr(setup_check.shutil, "which", lambda program: "/bin/uv")
    line = setup_check.how_to_install(["tqdm"], plain)
    assert line.endswith(f"type: uv pip install --python {name} tqdm")
    monkeypatch.setattr(setup_check, "find_spec", lambda module: "pip")
    assert setup_check.how_to_install(["tqdm"], plain).endswith(f"type: {name} -m pip install tqdm")
    conda_lists(tmp_path, "tqdm")
    assert f'conda install --prefix "{plain}"' in setup_check.how_to_install(["tqdm"], plain)


def test_a_python_of_the_system_is_left_alone(plain, monkeypatch, tmp_path):
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr(setup_check.sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(setup_check.sys, "base_prefix", plain)
    line = setup_check.how_to_install(["tqdm"], plain)
    assert line.endswith(f"{setup_check.python()} start.py") and "pip" not in line


def test_other_versions_than_the_course_was_tried_with_are_named(monkeypatch, said):
    real = setup_check.metadata.version
    monkeypatch.setattr(
        setup_check.metadata, "version", lambda name: "1.26.4" if name == "numpy" else real(name)
    )
    text = said("the course was not tried with numpy 1.26.4.")
    assert text[0] == "·" and '"numpy<3,>=2.1"' in text


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_a_console_that_lacks_the_signs_gets_plain_ones(monkeypatch, encoding):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", out)
    setup_check.check_setup()
    out.flush()
    lines = out.buffer.getvalue().decode(encoding).splitlines()
    assert [line[0] in "+-·" for line in lines if not line.startswith(" ")] == [True] * 6, lines


def test_a_changed_reference_is_told(monkeypatch, said):
    monkeypatch.setattr(setup_check, "changed_reference", lambda name: name)
    assert said("git checkout cs231n").startswith("✗")


def test_here_everything_a_chapter_needs_is_fine(capsys):
    setup_check.check_setup()
    printed = capsys.readouterr().out
    assert "✗" not in printed
    assert printed.count("✓") >= 4


@pytest.mark.parametrize("missing", ["numpy", "ipywidgets"])
def test_a_missing_package_is_named_with_the_command(monkeypatch, missing, said):
    monkeypatch.setattr(setup_check, "copies", lambda name: [] if name == missing else ["a record"])
    assert said(setup_check.how_to_install([missing])).startswith(f"✗ not installed: {missing}.")


def test_missing_scenes_come_with_the_command(monkeypatch, tmp_path, said):
    monkeypatch.setattr(setup_check, "SCENES_DIR", tmp_path)
    assert said("git checkout datasets/scenes").startswith("✗")


@pytest.mark.parametrize(
    "executable, typed",
    [
        ("ROOT/.venv/bin/python", str(Path(".venv", "bin", "python"))),
        ("/opt/python3.12/bin/python3", str(Path("/opt/python3.12/bin/python3"))),
        ("/home/a b/课/python", f'"{Path("/home/a b/课/python")}"'),
        ("", "python"),
    ],
)
def test_this_python_is_typed_as_short_as_can_be(monkeypatch, executable, typed):
    monkeypatch.setattr("sys.executable", executable.replace("ROOT", str(this_python.ROOT)))
    assert this_python.python() == typed
