"""Pages of the solved chapters, the whole course on one page, and what they lead to: the glossary and the code.

    python -m pip install -e ".[site]"
    python site/chapters.py OUT         then open OUT/solutions/whole_course.html, to read or to print
    python site/chapters.py OUT --chinese FOLDER        and in Chinese: OUT/zh_CN/solutions/whole_course.html

FOLDER holds the solved chapters in Chinese, executed: python notebooks/source/build.py --solved-chinese FOLDER
They need no script and nothing from another host: formulas are MathML, with a font that stands beside them.
"""

import argparse
import re
import shutil
from html import escape
from pathlib import Path
from typing import NamedTuple

import nbformat
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
STYLES = {"light": "default", "dark": "github-dark"}  # of code, by Pygments
LINK = re.compile(r'(?<=href=")(?!https?:)([^"#]+)\.(ipynb|md|py)(?=[#"])')
SPANS = re.compile(r"`[^`]*`|\$\$.*?\$\$|(\$[^$]*\$)", re.DOTALL)  # code, and formulas of both kinds


class Edition(NamedTuple):
    """One language of the pages."""

    lang: str
    folder: str  # where its pages are, from the site's first folder on
    figures: Path
    course: str
    start: str
    whole: str
    switch: str  # what the other edition's pages call it
    skip: str

    @property
    def whole_course(self):
        """The page that has all chapters."""
        return f"{self.folder}solutions/whole_course.html"


FIGURES = ROOT / "notebooks" / "figures"
ENGLISH = Edition(
    "en",
    "",
    FIGURES,
    "Image captioning with recurrent networks",
    "Start",
    "The whole course on one page, to print",
    "English",
    "To the text",
)
CHINESE = Edition(
    "zh-CN",
    "zh_CN/",
    FIGURES.parent / "zh_CN" / "figures",
    "用循环神经网络描述图片",
    "首页",
    "整个课程在一页上，可以打印",
    "中文",
    "到正文",
)


def write_pages(out, chinese=None):
    """Write solutions/, docs/, cs231n/, figures/ and pages/ into the folder `out`.

    chinese: folder of the solved chapters in Chinese, for zh_CN/ as well
    """
    shutil.copytree(
        SITE / "pages", out / "pages", ignore=shutil.ignore_patterns("page.html"), dirs_exist_ok=True
    )
    (out / "pages" / "code.css").write_text(code_colours(), encoding="utf-8")
    bodies = write_chapters(out, ROOT / "notebooks" / "solutions", ENGLISH, CHINESE if chinese else None)
    write_what_they_lead_to(out, bodies)
    if chinese:
        write_chapters(out, chinese, CHINESE, ENGLISH)


def write_chapters(out, folder, edition, other):
    """Write the pages of the solved chapters in a folder; returns what stands in them.

    other: the other language, to which every page leads; None where there is none
    """
    shutil.copytree(edition.figures, out / edition.folder / "figures", dirs_exist_ok=True)
    chapters = {path.stem: nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))}
    titles = {name: re.match(r"# (.*)", chapter.cells[0].source)[1] for name, chapter in chapters.items()}
    bodies = {name: body_of(chapter, edition) for name, chapter in chapters.items()}
    start = {f"{edition.folder}index.html": edition.start}
    names = [None, *chapters, None]
    for before, name, after in zip(names, names[1:], names[2:], strict=False):
        page = f"solutions/{name}.html"
        near = {f"{edition.folder}solutions/{one}.html": titles[one] for one in (before, after) if one}
        links = start | near | {edition.whole_course: edition.whole}
        links |= {other.folder + page: other.switch} if other else {}
        write(out, edition.folder + page, titles[name], bodies[name], links, edition)
    contents = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>\n' for name, title in titles.items())
    everything = [f"<article>\n<h1>{edition.course}</h1>\n<ul>\n{contents}</ul>\n</article>"]
    everything += [f'<article id="{name}">\n{alone(body, bodies)}</article>' for name, body in bodies.items()]
    links = start | ({other.whole_course: other.switch} if other else {})
    write(out, edition.whole_course, edition.course, "\n".join(everything), links, edition)
    return bodies.values()


