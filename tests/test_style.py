"""The code is tidy, and nothing in it works on one system only."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    p
    for p in ROOT.rglob("*.py")
    if not {".venv", "build", ".ipynb_checkpoints"} & set(p.relative_to(ROOT).parts)
]


def ruff(*arguments):
    command = [sys.executable, "-m", "ruff", *arguments, "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint():
    ruff("check", "--no-cache")


def test_format():
    ruff("format", "--check", "--no-cache")


def test_no_unix_only_modules():
    for path in CODE:
        assert not re.search(
            r"^(import|from) (resource|pwd|grp)\b", path.read_text(encoding="utf-8"), re.M
        ), path
