"""The code is tidy, and nothing in it works on one system only."""

import ast
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


def test_shapes_stand_in_docstrings_and_nothing_has_type_hints():
    """Fields of a dataclass have them, since Python asks for them there."""
    for path in CODE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        fields = {part for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body}
        for node in ast.walk(tree):
            hint = getattr(node, "returns", None) or (isinstance(node, ast.arg) and node.annotation)
            assert not hint and not (isinstance(node, ast.AnnAssign) and node not in fields), (
                f"{path}:{node.lineno}"
            )


ROOMS = ("cs231n", "cs231n.exercises", "cs231n.course", "notebooks", "instructors", "benchmarks", "tests")


def room(module):
    """How far along the arrow a module is: 0 for the core."""
    return max((i for i, name in enumerate(ROOMS) if f"{module}.".startswith(f"{name}.")), default=-1)


def test_arrows_go_one_way():
    """The core knows nothing of exercises, and they nothing of the course; not inside a function either."""
    for path in (
        p for p in CODE if p.is_relative_to(ROOT / "cs231n") or p.is_relative_to(ROOT / "instructors")
    ):
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
                prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                far = [n.name for n in node.names if room(prefix + n.name) > room(own)]
                assert not far, f"{own} imports {prefix}{far[0]}"
