"""pyproject.toml and environment.yml name the same packages, with ranges, and nothing committed is locked."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def project_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["test"]
    python = "python" + project["project"]["requires-python"]
    return sorted([python, *named])


def conda_packages():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    return sorted(
        p for p in re.findall(r"^  - ([^\s:]+)$", text.partition("dependencies:")[2], re.M) if p != "pip"
    )


def committed():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git clone, or no git: a downloaded ZIP has no commits to look into")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return listed.splitlines()


def test_conda_and_pip_install_the_same():
    assert conda_packages() == project_packages()


def test_the_citation_has_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_no_exact_pins():
    assert not [p for p in project_packages() if "==" in p]


def test_no_lock_file_is_committed():
    assert not [f for f in committed() if f.endswith((".lock", "pylock.toml"))]


def test_every_action_of_the_workflows_is_pinned():
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
        assert used and all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)
