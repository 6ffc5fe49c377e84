"""Every link that stays in the repository leads somewhere, and nothing leads to an address that is nobody's."""

import posixpath
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from tests.in_browser import load
from tests.test_notebooks import NOTEBOOKS, SOURCES, load_build
from tests.test_packages import committed

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"""\]\((?:<([^>]+)>|([^)\s]+))|(?:href|src)="([^"]+)\"""")
PAGES = [
    *ROOT.glob("*.md"),
    *(p for room in ("docs", "datasets", "benchmarks", "site") for p in (ROOT / room).rglob("*.md")),
]
PAGES += sorted(NOTEBOOKS.rglob("*.ipynb"))


def text_of(page):
    """What a page says, code left out."""
    if page.suffix == ".ipynb":
        cells = nbformat.read(page, as_version=4).cells
        return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.DOTALL)


def links(text):
    found = (next(filter(None, groups)) for groups in LINK.findall(text))
    return [unquote(link) for link in found if not re.match(r"https?://|mailto:|data:", link)]


def anchors(page):
    """The places of a page that can be linked to: marks, and headings as GitHub names them."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.M)
    marks = re.findall(r'<a id="([\w-]+)"', text_of(page))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads} | {*marks}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for link in links(text_of(page)):
        path, _, anchor = link.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link


def test_links_of_the_site_lead_to_what_is_built_from():
    """OUT/solutions, OUT/figures and OUT/try come from the notebooks folder, in Chinese from notebooks/zh_CN."""
    site = load("build")
    pages = {"": site.front_page(site.titles_of()), "zh_CN/": site.front_page_in_chinese(solved=True)}
    own = ("live", "index.html", "solutions/whole_course.html")  # pages of their own
    for folder, page in pages.items():
        assert len(links(page)) > len(SOURCES)
        for link in links(page):
            place = posixpath.normpath(folder + link.partition("?lang=")[0])
            if place.removeprefix("zh_CN/") not in own:
                file = re.sub(r"^try/notebooks/index.html\?path=", "", place)
                file = re.sub(r"(solutions/.*)\.html$", r"\1.ipynb", file).replace("zh_CN/solutions", "zh_CN")
                assert (NOTEBOOKS / file).is_file(), link


def test_no_committed_file_holds_a_placeholder_in_an_address():
    for name in committed():
        if name.endswith((".md", ".ipynb", ".html", ".toml", ".cff", ".yml")):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert not re.search(
                r"(github\.(com|io)|/github|/gh)/?(OWNER|NAME|USER)\b(?!/REPOSITORY)", text
            ), name
            assert "OWNER" not in text, name


COPIED = re.compile(
    r"README.*md|pyproject.toml|notebooks/(\w+/)*(0[01]|[A-Za-z]\w*\.)|notebooks/source/figure_parts"
)


@pytest.fixture
def copy(tmp_path):
    """What an address changes in the repository, of two chapters."""
    for name in committed():
        if COPIED.match(name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def run_build(copy, monkeypatch, capsys):
    """Run the copy's build.py: what it ends with, and what it says."""
    build = load_build(copy / "notebooks" / "source" / "build.py")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["build.py", *arguments])
        try:
            code = build.main()
        except SystemExit as end:
            code = end.code
        return code, "".join(capsys.readouterr())

    return run


def test_one_command_makes_every_link_and_takes_it_away_again(copy, run_build):
    files = [path for path in copy.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    assert run_build("--address", "https://github.com/somebody/some-course") == (0, "")
    assert run_build("--check") == (0, "")
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert "https://somebody.github.io/some-course/" in readme
    first = re.search(r"!\[[^]]*\]\([^)]*\)\]\((.*)\)", readme)
    assert first[1] == "https://somebody.github.io/some-course/live/" and first.start() < readme.index("film")
    assert "https://mybinder.org/v2/gh/somebody/some-course/main" in readme
    for source in SOURCES[:2]:
        assert f"github/somebody/some-course/blob/main/notebooks/{source.stem}.ipynb" in readme
    assert run_build("--address", "") == (0, "")
    assert {path: path.read_bytes() for path in files} == before


def test_an_address_of_another_kind_is_refused(run_build):
    code, said = run_build("--address", "https://example.org/course")
    assert code == 2 and "https://github.com/NAME/REPOSITORY" in said
