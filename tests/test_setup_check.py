"""The look at the computer in chapter 0 sees what people run into."""

import pytest

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
    assert not setup_check.installed_twice("h5py", tmp_path, [str(tmp_path / "site")])


def test_one_copy_by_conda_is_fine(tmp_path):
    install(tmp_path / "site", "h5py", by="conda")
    conda_lists(tmp_path, "h5py")
    assert not setup_check.installed_twice("h5py", tmp_path, [str(tmp_path / "site")])


def test_conda_then_pip_over_it_is_found(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    conda_lists(tmp_path, "h5py")
    assert setup_check.installed_twice("h5py", tmp_path, [str(tmp_path / "site")])


def test_copies_in_two_folders_are_found(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    install(tmp_path / "user", "h5py", by="pip")
    assert setup_check.installed_twice("h5py", tmp_path, [str(tmp_path / "site"), str(tmp_path / "user")])


def test_another_package_with_a_longer_name_is_not_mistaken(tmp_path):
    install(tmp_path / "site", "h5py", by="pip")
    conda_lists(tmp_path, "h5py-extras")
    assert not setup_check.installed_twice("h5py", tmp_path, [str(tmp_path / "site")])


def test_here_everything_a_chapter_needs_is_fine(capsys):
    setup_check.check_setup()
    printed = capsys.readouterr().out
    assert "✗" not in printed
    assert printed.count("✓") >= 4


@pytest.mark.parametrize("missing", ["numpy", "ipywidgets"])
def test_a_missing_package_is_named_with_the_command(monkeypatch, missing):
    monkeypatch.setattr(
        setup_check, "copies", lambda name, paths=None: [] if name == missing else ["a record"]
    )
    fine, text = setup_check._packages()
    assert not fine
    assert f"pip install {missing}" in text


def test_missing_scenes_come_with_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(setup_check, "SCENES_DIR", tmp_path)
    fine, text = setup_check._scenes()
    assert not fine
    assert "git checkout datasets/scenes" in text