def write_what_they_lead_to(out, bodies):
    """A page for each text and each module of the package that a chapter links to."""
    for name in sorted({name for body in bodies for name in re.findall(r'href="\.\./([^"#]+)\.html', body)}):
        source = next(path for path in (ROOT / f"{name}.md", ROOT / f"{name}.py") if path.exists())
        text = source.read_text(encoding="utf-8")
        if source.suffix == ".md":
            body = local(markdown(text))
        else:
            body = f"<h1>{source.name}</h1>\n" + highlight(text, PythonLexer(), HtmlFormatter())
        write(out, f"{name}.html", source.name, body, {"index.html": ENGLISH.start})


def body_of(chapter, edition=ENGLISH):
    """A notebook as HTML that stands inside a page."""
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.register_filter("markdown2html", markdown)
    body, _ = exporter.from_notebook_node(chapter)
    return local(body, edition)


class Renderer(IPythonRenderer):
    """Markdown as nbconvert reads it, with formulas as MathML; what can be too wide scrolls by itself."""

    def block_math(self, body):
        return f'<div class="wide" tabindex="0">{mathml(body, "block")}</div>'

    def inline_math(self, body):
        return mathml(body, "inline")


def markdown(text):
    """Markdown as HTML. A formula in a line of text may go on in the next one, as in JupyterLab."""
    text = SPANS.sub(lambda span: span[0].replace("\n", " ") if span[1] else span[0], text)
    page = MarkdownWithMath(Renderer(escape=False, exclude_anchor_links=True)).render(text)
    return re.sub(r"<table>.*?</table>", r'<div class="wide" tabindex="0">\g<0></div>', page, flags=re.DOTALL)


def mathml(formula, display):
    """A formula in TeX as MathML, with what latex2mathml leaves out: space after log, bars that do not grow."""
    formula = re.sub(r"\\\\\[\w+\]", r"\\\\", formula.strip())  # a line's distance
    formula = re.sub(r"\\text\{[^}]*\}", lambda text: text[0].replace(r"\_", "_"), formula)
    made = convert(formula, display=display).replace(
        "<mo>&#x02016;</mo>", '<mo stretchy="false">&#x02016;</mo>'
    )
    log = r"<mi>(?:log|ln)</mi>"
    return re.sub(rf"({log}|<msub>{log}.*?</msub>)(?=<m[in]>|<msub>)", r'\1<mspace width="0.17em"/>', made)


def local(body, edition=ENGLISH):
    """HTML whose links lead to pages of the site, which has no folder `notebooks`."""
    up = "../" * edition.folder.count("/")
    return LINK.sub(r"\1.html", body).replace(f'"{up}../../', f'"{up}../')


def alone(body, chapters):
    """A chapter's HTML as a part of a page with others: no names of its own, and links to them on that page."""
    body = re.sub(r'(<[^>]*?) id="[^"]*"', r"\1", body)
    return re.sub(rf'href="({"|".join(chapters)})\.html[^"]*"', r'href="#\1"', body)


def code_colours():
    """A style sheet for code, light and dark."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in STYLES.values())
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def write(out, name, title, body, links, edition=ENGLISH):
    """Write one page, with links above and below it.

    name: of the page, from the folder `out` on; links: dict from such a name to what the link says
    """
    top = "../" * name.count("/")
    links = " ".join(f'<a href="{top}{there}">{escape(text)}</a>' for there, text in links.items())
    page = (SITE / "pages" / "page.html").read_text(encoding="utf-8")
    for mark, text in (
        ("lang", edition.lang),
        ("skip", edition.skip),
        ("title", escape(title)),
        ("top", top),
        ("links", links),
        ("body", body),
    ):
        page = page.replace(f"<!-- {mark} -->", text)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the solved chapters as pages.")
    parser.add_argument("out", type=Path, help="folder for them")
    parser.add_argument("--chinese", type=Path, metavar="FOLDER", help="of the solved chapters in Chinese")
    options = parser.parse_args()
    write_pages(options.out, options.chinese)
