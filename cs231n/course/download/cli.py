"""The command line of get_data.py."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from .also import bring_also, state_also
from .errors import DiskError, DownloadError, UsageError
from .fetch import Download, Wish
from .lock import lock
from .manifest import COCO, Entry, Manifest, addresses, load_manifest
from .remote import Policy
from .report import Report, for_terminal
from .store import Store, default_folder, megabytes

STATUS = """exit status: 0 all right, 1 verification failed, 2 usage, 3 network, 4 disk or permission,
5 another download is running, 130 stopped with Ctrl-C. Run it again after any stop: it goes on at the byte."""


class Parser(argparse.ArgumentParser):
    """A parser whose faults are UsageErrors, so that --json holds on them too."""

    def error(self, message):
        raise UsageError(message[0].upper() + message[1:] + ".", "See get_data.py --help.")


def parser() -> Parser:
    """The options."""
    p = Parser(
        prog="get_data.py",
        description="Downloads and verifies the COCO captions and features that the notebooks read.",
        epilog=STATUS,
    )
    what = p.add_mutually_exclusive_group()
    what.add_argument("--all", action="store_true", help="all files of the archive, not only the needed ones")
    what.add_argument("--only", nargs="+", metavar="NAME", help="only these files of the archive")
    p.add_argument("--also", nargs="+", metavar="NAME", default=[], help="extra files too (see --list)")
    p.add_argument("--dest", type=Path, metavar="DIR", help="folder for the files")
    how = p.add_mutually_exclusive_group()
    how.add_argument(
        "--zip", type=Path, metavar="PATH", help="take the files out of this archive; no network"
    )
    how.add_argument("--url", nargs="+", metavar="URL", help="addresses of the archive, tried in this order")
    p.add_argument("--full", action="store_true", help="fetch the whole archive, not parts of it")
    do = p.add_mutually_exclusive_group()
    do.add_argument("--verify", action="store_true", help="check the files that are there, and stop")
    do.add_argument("--list", action="store_true", help="show names, sizes and what is there, and stop")
    do.add_argument("--clean", action="store_true", help="remove unfinished parts, and stop")
    p.add_argument("--force", action="store_true", help="fetch again what is whole")
    p.add_argument("--keep-zip", action="store_true", help="fetch the whole archive and keep it in DIR")
    p.add_argument("--manifest", type=Path, default=COCO, metavar="FILE", help="another list of files")
    p.add_argument(
        "--retries", type=int, default=Policy.retries, metavar="N", help="failures in a row allowed"
    )
    p.add_argument("--timeout", type=float, default=Policy.timeout, metavar="S", help="seconds of silence")
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
    if options.retries < 0 or not options.timeout > 0:
        raise UsageError("--retries is 0 or more, --timeout is more than 0.", "")
    policy = replace(policy, retries=options.retries, timeout=options.timeout)
    manifest = load_manifest(options.manifest)
    entries = manifest.choose(options.only, options.all)
    extras = manifest.choose_also(options.also)
    urls = addresses(options.url) if options.url else manifest.urls
    store = Store(
        options.dest.expanduser().resolve() if options.dest else default_folder(), policy.move_pause
    )
    if options.list:
        return show(manifest, store, report)
    if options.verify:
        return verify(entries, extras, store, report)
    if options.clean:
        return clean(store)
    if options.zip and not options.zip.is_file():
        raise UsageError(f"There is no archive {options.zip}.", "")
    wish = Wish(entries, urls, options.zip, options.full or options.keep_zip, options.force, options.keep_zip)
    Download(manifest, wish, store, policy, report).run()
    bring_also(extras, store, policy, report, options.force)
    text = f"All {len(entries) + len(extras)} files are in {store.folder}, verified."
    if store.unfinished():
        text += f" {megabytes(store.unfinished())} of other unfinished parts are kept; --clean removes them."
    return 0, text


def verify(entries: list[Entry], extras: list[Entry], store: Store, report: Report) -> tuple[int, str]:
    """Hash what is there; status 1 where something is missing or damaged."""
    states = {entry.name: store.state(entry) for entry in entries}
    states |= {entry.name: state_also(store, entry) for entry in extras}
    for name, state in states.items():
        report.file(name, state)
    wrong = [name for name, state in states.items() if state != "whole"]
    if wrong:
        return 1, f"Missing or damaged in {store.folder}: {', '.join(wrong)}.\nRun get_data.py to fetch them."
    return 0, f"All {len(states)} files in {store.folder} are right."


def clean(store: Store) -> tuple[int, str]:
    """Remove unfinished parts, unless another run is at work on them."""
    removed = 0
    if store.work.is_dir():
        with lock(store.lock_file):
            removed = store.clean()
    return 0, f"Removed {megabytes(removed)} of unfinished parts."


def show(manifest: Manifest, store: Store, report: Report) -> tuple[int, str]:
    """Names, sizes and what is there; sizes are compared, nothing is hashed, nobody is asked."""
    rows = []
    for entry in [*manifest.files.values(), *manifest.also.values()]:
        path = store.path(entry)
        there = "missing"
        if path.is_file():
            there = "present" if entry.bytes in (None, path.stat().st_size) else "wrong size"
        why = "needed" if entry.name in manifest.needed else "--also" if entry.urls else "--all"
        rows.append((entry, there, why))
    report.table(rows)
    return 0, f"Folder: {store.folder}. --verify checks every byte."
