"""Downloads the real COCO captions and features: only what is needed, and nothing ever half.

`get_data.py` is the command for it, `get_coco` the function.
"""

import os
from pathlib import Path

from .errors import DownloadError
from .fetch import Download
from .manifest import Manifest, addresses
from .remote import Policy
from .report import Report
from .store import Store, folder

__all__ = ["DownloadError", "get_coco"]


def get_coco(dest=None, *, only=None, all_files=False, quiet=False) -> Path:
    """Bring the COCO files that are not there yet, and return their folder.

    A second call finds them whole and needs no network. A call that was stopped goes on at the byte.

    dest: folder; default CS231N_DATA_DIR, else `datasets/coco_captioning` of the course pack
    only: names of files, in place of the six that the notebooks need (about 250 MB to fetch)
    all_files: all ten files (about 1 GB to fetch)
    DownloadError: what happened, what is kept, and what to do next
    """
    try:
        manifest = Manifest()
        store = Store(folder(dest))
        urls = addresses(os.environ.get("CS231N_DATA_URL", "").split() or manifest.urls)
        Download(manifest, manifest.choose(only, all_files), store, Policy(), Report(quiet)).run(urls)
    except DownloadError as error:
        raise error.with_traceback(None) from None  # the message is for the reader, the way to it is not
    return store.folder
