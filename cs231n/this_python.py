"""The Python that runs the course, as it is typed in a terminal."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def python():
    """What to type for this Python in the folder of the course, in any terminal."""
    path = Path(sys.executable or "python")  # a browser's Python has no name
    name = str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
    return name if re.fullmatch(r"[\w.:/\\~+-]+", name) else f'"{name}"'
