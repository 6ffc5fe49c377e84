"""The command line of get_data.py."""

import argparse
import os
import sys
from dataclasses import replace

from .errors import DownloadError, UsageError, disk_error, line
from .fetch import Download
from .manifest import COCO, Manifest, addresses
from .remote import Policy
from .report import Report, say
from .store import Store, folder, megabytes

ABOUT = """Downloads and verifies the COCO captions and features that the notebooks read.
What is whole already is not fetched again."""
EPILOG = """examples:
  python get_data.py
      what the notebooks need: six files, about 250 MB to fetch, 303 MB on the disk
  python get_data.py --zip Downloads/coco_captioning.zip
      the same out of an archive that a browser saved, or out of the folder if it unpacked it

environment: CS231N_DATA_URL stands for --url (a mirror of your own), CS231N_DATA_DIR for --dest.

exit status: 0 all right, 1 verification failed, 2 usage, 3 network, 4 disk or permission,
5 another download is running, 130 stopped with Ctrl-C. Run it again after any stop: it goes on at the byte."""


def parser():
    """The options."""
    shape = argparse.RawDescriptionHelpFormatter
    p = argparse.ArgumentParser("get_data.py", description=ABOUT, epilog=EPILOG, formatter_class=shape)
    what, where, do = (p.add_mutually_exclusive_group() for _ in range(3))
    for group, name, text in [
        (what, "--all", "all ten files: about 1 GB to fetch, 2.3 GB on the disk"),
        (p, "--force", "fetch again what is whole"),
        (p, "--quiet", "say nothing but errors"),
        (do, "--verify", "check every byte of the files there, and stop"),
        (do, "--list", "show names, sizes and what is there, and stop"),
        (do, "--clean", "remove unfinished parts, and stop"),
    ]:
        group.add_argument(name, action="store_true", help=text)
    for group, name, metavar, more, text in [
        (what, "--only", "NAME", {"nargs": "+"}, "only these files of the archive (see --list)"),
        (p, "--dest", "DIR", {}, "folder for the files (default: datasets/coco_captioning)"),
        (where, "--zip", "PATH", {}, "take the files out of this archive or folder; no network"),
        (where, "--url", "URL", {"nargs": "+"}, "addresses, tried in this order (default: Stanford's)"),
        (p, "--manifest", "FILE", {"default": COCO}, "another list of files"),
        (p, "--retries", "N", {"type": int}, f"failures in a row allowed (default: {Policy.retries})"),
        (p, "--timeout", "S", {"type": float}, f"seconds of silence allowed (default: {Policy.timeout:g})"),
    ]:
        group.add_argument(name, metavar=metavar, help=text, **more)
    p.set_defaults(retries=Policy.retries, timeout=Policy.timeout)
    return p


def main(argv=None, policy=None):
    """Run the command line; the exit status. `policy` sets the pauses, for tests."""
    options = parser().parse_args(argv)
    try:
        status, text = run(options, policy or Policy())
    except DownloadError as error:
        status, text = error.status, str(error)
    except OSError as error:
        status, text = 4, str(disk_error(error, "the folder"))
    except KeyboardInterrupt:
        status, text = 130, "Stopped. What has come is kept; run the same command again to go on."
    if status or not options.quiet:
        say(text, sys.stderr if status else sys.stdout)
    return status


def run(options, policy):
    """Do what the options ask; the exit status and the last words."""
    if options.retries < 0 or not 0 < options.timeout <= 3600:
        raise UsageError("--retries is 0 or more; --timeout is more than 0, and at most 3600 seconds.")
    policy = replace(policy, retries=options.retries, timeout=options.timeout)
    manifest = Manifest(options.manifest)
    entries = manifest.choose(options.only, options.all)
    store = Store(folder(options.dest), policy.move_pause)
    if options.list:
        row = "{0.name:<28} {0.bytes:>15,} bytes  {1:<10}  {2}\n".format
        rows = ""
        for one in manifest.files.values():
            rows += row(one, store.state(one, False), "needed" if one.name in manifest.needed else "--all")
        return 0, f"{rows}Folder: {store.folder}. --verify checks every byte."
    if options.verify:
        states = [(entry.name, store.state(entry)) for entry in entries]
        if wrong := ", ".join(f"{name} ({state})" for name, state in states if state != "whole"):
            return 1, f"Not whole in {store.folder}: {wrong}.\nTo fetch them: {line('')}"
        return 0, f"All {len(states)} files in {store.folder} are right."
    if options.clean:
        return (
            0,
            f"Removed {megabytes(store.clean())} of unfinished parts. Whole files stay in {store.folder}.",
        )
    urls = addresses(options.url or os.environ.get("CS231N_DATA_URL", "").split() or manifest.urls)
    archive = None if options.zip is None else find_archive(folder(options.zip), manifest)
    Download(manifest, entries, store, policy, Report(options.quiet)).run(urls, archive, options.force)
    text = f"All {len(entries)} files are in {store.folder}, verified."
    if store.unfinished():
        text += f" {megabytes(store.unfinished())} of other unfinished parts are kept; --clean removes them."
    return 0, text


def find_archive(path, manifest):
    """The archive that --zip names, or the folder that a browser made of it."""
    inside = path / manifest.archive_name
    for place in [inside] if inside.is_file() else [path, path.with_suffix("")]:
        if place.exists():
            return place
    raise UsageError(f"There is no archive {path}.")
