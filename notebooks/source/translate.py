"""Keep the Chinese texts in step with the English ones.

    python notebooks/source/translate.py                bring every .po file up to date with the sources
    python notebooks/source/translate.py --missing 01   list what chapter 01 still shows in English
    python notebooks/source/translate.py --faults 01    list what its translations lost: placeholders, links …

Without a number, the last two look at all files. The sources are English; notebooks/source/zh_CN/NN.po holds the
Chinese of chapter NN, in the chapter's order. Where English has changed, the entry is marked fuzzy: it keeps its
Chinese and the old English, and shows in English until somebody has looked at it and taken the mark away.
"""

import argparse
import ast
import difflib
import json
import re
import sys
from collections import Counter
from pathlib import Path

import cut
import draw_figures
import jupytext
import polib
from build import BADGE, COLAB, EMPTY_ANSWER, chapters

from cs231n.exercises import bank
from cs231n.exercises.say.catalogue import CATALOGUE, Plural, Reference
from cs231n.language import FOLDER

SOURCE = Path(__file__).resolve().parent
ROOT = SOURCE.parent.parent
CHINESE = SOURCE / "zh_CN"
SITE = ROOT / "site"
HEADER = "The Chinese of one file of the course. How to translate: CONTRIBUTING.md."
METADATA = {
    "Language": "zh_CN",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}


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
    yield CHINESE / "shared.po", pieces_of_all_chapters()
    yield CHINESE / "site.po", pieces_of_site()
    yield CHINESE / "checks.po", pieces_of_checks()
    yield CHINESE / "exercises.po", pieces_of_exercises()
    yield CHINESE / "course.po", pieces_of_code()


def pieces_of_all_chapters():
    """The drawings' alt texts and words, and what build.py puts into every chapter for Google Colab."""
    for text in draw_figures.ALT_TEXT.values():
        yield cut.Piece(text, "picture", text)
    for text in draw_figures.words():
        yield cut.Piece(text, "word in a drawing", text if cut.WORD.search(text) else "")
    yield cut.Piece(BADGE, "picture", BADGE)
    yield from cut.code(COLAB)


def pieces_of_site():
    """The web site's first page, and the words of its live page."""
    yield from cut.page((SITE / "index.html").read_text(encoding="utf-8"))
    for text in _leaves(json.loads((SITE / "live" / "texts.en.json").read_text(encoding="utf-8"))):
        yield _message(text, "live page")


def _leaves(texts):
    """All texts in nested dicts and lists."""
    for text in texts.values() if isinstance(texts, dict) else texts:
        yield from [text] if isinstance(text, str) else _leaves(text)


def pieces_of_checks():
    """What every check can say, in the catalogue's order, and the names of axes and inputs."""
    for sentence in CATALOGUE.values():
        for text in vars(sentence).values() if isinstance(sentence, Plural | Reference) else [sentence]:
            yield _message(text)
    for exercise in map(bank.find, bank.ORDER):
        for name in [*_axes(exercise.outputs), *(case.sizes for case in exercise.cases())]:
            yield _message(name if re.sub(r"\w+=(\[.*?\]|\(.*?\)|[^,]*)", "", name).strip(", ") else "")


def _axes(outputs):
    """The names of all axes in an exercise's outputs."""
    for axes in outputs.values():
        yield from _axes(axes) if isinstance(axes, dict) else axes


def pieces_of_exercises():
    """What an exercise brings: where to begin, hints, known mistakes, what to do next."""
    for exercise in map(bank.find, bank.ORDER):
        for text in [exercise.start, *exercise.hints]:
            yield _message(text, f"{exercise.name}: hint")
        for mistake in exercise.mistakes:
            for text in filter(None, [mistake.claim, mistake.among_others]):
                yield _message(text, f"{exercise.name}: {mistake.name}")
        yield _message(exercise.worth_knowing, f"{exercise.name}: worth knowing")
        yield _message(exercise.next_step, f"{exercise.name}: next")


SPOKEN = {"tr", "noted"}


def pieces_of_code():
    """What the package and its commands say in the reader's language: all sentences given to `tr` or `noted`."""
    for path in [ROOT / "start.py", ROOT / "get_data.py", *sorted((ROOT / "cs231n").rglob("*.py"))]:
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if _is_said(node)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            yield _message(call.args[0].value, path.relative_to(ROOT).as_posix())


def _is_said(node):
    """Whether a part of a program is a call of `tr` or `noted` with a sentence."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in SPOKEN or not node.args:
        return False
    return isinstance(node.args[0], ast.Constant)


SHORT = re.compile(r"\}s|\(a \{|\}[:;] \{(what|value|other)")  # no whole word, yet to be translated


def _message(text, kind="message"):
    """A sentence that is filled in while the course runs. A single sign or place needs no translation."""
    words = cut.WORD.search(plain(text)) or SHORT.search(text) or text == CATALOGUE["comma"]
    return cut.Piece(text, kind, text if words else "")


def load(path):
    """A .po file; an empty one where there is none."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0, encoding="utf-8")
    return polib.POFile(wrapwidth=0)


def save(file, path):
    """Write a .po file, the same bytes on every system."""
    path.write_text(str(file).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def words(name):
    """English → Chinese, of the entries of NAME.po that are translated and not fuzzy."""
    entries = load(CHINESE / f"{name}.po")
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgstr and not entry.fuzzy}


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
        known |= words(path.stem)
    for path, pieces in texts():
        save(updated(path, pieces, known), path)
    write_compiled()


def write_compiled():
    """Write what `compiled` gives."""
    for path, data in compiled():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def compiled():
    """What the package reads while it runs: each .mo file, and its bytes."""
    for name in ("checks", "exercises", "course"):
        file = polib.POFile()
        file.metadata = METADATA
        file.extend(entry for entry in load(CHINESE / f"{name}.po") if entry.msgstr and not entry.fuzzy)
        yield FOLDER / "zh_CN" / f"{name}.mo", file.to_binary()


def plain(text):
    """A text without code, formulas, addresses and places for values."""
    return cut.PLACE.sub(" ", cut.QUIET.sub(" ", text))


def missing(path):
    """The entries of a .po file that show in English."""
    return [entry for entry in load(path) if entry.fuzzy or not entry.msgstr]


KEPT = {
    "placeholder": cut.PLACE,
    "code": re.compile(r"`[^`]+`"),
    "formula": re.compile(r"\$[^$]+\$"),
    "link": re.compile(r"\]\([^)]+\)"),
    "bold": re.compile(r"\*\*"),
    "cell border": re.compile(r"(?<!\S)\|(?!\S)"),
}
IN_MARKDOWN = {"heading", "paragraph", "list item", "table row", "summary", "picture", "formula"}


def faults(path):
    """What a translation has lost or added: pairs of an entry and a sentence."""
    for entry in load(path):
        if not entry.msgstr or entry.fuzzy:
            continue
        for what, pattern in KEPT.items():
            if what == "placeholder" and entry.comment in IN_MARKDOWN:
                continue
            english, chinese = (Counter(_found(pattern, text)) for text in (entry.msgid, entry.msgstr))
            if lost := [*(english - chinese).elements()]:
                yield entry, f"{what} missing: {'  '.join(lost)}"
            if added := [*(chinese - english).elements()]:
                yield entry, f"{what} added: {'  '.join(added)}"


def _found(pattern, text):
    """The parts of a text that a translation keeps; words in formulas and shown verdicts may change."""
    return [
        cut.SHOWN.sub("", re.sub(r"\\text\{[^}]*\}", r"\\text{}", part)) for part in pattern.findall(text)
    ]


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
