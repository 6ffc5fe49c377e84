"""Files that are whole or not there, and HDF5 files on any drive."""

import os
import time
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def write_whole(path, mode="wb", pause=0.1):
    """Open a file that gets its name when all of it is written: a stop half way leaves the old one as it is.

    path: the file; meanwhile it lies at `part_of(path)`
    mode: 'wb' for bytes, 'w' for UTF-8 text with "\\n" at the ends of lines
    pause: as for `patiently`
    OSError: when it cannot be written; the old file is whole then
    """
    path, part = Path(path), part_of(Path(path))
    options = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    try:
        with part.open(mode, **options) as file:
            yield file
        patiently(lambda: part.replace(path), pause)
    finally:
        with suppress(OSError):
            part.unlink()


def open_h5(path):
    """An HDF5 file for reading. No lock is asked for, since some drives refuse locks, as NFS often does.

    OSError: when it cannot be opened; `refusal` tells whether the file is at fault
    """
    import h5py  # here, since get_data.py works without it

    return h5py.File(path, "r", locking=False)


def refusal(error):
    """What the system says, such as "Permission denied", where it does not let a file be read.

    returns: None where the file itself is at fault
    """
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else None


def part_of(path):
    """Where a file lies until it is whole."""
    return path.with_name(path.name + ".part")


def patiently(act, pause=0.1):
    """Do it; try again while another program holds the file, as on Windows a virus scanner does for a moment.

    pause: seconds before the second of six tries; it doubles each time
    """
    for attempt in range(6):
        try:
            return act()
        except OSError as error:
            if attempt == 5 or not (isinstance(error, PermissionError) or getattr(error, "winerror", 0)):
                raise
            time.sleep(pause * 2**attempt)
