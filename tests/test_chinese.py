"""The Chinese edition: translations are whole, what has none shows in English, the reader's language is found."""

import io
import re
import shutil
import sys
import tokenize
from pathlib import Path

import pytest

from cs231n import language
from tests.test_notebooks import NOTEBOOKS, SOURCES, build, code_cells, each_chapter

sys.path.insert(0, str(NOTEBOOKS / "source"))
import cut  # noqa: E402
import translate  # noqa: E402

FILES = [path.stem for path, _ in translate.texts()]
GLOSSARY = NOTEBOOKS.parent / "docs" / "glossary.md"
# English that no Chinese message holds; words of Python, such as for, may stand there.
ENGLISH = re.compile(r"\b(the|are|was|your?|of|an|to|it|that|this|which|does|has|have)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def pieces():
    """What is to be translated: the name of a .po file → its pieces."""
    return {path.stem: list(found) for path, found in translate.texts()}


# ---- the texts


@pytest.mark.parametrize("name", FILES)
def test_at_most_one_text_in_fifty_shows_in_english(name, pieces):
    texts = {piece.english for piece in pieces[name] if piece.english}
    shown = texts - set(translate.words(name))
    assert len(shown) <= 0.02 * len(texts), f"translate.py --missing {name}: {len(shown)} of {len(texts)}"


@pytest.mark.parametrize("name", FILES)
def test_the_file_follows_the_english(name, pieces):
    path = translate.CHINESE / f"{name}.po"
    now = [entry.msgid for entry in translate.load(path)]
    assert now == [entry.msgid for entry in translate.updated(path, pieces[name], {})], "run: translate.py"


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_lost_in_translation(name):
    found = [f"{fault}: {entry.msgid}" for entry, fault in translate.faults(translate.CHINESE / f"{name}.po")]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["checks", "exercises", "course"])
def test_no_message_has_english_left(name):
    for entry in translate.load(translate.CHINESE / f"{name}.po"):
        rest = re.sub(r"`[^`]*`|\{[^}]*\}|\S*[_.(/]\S*", "", entry.msgstr)
        assert not ENGLISH.search(rest), entry.msgstr


ROW = re.compile(r"^\| (<a id=[^>]*></a>)?\**(.*?)\** \| ([^|]*) \|", re.M)


def glossary():
    """The terms of the field, each with the Chinese words of all terms that it is a part of."""
    rows = ROW.findall(re.sub(r" \([^)]*\)", "", GLOSSARY.read_text(encoding="utf-8")))
    words = [(term, chinese.split("、")) for _, terms, chinese in rows for term in terms.split(", ")]
    fields = [term for mark, terms, _ in rows if mark for term in terms.split(", ")]
    return {one: [w for term, found in words if one in term for w in found] for one in fields}


@pytest.mark.parametrize(("term", "words"), glossary().items(), ids=glossary())
def test_the_words_of_the_field_are_those_of_the_glossary(term, words):
    """In nine of ten texts that have the English word; a name in code, or a paper's title, stays English."""
    word = re.compile(rf"\b{re.escape(term)}(s|es)?\b", re.IGNORECASE)
    texts = [pair for name in FILES for pair in translate.words(name).items()]
    said = [chinese for english, chinese in texts if word.search(translate.plain(english))]
    wrong = [text for text in said if not word.search(text) and not any(w in text for w in words)]
    assert len(wrong) <= max(1, 0.1 * len(said)), f"{len(wrong)} of {len(said)}: {wrong[:5]}"


def test_a_sentence_has_one_translation():
    """Chapters share sentences: a reader meets the same one each time."""
    known = {}
    for name in (source.name[:2] for source in SOURCES):
        for english, chinese in translate.words(name).items():
            assert known.setdefault(english, chinese) == chinese, english


# ---- the editions


