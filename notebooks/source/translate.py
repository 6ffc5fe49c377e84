"""Keep the Chinese texts in step with the English ones.

    python notebooks/source/translate.py                bring every .po file up to date with the sources
    python notebooks/source/translate.py --missing 01   list what chapter 01 still shows in English
    python notebooks/source/translate.py --faults 01    list what its translations lost: placeholders, links …

Without a number, the last two look at all files. The sources are English; notebooks/source/zh_CN/NN.po holds the
Chinese of chapter NN, in the chapter's order. Where English has changed, the entry is marked fuzzy: it keeps its
Chinese and the old English, and shows in English until somebody has looked at it and taken the mark away.
"""

import argparse
import difflib
import re
import sys
from collections import Counter
from pathlib import Path

import cut
import jupytext
import polib

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parent.parent
CHINESE = SOURCE / "zh_CN"
EMPTY_ANSWER = "**Your answer:** (double-click here and write)"
HEADER = "The Chinese of one file of the course. How to translate: CONTRIBUTING.md."
METADATA = {
    "Language": "zh_CN",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


def chapters():
    """The sources, in order."""
    return sorted(SOURCE.glob("[0-9][0-9]_*.py"))


def pieces_of_chapter(source):
    """All pieces of a chapter that hold words, in order."""
    for cell in jupytext.read(source, fmt="py:percent").cells:
        if "answer" in cell.metadata.get("tags", []):
            yield cut.Piece(EMPTY_ANSWER, "paragraph", EMPTY_ANSWER)
        yield from cut.code(cell.source) if cell.cell_type == "code" else cut.markdown(cell.source)


def texts():
    """What is translated: the path of each .po file, and its pieces in order."""
    for source in chapters():
        yield CHINESE / f"{source.stem[:2]}.po", pieces_of_chapter(source)
    yield CHINESE / "README.po", cut.markdown((ROOT / "README.md").read_text(encoding="utf-8"))


def load(path):
    """A .po file; an empty one where there is none."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0, encoding="utf-8")
    return polib.POFile(wrapwidth=0)


def save(file, path):
    """Write a .po file, the same bytes on every system."""
    path.write_text(str(file).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def translations(path):
    """English → Chinese, of the entries of a .po file that are translated and not fuzzy."""
    return {entry.msgid: entry.msgstr for entry in load(path) if entry.msgstr and not entry.fuzzy}


def updated(path, pieces, elsewhere):
    """A .po file that holds the entries of these pieces, in order, and what was translated already.

    elsewhere: English → Chinese of the other files: the same sentence is translated once
    """
    kinds = {}
    for piece in pieces:
        if piece.english:
            kinds.setdefault(piece.english, piece.kind)
    old = {entry.msgid: entry for entry in load(path)}
    gone = {english: entry for english, entry in old.items() if english not in kinds and entry.msgstr}
    made = polib.POFile(wrapwidth=0)
    made.header, made.metadata = HEADER, METADATA
    for english, kind in kinds.items():
        entry = old.get(english) or polib.POEntry(msgid=english)
        if not entry.msgstr and english in elsewhere:
            entry.msgstr = elsewhere[english]
        if not entry.msgstr and (close := difflib.get_close_matches(english, gone, 1, 0.6)):
            before = gone.pop(close[0])
            entry.msgstr, entry.previous_msgid, entry.flags = before.msgstr, close[0], ["fuzzy"]
        entry.comment = kind
        entry.previous_msgid = entry.previous_msgid if entry.fuzzy else None
        made.append(entry)
    return made


def update():
    """Write every .po file anew from the sources."""
    CHINESE.mkdir(exist_ok=True)
    known = {}
    for path in sorted(CHINESE.glob("*.po")):
        known |= translations(path)
    for path, pieces in texts():
        save(updated(path, pieces, known), path)


def missing(path):
    """The entries of a .po file that show in English."""
    return [entry for entry in load(path) if entry.fuzzy or not entry.msgstr]


FIELD = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
KEPT = {
    "placeholder": FIELD,
    "code": re.compile(r"`[^`]+`"),
    "formula": re.compile(r"\$[^$]+\$"),
    "link": re.compile(r"\]\([^)]+\)"),
    "bold": re.compile(r"\*\*"),
    "cell border": re.compile(r"(?<!\S)\|(?!\S)"),
}
VERDICT = re.compile(r"""(?<=["'])[✓✗] [^"']*(?=["'])""")  # a string inside a placeholder that is shown


def faults(path):
    """What a translation has lost or added: pairs of an entry and a sentence."""
    for entry in load(path):
        if not entry.msgstr or entry.fuzzy:
            continue
        for what, pattern in KEPT.items():
            if what == "placeholder" and entry.comment != "printed":
                continue
            english, chinese = (Counter(_found(pattern, text)) for text in (entry.msgid, entry.msgstr))
            if lost := [*(english - chinese).elements()]:
                yield entry, f"{what} missing: {'  '.join(lost)}"
            if added := [*(chinese - english).elements()]:
                yield entry, f"{what} added: {'  '.join(added)}"


def _found(pattern, text):
    """The parts of a text that a translation keeps; words in formulas and shown verdicts may change."""
    return [VERDICT.sub("", re.sub(r"\\text\{[^}]*\}", r"\\text{}", part)) for part in pattern.findall(text)]


def main():
    parser = argparse.ArgumentParser(description="Keep the Chinese texts in step with the English ones.")
    parser.add_argument("files", nargs="*", metavar="NN", help="chapter numbers; default: all files")
    parser.add_argument("--missing", action="store_true", help="list what shows in English")
    parser.add_argument("--faults", action="store_true", help="list translations that lost something")
    options = parser.parse_args()
    paths = [path for path, _ in texts() if not options.files or path.stem in options.files]
    if options.missing:
        for path in paths:
            absent = missing(path)
            for entry in absent:
                print(f"{path.stem}  {'changed' if entry.fuzzy else 'none':8}{entry.msgid}")
            print(f"{path.stem}  {len(absent)} of {len(load(path))} show in English")
    if options.faults:
        found = [(path, *fault) for path in paths for fault in faults(path)]
        for path, entry, fault in found:
            print(f"{path.stem}  {fault}\n    {entry.msgid}\n    {entry.msgstr}")
        return 1 if found else 0
    if not options.missing:
        update()
    return 0


if __name__ == "__main__":
    sys.exit(main())
