"""Pages of the solved chapters, the whole course on one page, and what they lead to: the glossary and the code.

    python -m pip install -e ".[site]"
    python site/chapters.py OUT         then open OUT/solutions/whole_course.html, to read or to print

They need no script and nothing from another host: formulas are MathML, with a font that stands beside them.
"""

import argparse
import re
import shutil
from html import escape
from pathlib import Path

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
WHOLE = "solutions/whole_course.html"
START = {"index.html": "Start"}


def write_pages(out):
    """Write solutions/, docs/, cs231n/, figures/ and pages/ into the folder `out`."""
    shutil.copytree(ROOT / "notebooks" / "figures", out / "figures", dirs_exist_ok=True)
    shutil.copytree(
        SITE / "pages", out / "pages", ignore=shutil.ignore_patterns("page.html"), dirs_exist_ok=True
    )
    (out / "pages" / "code.css").write_text(code_colours(), encoding="utf-8")
    sources = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
    chapters = {path.stem: nbformat.read(path, as_version=4) for path in sources}
    titles = {name: re.match(r"# (.*)", chapter.cells[0].source)[1] for name, chapter in chapters.items()}
    bodies = {name: body_of(chapter) for name, chapter in chapters.items()}
    names = [None, *chapters, None]
    for before, name, after in zip(names, names[1:], names[2:], strict=False):
        near = {f"solutions/{other}.html": titles[other] for other in (before, after) if other}
        links = START | near | {WHOLE: "The whole course on one page, to print"}
        write(out, f"solutions/{name}.html", titles[name], bodies[name], links)
    course = "Image captioning with recurrent networks"
    contents = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>\n' for name, title in titles.items())
    everything = [f"<article>\n<h1>{course}</h1>\n<ul>\n{contents}</ul>\n</article>"]
    everything += [f'<article id="{name}">\n{alone(body, bodies)}</article>' for name, body in bodies.items()]
    write(out, WHOLE, course, "\n".join(everything), START)
    write_what_they_lead_to(out, bodies.values())


def write_what_they_lead_to(out, bodies):
    """A page for each text and each module of the package that a chapter links to."""
    for name in sorted({name for body in bodies for name in re.findall(r'href="\.\./([^"#]+)\.html', body)}):
        source = next(path for path in (ROOT / f"{name}.md", ROOT / f"{name}.py") if path.exists())
        text = source.read_text(encoding="utf-8")
        if source.suffix == ".md":
            body = local(markdown(text))
        else:
            body = f"<h1>{source.name}</h1>\n" + highlight(text, PythonLexer(), HtmlFormatter())
        write(out, f"{name}.html", source.name, body, START)


def body_of(chapter):
    """A notebook as HTML that stands inside a page."""
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    exporter.register_filter("markdown2html", markdown)
    body, _ = exporter.from_notebook_node(chapter)
    return local(body)


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


def local(body):
    """HTML whose links lead to pages of the site."""
    return LINK.sub(r"\1.html", body).replace('"../../', '"../')


def alone(body, chapters):
    """A chapter's HTML as a part of a page with others: no names of its own, and links to them on that page."""
    body = re.sub(r'(<[^>]*?) id="[^"]*"', r"\1", body)
    return re.sub(rf'href="({"|".join(chapters)})\.html[^"]*"', r'href="#\1"', body)


def code_colours():
    """A style sheet for code, light and dark."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in STYLES.values())
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def write(out, name, title, body, links):
    """Write one page, with links above and below it.

    name: of the page, from the folder `out` on; links: dict from such a name to what the link says
    """
    top = "../" * name.count("/")
    links = " ".join(f'<a href="{top}{there}">{escape(text)}</a>' for there, text in links.items())
    page = (SITE / "pages" / "page.html").read_text(encoding="utf-8")
    for mark, text in (("title", escape(title)), ("top", top), ("links", links), ("body", body)):
        page = page.replace(f"<!-- {mark} -->", text)
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the solved chapters as pages.")
    parser.add_argument("out", type=Path, help="folder for them")
    write_pages(parser.parse_args().out)
