"""What can go wrong, each with its exit status and with what the reader can do next."""

import errno
from pathlib import Path

AGAIN = "Run the same command again. If the same file fails again, the copy on the server is damaged."
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
HELD = {32, 33, 1224}  # what Windows answers while another program has a file open, locked or mapped
BROWSER = "Or open the address in a browser, save the file, and run: python get_data.py --zip SAVED_FILE"


class DownloadError(RuntimeError):
    """A download that could not be finished: what happened, what is kept, what to do next."""

    status = 1

    def __init__(self, what: str, next_step: str = "Run the same command again."):
        super().__init__(what)
        self.what = what
        self.kept = ""
        self.next_step = next_step

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.kept, self.next_step) if part)


class VerificationError(DownloadError):
    """The bytes are not the ones the manifest promises."""

    status = 1

    def __init__(self, what: str, next_step: str = AGAIN):
        super().__init__(what, next_step)


class UsageError(DownloadError):
    """The command or the manifest asks for something that makes no sense."""

    status = 2


class NetworkError(DownloadError):
    """The server or the way to it failed, after all retries."""

    status = 3

    def __init__(self, what: str, next_step: str = f"Run the same command again.\n{BROWSER}"):
        super().__init__(what, next_step)


class DiskError(DownloadError):
    """The destination is full, read-only or held by another program."""

    status = 4

    @classmethod
    def from_os(cls, error: OSError, place) -> "DiskError":
        """The readable form of an operating system's refusal at `place`."""
        name = Path(error.filename or place)
        name = name.with_suffix("") if name.suffix == ".part" else name  # the file meant, not its way there
        if error.errno in FULL:
            return cls(
                f"The disk is full: {name} could not be written.",
                "Free some space, or choose another disk with --dest, and run the same command again.",
            )
        if getattr(error, "winerror", None) in HELD:
            return cls(
                f"Another program has {name} open.",
                "Close it (a running notebook, for example), and run the same command again.",
            )
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return cls(
                f"No permission to write {name}.",
                "Close programs that have the file open (a running notebook, for example), or choose "
                "a folder of your own with --dest, and run the same command again.",
            )
        return cls(
            f"The disk refused {name}: {error.strerror or error}.",
            "Choose another folder (a short path helps on Windows) with --dest.",
        )


class BusyError(DownloadError):
    """Another download into the same folder is running."""

    status = 5
