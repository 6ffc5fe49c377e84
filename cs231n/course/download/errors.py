"""What can go wrong, each with its exit status and with what the reader can do next."""

import errno

AGAIN = "Run the same command again. If the same file fails again, the copy on the server is damaged."
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


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


class CertificateError(NetworkError):
    """The server could not prove that it is the right one."""


class DiskError(DownloadError):
    """The destination is full, read-only or held by another program."""

    status = 4

    @classmethod
    def from_os(cls, error: OSError, place) -> "DiskError":
        """The readable form of an operating system's refusal at `place`."""
        name = error.filename or place
        if error.errno in FULL:
            return cls(
                f"The disk is full: {name} could not be written.",
                "Free some space, or choose another disk with --dest, and run the same command again.",
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
