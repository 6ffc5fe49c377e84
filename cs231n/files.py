"""Files that are whole or not there."""

from contextlib import contextmanager
from pathlib import Path


@contextmanager
def write_whole(path, mode="wb"):
    """Open a file that gets its name when all of it is written: a stop half way leaves the old one as it is.

    path: the file; meanwhile it is called path + '.part'
    mode: 'wb' for bytes, 'w' for UTF-8 text with "\\n" at the ends of lines
    """
    path = Path(path)
    part = path.with_name(path.name + ".part")
    options = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    try:
        with part.open(mode, **options) as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
