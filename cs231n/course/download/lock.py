"""One download at a time into a folder: a lock the operating system drops when its holder dies."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from .errors import BusyError

try:
    import msvcrt
except ImportError:
    import fcntl

    def take(file) -> None:
        """Lock the open file or raise OSError at once; the system unlocks it when it is closed."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
else:

    def take(file) -> None:
        """Lock the open file or raise OSError at once; the system unlocks it when it is closed."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)


NO_LOCKS = {getattr(errno, name, None) for name in ("ENOLCK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")}


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` for the length of a with block.

    BusyError: another process holds it. A file left by a dead process is no hindrance. Where the file
    system knows no locks (some network drives) the block runs without one.
    """
    file = hold(path)
    try:
        yield
    finally:
        # On Windows an open file cannot be removed, elsewhere a closed one may already be another's.
        if os.name != "nt":
            path.unlink(missing_ok=True)
        file.close()
        if os.name == "nt":
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def hold(path: Path):
    """The locked open file; tried again where its last holder removed it in between."""
    for _ in range(100):
        file = path.open("ab")
        try:
            take(file)
        except OSError as error:
            if error.errno not in NO_LOCKS:
                file.close()
                raise BusyError(
                    f"Another download into {path.parent} is running.",
                    "Wait until it has finished, or choose another folder with --dest.",
                ) from error
        if os.name == "nt":  # an open file cannot be removed there
            return file
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()
    raise BusyError(f"The lock {path} cannot be held.", "Remove that file if no download is running.")