@each_chapter
def test_the_code_is_the_same_but_for_comments_and_texts(source):
    def code(cell):
        skipped = {tokenize.COMMENT, tokenize.STRING, tokenize.NL, getattr(tokenize, "FSTRING_MIDDLE", None)}
        tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
        return [token.string for token in tokens if token.type not in skipped]

    english, chinese = (
        code_cells(made) for made in (build.notebook(source, True), build.chinese(source, True))
    )
    said = "\n\n".join(cell.source for cell in chinese)
    assert said.count('cs231n.language.use("zh_CN")') == 1
    chinese[0].source = chinese[0].source.partition("\n\n")[2].partition("\n\n")[2]
    for one, other in zip(english, chinese, strict=True):
        assert code(one) == code(other)


def test_a_changed_sentence_shows_in_english_until_somebody_has_looked(tmp_path, monkeypatch):
    source = tmp_path / SOURCES[0].name
    text = SOURCES[0].read_text(encoding="utf-8")
    old = "Before you build anything, look at the data. It is the habit of everyone who is good at this."
    new = old.replace("It is the habit", "That is a habit")
    source.write_text(text.replace(old, new), encoding="utf-8")
    po = shutil.copy(translate.CHINESE / "00.po", tmp_path / "00.po")
    monkeypatch.setattr(translate, "CHINESE", tmp_path)
    chinese = translate.words("00")[old]
    translate.save(translate.updated(Path(po), translate.pieces_of_chapter(source), {}), Path(po))
    entry = translate.load(Path(po)).find(new)
    assert (entry.fuzzy, entry.previous_msgid, entry.msgstr) == (True, old, chinese)
    shown = build.chinese(source).cells[0].source
    assert new in shown and old not in shown and chinese not in shown
    assert [entry.msgid for entry in translate.missing(Path(po)) if entry.fuzzy] == [new]


def test_pieces_put_together_are_the_text():
    for source in SOURCES:
        for cell in build.notebook(source, True).cells:
            pieces = cut.code(cell.source) if cell.cell_type == "code" else cut.markdown(cell.source)
            assert "".join(piece.raw for piece in pieces) == cell.source


def test_what_the_checks_say_and_the_readme_are_built():
    assert build.outdated_chinese() == [], "run: python notebooks/source/build.py --chinese"


def test_a_solved_chapter_runs_in_chinese():
    source = next(source for source in SOURCES if source.name.startswith("01"))
    chapter = build.chinese(source, solved=True)
    build.execute(chapter, NOTEBOOKS / "solutions")
    said = "\n".join(line for cell in code_cells(chapter) for line in build.lines_of(cell.outputs) if line)
    assert "✓ rnn_step_forward 对了" in said


# ---- the reader's language


@pytest.mark.parametrize(
    ("asked", "edition", "notebook", "system", "spoken"),
    [
        ("zh", None, True, "en_US.UTF-8", "zh_CN"),
        ("en", "zh_CN", True, "zh_CN.UTF-8", "en"),
        ("", "zh_CN", True, "en_US.UTF-8", "zh_CN"),
        ("", None, True, "zh_CN.UTF-8", "en"),
        ("", None, False, "zh_CN.UTF-8", "zh_CN"),
        ("", None, False, "de_DE.UTF-8", "en"),
        ("", None, False, "C", "en"),
    ],
)
def test_first_what_is_asked_for_then_the_edition_then_the_system(
    asked, edition, notebook, system, spoken, monkeypatch
):
    monkeypatch.setenv("CS231N_LANG", asked)
    monkeypatch.setattr(language, "_edition", edition)
    monkeypatch.setattr(language, "_in_notebook", lambda: notebook)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    monkeypatch.setenv("LC_ALL", system)
    assert language.language() == spoken


def test_a_terminal_without_chinese_letters_gets_english(monkeypatch):
    monkeypatch.setenv("CS231N_LANG", "")
    monkeypatch.setenv("LC_ALL", "zh_CN.GB2312")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    assert language.language() == "en"


def test_values_stand_where_the_translation_puts_them(monkeypatch):
    monkeypatch.setenv("CS231N_LANG", "zh")
    turned = {"{a} before {b:.1f}": "{b:.1f} 在 {a} 后"}
    monkeypatch.setattr(language, "_catalogue", lambda _: type("Some", (), {"gettext": turned.get}))
    assert language.tr("{a} before {b:.1f}", "x", 2) == "2.0 在 x 后"
