"""Downloads the real COCO captions and features: only what is needed, and nothing ever half.

`get_data.py` is the command for it, `get_coco` the function.
"""

from .cli import parser, run
from .errors import DownloadError, disk_error
from .remote import Policy
from .store import folder

__all__ = ["DownloadError", "get_coco"]


def get_coco(dest=None, *, only=None, all_files=False, quiet=False):
    """Bring the COCO files that are not there yet, and return their folder, a Path.

    A second call finds them whole and needs no network. A call that was stopped goes on at the byte.

    dest: folder; default CS231N_DATA_DIR, else `datasets/coco_captioning` of the course pack
    only: names of files, in place of the six that the notebooks need (about 250 MB to fetch)
    all_files: all ten files (about 1 GB to fetch)
    DownloadError: what happened, what is kept, and what to do next
    """
    options = parser().parse_args([])
    options.dest, options.only, options.all, options.quiet = dest, only, all_files, quiet
    try:
        run(options, Policy())
    except (DownloadError, OSError) as error:
        fault = disk_error(error, folder(dest)) if isinstance(error, OSError) else error
        raise fault.with_traceback(None) from None  # the message is for the reader, the way to it is not
    return folder(dest)
