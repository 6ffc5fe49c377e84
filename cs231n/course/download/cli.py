"""The command line of get_data.py."""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from .errors import DiskError, DownloadError, UsageError
from .fetch import Download, Wish
from .lock import lock
from .manifest import COCO, Entry, Manifest, addresses, load_manifest
from .remote import Policy
from .report import Report, for_terminal
from .store import Store, default_folder, folder, megabytes

EPILOG = """examples:
  python get_data.py
      what the notebooks need: six files, about 250 MB to fetch, 303 MB on the disk
  python get_data.py --zip Downloads/coco_captioning.zip
      the same out of an archive that a browser saved

environment: CS231N_DATA_URL stands for --url (a mirror of your own), CS231N_DATA_DIR for --dest.

exit status: 0 all right, 1 verification failed, 2 usage, 3 network, 4 disk or permission,
5 another download is running, 130 stopped with Ctrl-C. Run it again after any stop: it goes on at the byte."""


class Parser(argparse.ArgumentParser):
    """A parser whose faults are UsageErrors, so that --json holds on them too."""

    def error(self, message):
        raise UsageError(message[0].upper() + message[1:] + ".", "See get_data.py --help.")


def parser() -> Parser:
    """The options."""
    p = Parser(
        prog="get_data.py",
        description="Downloads and verifies the COCO captions and features that the notebooks read. "
        "What is whole already is not fetched again.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = p.add_mutually_exclusive_group()
    what.add_argument(
        "--all", action="store_true", help="all ten files: about 1 GB to fetch, 2.3 GB on the disk"
    )
    what.add_argument(
        "--only", nargs="+", metavar="NAME", help="only these files of the archive (see --list)"
    )
    p.add_argument("--dest", metavar="DIR", help="folder for the files (default: datasets/coco_captioning)")
    how = p.add_mutually_exclusive_group()
    how.add_argument("--zip", metavar="PATH", help="take the files out of this archive; no network")
    how.add_argument(
        "--url",
        nargs="+",
        metavar="URL",
        help="addresses of the archive, tried in this order (default: Stanford's)",
    )
    p.add_argument("--full", action="store_true", help="fetch the whole archive (1 GB), not parts of it")
    do = p.add_mutually_exclusive_group()
    do.add_argument("--verify", action="store_true", help="check every byte of the files there, and stop")
    do.add_argument("--list", action="store_true", help="show names, sizes and what is there, and stop")
    do.add_argument("--clean", action="store_true", help="remove unfinished parts, and stop")
    do.add_argument("--dry-run", action="store_true", help="say what would be brought from where, and stop")
    p.add_argument("--force", action="store_true", help="fetch again what is whole")
    p.add_argument("--keep-zip", action="store_true", help="fetch the whole archive and keep it in DIR")
    p.add_argument("--manifest", type=Path, default=COCO, metavar="FILE", help="another list of files")
    p.add_argument(
        "--connections",
        type=int,
        default=Policy.connections,
        metavar="N",
        help="at most so many at a time (default: %(default)s); more are opened only while that helps",
    )
    p.add_argument(
        "--retries",
        type=int,
        default=Policy.retries,
        metavar="N",
        help="failures in a row allowed (default: %(default)s)",
    )
    p.add_argument(
        "--timeout",
        type=float,
        default=Policy.timeout,
        metavar="S",
        help="seconds of silence that count as a failure (default: %(default)g)",
    )
    out = p.add_mutually_exclusive_group()
    out.add_argument("--quiet", action="store_true", help="say nothing but errors")
    out.add_argument("--json", action="store_true", help="one JSON object a line")
    return p


def main(argv: list[str] | None = None, policy: Policy | None = None) -> int:
    """Run the command line; the exit status. `policy` sets the pauses, for tests."""
    argv = sys.argv[1:] if argv is None else argv
    report = for_terminal(as_json="--json" in argv)
    try:
        options = parser().parse_args(argv)
        report = for_terminal(options.quiet, options.json)
        status, text = run(options, report, policy or Policy())
    except DownloadError as error:
        status, text = error.status, str(error)
    except OSError as error:
        fault = DiskError.from_os(error, "the folder")
        status, text = fault.status, str(fault)
    except KeyboardInterrupt:
        report.close()
        status, text = 130, "Stopped. What has come is kept; run the same command again to go on."
    except Exception as error:
        if "--json" not in argv:
            raise
        status, text = 1, f"A fault in get_data.py itself: {error!r}"
    report.end(status, text)
    return status


def run(options, report: Report, policy: Policy) -> tuple[int, str]:
    """Do what the options ask; the exit status and the last words."""
    if options.retries < 0 or not 0 < options.timeout <= 3600 or not 1 <= options.connections <= 4:
        raise UsageError("--retries is 0 or more, --timeout 1 to 3600 seconds, --connections 1 to 4.", "")
    policy = replace(
        policy, retries=options.retries, timeout=options.timeout, connections=options.connections
    )
    manifest = load_manifest(options.manifest)
    entries = manifest.choose(options.only, options.all)
    urls = options.url or os.environ.get("CS231N_DATA_URL", "").split() or manifest.urls
    store = Store(default_folder() if options.dest is None else folder(options.dest), policy.move_pause)
    if options.list:
        return show(manifest, store, report)
    if options.verify:
        return verify(entries, store, report)
    if options.clean:
        return clean(store)
    zip_path = None if options.zip is None else folder(options.zip)
    if zip_path and not zip_path.is_file():
        raise UsageError(f"There is no archive {zip_path}.", "")
    full = options.full or options.keep_zip
    wish = Wish(entries, addresses(urls), zip_path, full, options.force, options.keep_zip)
    download = Download(manifest, wish, store, policy, report)
    if options.dry_run:
        return plan(download)
    download.run()
    text = f"All {len(entries)} files are in {store.folder}, verified."
    if store.unfinished():
        text += f" {megabytes(store.unfinished())} of other unfinished parts are kept; --clean removes them."
    return 0, text


def plan(download: Download) -> tuple[int, str]:
    """What a run would do, as far as the disk tells: nobody is asked, nothing is written."""
    if not download.wish.force:
        download.look()
    store, wish, left = download.store, download.wish, download.left
    if not left:
        return 0, f"Nothing to do: all {len(wish.entries)} files are in {store.folder} and whole."
    names = "".join(f"\n  {entry.name}  {megabytes(entry.bytes)}" for entry in left)
    source = wish.zip_path or ", then ".join(wish.urls)
    size = megabytes(sum(entry.bytes for entry in left))
    return (
        0,
        f"Would bring {len(left)} files, {size} when unpacked, into {store.folder}\nfrom {source}:{names}",
    )


def verify(entries: list[Entry], store: Store, report: Report) -> tuple[int, str]:
    """Hash what is there; status 1 where something is missing or damaged."""
    states = {entry.name: store.state(entry) for entry in entries}
    for name, state in states.items():
        report.file(name, state)
    wrong = [name for name, state in states.items() if state != "whole"]
    if wrong:
        return 1, f"Missing or damaged in {store.folder}: {', '.join(wrong)}.\nRun get_data.py to fetch them."
    return 0, f"All {len(states)} files in {store.folder} are right."


def clean(store: Store) -> tuple[int, str]:
    """Remove unfinished parts, unless another run is at work on them."""
    if not store.work.is_dir():
        return 0, f"Nothing to remove: there are no unfinished parts in {store.folder}."
    with lock(store.lock_file):
        removed, held = store.clean()
    if held:
        raise DiskError(
            f"Removed {megabytes(removed)} of unfinished parts, but another program has {held[0]} open.",
            "Close it and run this again.",
        )
    return 0, f"Removed {megabytes(removed)} of unfinished parts from {store.folder}. Whole files stay."


def show(manifest: Manifest, store: Store, report: Report) -> tuple[int, str]:
    """Names, sizes and what is there; sizes are compared, nothing is hashed, nobody is asked."""
    rows = []
    for entry in manifest.files.values():
        path = store.path(entry)
        there = "missing"
        if path.is_file():
            there = "present" if path.stat().st_size == entry.bytes else "wrong size"
        rows.append((entry, there, "needed" if entry.name in manifest.needed else "--all"))
    report.table(rows)
    return 0, f"Folder: {store.folder}. --verify checks every byte."
