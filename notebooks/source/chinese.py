"""Make the Chinese edition: chapters, solved chapters, README, each with what translators have written so far."""

import json
import re
from pathlib import Path

import cut
import translate

SOURCE = Path(__file__).resolve().parent
FOLDER = SOURCE.parent / "zh_CN"
SPEAK = """\
import cs231n.language

cs231n.language.use("zh_CN")  # 检查、提示和错误信息都用中文

"""
ABOUT = (
    "[English](../{stem}.ipynb) · 译文有误，或者读着不像中文？欢迎指正："
    "请修改 [{number}.po](../source/zh_CN/{number}.po)，"
    "做法见 [CONTRIBUTING.md](../../CONTRIBUTING.md#the-chinese-edition)。"
)


class Edition:
    """The Chinese edition of one chapter.

    source: path of the py:percent file
    """

    folder = "zh_CN/"

    def __init__(self, source):
        self.source = source
        self.words = translate.words(source.stem[:2]) | translate.words("shared")

    def sentence(self, english):
        """A sentence that build.py writes, in Chinese where there is one."""
        return self.words.get(english, english)

    def cell(self, text, kind):
        """The text of a cell as it stands in notebooks/zh_CN. Drawings lie there in a folder of their own.

        kind: "markdown" or "code"
        """
        if kind == "code":
            return in_chinese(cut.code(text), self.words)
        return in_chinese(cut.markdown(text), self.words).replace("](../", "](../../")

    def begin(self, cells, solved):
        """Say on the first page how to mend a translation, and in the first code cell which language to speak."""
        if not solved:
            title, _, rest = cells[0].source.partition("\n")
            about = ABOUT.format(stem=self.source.stem, number=self.source.stem[:2])
            cells[0].source = f"{title}\n\n{about}\n{rest}"
        first = next(cell for cell in cells if cell.cell_type == "code")
        first.source = SPEAK + first.source


def in_chinese(pieces, words):
    """Pieces put together again, in Chinese where there is any."""
    return "".join(piece.shown(words.get(piece.english)) for piece in pieces)


def first_page(english):
    """The web site's first page in Chinese, from its English text; it lies one folder below."""
    text = in_chinese(cut.page(english), translate.words("site"))
    for old, new in (
        ('lang="en"', 'lang="zh-CN"'),
        ('href="zh_CN/index.html">中文', 'href="../index.html">English'),
        ('href="live/"', 'href="../live/?lang=zh-CN"'),
        ('src="figures/', 'src="../figures/'),
    ):
        text = text.replace(old, new)
    return text


def live_texts(english):
    """The words of the live page in Chinese, from the English file."""
    words = translate.words("site")

    def said(text):
        if isinstance(text, dict):
            return {name: said(part) for name, part in text.items()}
        return [said(part) for part in text] if isinstance(text, list) else words.get(text, text)

    return json.dumps(said(json.loads(english)), ensure_ascii=False, indent=2) + "\n"


def readme(english):
    """The README in Chinese, from its English text. It leads to the Chinese edition of the chapters."""
    text = in_chinese(cut.markdown(english), translate.words("README"))
    return re.sub(r"notebooks([/\\])(?=\d\d_)", r"notebooks\1zh_CN\1", text)
