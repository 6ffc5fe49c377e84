"""The files of the original download script that stand beside the archive.

Nobody has published their size or hash. What is verified: the size the server names, the CRC-32 of every
member (both are zip files inside), and that the members the course reads are there.
"""

import zipfile
import zlib

from .errors import CertificateError, NetworkError, VerificationError
from .http_faults import Changed, NoRanges
from .manifest import Entry
from .remote import Policy, Remote
from .report import Report
from .spans import fetch_whole, whole_span
from .store import Store, sha256_of
from .workplace import plainly, working_in


def fault_in(path, entry: Entry) -> str | None:
    """What is wrong with a file as far as it can be known; None if nothing is."""
    if entry.bytes is not None and path.stat().st_size != entry.bytes:
        return f"{path.stat().st_size} bytes in place of {entry.bytes}"
    if entry.sha256 is not None:
        return None if sha256_of(path) == entry.sha256 else "the bytes are not the ones the manifest promises"
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            absent = set(entry.members) - set(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        return str(error)
    if damaged:
        return f"{damaged} in it is damaged"
    return f"{', '.join(sorted(absent))} is not in it" if absent else None


def state_also(store: Store, entry: Entry) -> str:
    """`whole`, `missing` or `damaged`, as far as it can be known."""
    path = store.path(entry)
    if not path.is_file():
        return "missing"
    return "damaged" if fault_in(path, entry) else "whole"


def bring_also(entries: list[Entry], store: Store, policy: Policy, report: Report, force=False) -> None:
    """Bring the files that are not there or are damaged; DownloadError where that fails."""
    with plainly(store, entries):
        states = {entry.name: state_also(store, entry) for entry in entries}
        report.found(states)
        for entry in entries:
            if force or states[entry.name] != "whole":
                with working_in(store, entries, report):
                    bring_one(entry, store, policy, report)


def bring_one(entry: Entry, store: Store, policy: Policy, report: Report) -> None:
    """One file from the first of its addresses that has it."""
    faults = []
    for url in entry.urls:
        report.note(f"Asking {url}")
        try:
            with Remote(url, policy, report.note) as remote:
                from_address(remote, entry, store, report)
            return
        except (Changed, NoRanges):
            faults.append(NetworkError(f"{url}: the file changed while it was fetched."))
        except CertificateError as error:
            # Without a known hash only the certificate says whose file this is: no other way is tried.
            raise CertificateError(f"{url}: {error.what}.") from error
        except NetworkError as error:
            faults.append(NetworkError(f"{url}: {error.what}.", error.next_step))
        except VerificationError as error:
            faults.append(error)
    kind = next((fault for fault in faults if isinstance(fault, VerificationError)), faults[-1])
    raise type(kind)("\n".join(fault.what for fault in faults), kind.next_step)


def from_address(remote: Remote, entry: Entry, store: Store, report: Report) -> None:
    """The file to disk, looked at, then into place; damaged kept bytes are replaced once."""
    while True:
        remote.probe()
        path = whole_span(store, remote, entry.name)
        store.check_space(remote.size or entry.bytes or 0)
        resumed = fetch_whole(remote, path, report)
        report.close()
        fault = fault_in(path, entry)
        if fault is None:
            store.move(path, store.path(entry))
            store.forget(entry.name)
            report.file(entry.name, "fetched")
            return
        path.unlink()
        if not resumed:
            raise VerificationError(f"{entry.name} from {remote.url}: {fault}.")
        report.note(f"{entry.name}: the kept bytes were damaged; fetching them again.")
