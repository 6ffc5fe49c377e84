"""What can go wrong, each with its exit status and with what the reader can do next."""

import errno
from pathlib import Path

from cs231n.language import noted, tr
from cs231n.this_python import ROOT, python

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
CLOSE = noted("Close programs that have the file open (a running notebook, for example)")
HELD = {32, 33, 1224}  # what Windows answers while another program has a file open, locked or mapped


def line(options):
    """What to type to run get_data.py with these options."""
    return tr("In the folder {folder}, type: {python} get_data.py {options}", ROOT, python(), options)


class DownloadError(RuntimeError):
    """A download that could not be finished: what happened, what is kept, what to do next."""

    status, next_step, other_way, kept = 1, noted("Run the same command again."), "", ""

    def __init__(self, what, next_step=None, other_way=None):
        super().__init__(what)
        self.what = what
        self.next_step = tr(self.next_step) if next_step is None else next_step
        self.other_way = tr(self.other_way) if other_way is None else other_way

    def __str__(self):
        return "\n".join(part for part in (self.what, self.kept, self.next_step, self.other_way) if part)


class VerificationError(DownloadError):
    """The bytes are not the ones the manifest promises."""

    other_way = noted("If the same file fails again, the copy on the server is damaged.")


class UsageError(DownloadError):
    """The command or the manifest asks for something that makes no sense."""

    status, next_step = 2, ""


class NetworkError(DownloadError):
    """The server or the way to it failed, after all retries."""

    status = 3
    other_way = tr("Or save the file with a browser, on any computer. ") + line("--zip SAVED_FILE")


class OwnSide(NetworkError):
    """What stands in the way is on the reader's side: no retry helps; the reader can put it right."""

    def __init__(self, what, next_step):
        super().__init__(what, tr("{next_step}, and run this again.", next_step))


class DiskError(DownloadError):
    """The destination is full, read-only or held by another program."""

    status = 4


class BusyError(DownloadError):
    """Another download into the same folder is running."""

    status, next_step = 5, noted("Wait until it has finished, or choose another folder with --dest.")


def disk_error(error, place):
    """The DiskError for what the operating system refused at `place`."""
    name = Path(error.filename or place)
    name = name.with_suffix("") if name.suffix == ".part" else name  # the file meant, not its way there
    what = tr("The disk refused {name}: {reason}.", name, error.strerror or error)
    step = tr("Choose another folder with --dest.")
    if error.errno in FULL:
        what = tr("The disk is full: {name} could not be written.", name)
        step = tr("Free some space, or use --dest.")
    elif getattr(error, "winerror", None) in HELD:
        what, step = tr("Another program has {name} open.", name), tr("{close}.", tr(CLOSE))
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        what = tr("No permission to write {name}.", name)
        step = tr("{close}, or choose a folder of your own with --dest.", tr(CLOSE))
    return DiskError(what, tr("{step} Then run this again.", step))
