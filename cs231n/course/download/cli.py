"""The command line of get_data.py."""

import argparse
import os
import sys
from dataclasses import replace

from cs231n.language import noted, tr

from .archive import COCO, Manifest, addresses
from .errors import DownloadError, UsageError, disk_error, line
from .fetch import Download
from .remote import Policy
from .report import Report, say
from .store import Store, folder, megabytes

ABOUT = noted("""Downloads and verifies the COCO captions and features that the notebooks read.
What is whole already is not fetched again.""")
EPILOG = noted("""examples:
  python get_data.py
      what the notebooks need: six files, about 250 MB to fetch, 303 MB on the disk
  python get_data.py --zip Downloads/coco_captioning.zip
      the same out of an archive that a browser saved, or out of the folder if it unpacked it

environment: CS231N_DATA_URL stands for --url (a mirror of your own), CS231N_DATA_DIR for --dest.

exit status: 0 all right, 1 verification failed, 2 usage, 3 network, 4 disk or permission,
5 another download is running, 130 stopped with Ctrl-C. Run it again after any stop: it goes on at the byte.""")


def parser():
    """The options."""
    shape = argparse.RawDescriptionHelpFormatter
    p = argparse.ArgumentParser("get_data.py", None, tr(ABOUT), tr(EPILOG), formatter_class=shape)
    what, where, do = (p.add_mutually_exclusive_group().add_argument for _ in range(3))
    add, on = p.add_argument, {"action": "store_true"}
    what("--all", help=tr("all ten files: about 1 GB to fetch, 2.3 GB on the disk"), **on)
    what("--only", metavar="NAME", nargs="+", help=tr("only these files of the archive (see --list)"))
    add("--dest", metavar="DIR", help=tr("folder for the files (default: datasets/coco_captioning)"))
    where("--zip", metavar="PATH", help=tr("take the files out of this archive or folder; no network"))
    where("--url", metavar="URL", nargs="+", help=tr("addresses, tried in this order (default: Stanford's)"))
    do("--verify", help=tr("check every byte of the files there, and stop"), **on)
    do("--list", help=tr("show names, sizes and what is there, and stop"), **on)
    do("--clean", help=tr("remove unfinished parts, and stop"), **on)
    add("--force", help=tr("fetch again what is whole"), **on)
    add("--quiet", help=tr("say nothing but errors"), **on)
    add("--manifest", metavar="FILE", default=COCO, help=tr("another list of files"))
    text = tr("failures in a row allowed (default: %(default)s)")
    add("--retries", metavar="N", type=int, default=Policy.retries, help=text)
    text = tr("seconds of silence allowed (default: %(default)g)")
    add("--timeout", metavar="S", type=float, default=Policy.timeout, help=text)
    return p


def main(argv=None, policy=None):
    """Run the command line; the exit status. `policy` sets the pauses, for tests."""
    options = parser().parse_args(argv)
    try:
        status, text = run(options, policy or Policy())
    except DownloadError as error:
        status, text = error.status, str(error)
    except OSError as error:
        status, text = 4, str(disk_error(error, tr("the folder")))
    except KeyboardInterrupt:
        status, text = 130, tr("Stopped. What has come is kept; run the same command again to go on.")
    if status or not options.quiet:
        say(text, sys.stderr if status else sys.stdout)
    return status


def run(options, policy):
    """Do what the options ask; the exit status and the last words."""
    if options.retries < 0 or not 0 < options.timeout <= 3600:
        raise UsageError(tr("--retries is 0 or more; --timeout is more than 0, and at most 3600 seconds."))
    policy = replace(policy, retries=options.retries, timeout=options.timeout)
    manifest = Manifest(options.manifest)
    entries = manifest.choose(options.only, options.all)
    store = Store(folder(options.dest))
    if options.list:
        row = "{0.name:<28} {0.bytes:>15,} bytes  {1:<10}  {2}\n".format
        needs, files = {name: tr("needed") for name in manifest.needed}, manifest.files.values()
        rows = "".join(row(e, tr(store.state(e, False)), needs.get(e.name, "--all")) for e in files)
        return 0, tr("{rows}Folder: {folder}. --verify checks every byte.", rows, store.folder)
    if options.verify:
        states = [(entry.name, store.state(entry)) for entry in entries]
        if wrong := ", ".join(f"{name} ({tr(state)})" for name, state in states if state != "whole"):
            text = noted("Not whole in {folder}: {wrong}.\nTo fetch them: {command}")
            return 1, tr(text, store.folder, wrong, line(""))
        return 0, tr("All {count} files in {folder} are right.", len(states), store.folder)
    if options.clean:
        text = noted("Removed {removed} of unfinished parts. Whole files stay in {folder}.")
        return 0, tr(text, megabytes(store.clean()), store.folder)
    sources = addresses(options.url or os.environ.get("CS231N_DATA_URL", "").split() or manifest.urls)
    if options.zip is not None:
        sources = [find_archive(folder(options.zip), manifest, entries)]
    Download(manifest, entries, store, policy, Report(options.quiet)).run(sources, options.force)
    return 0, tr("All {count} files are in {folder}, verified.", len(entries), store.folder)


def find_archive(path, manifest, entries):
    """The archive that --zip names, or the folder that a browser made of it."""
    for place in (path / manifest.archive_name, path, path.with_suffix("")):
        if place.is_file() or any(manifest.unpacked(entry, place) for entry in entries):
            return place
    text = noted("{path} is no archive, and no folder with {archive} or one of the files in it: {names}.")
    names = ", ".join(entry.name for entry in entries)
    raise UsageError(tr(text, path, manifest.archive_name, names))
