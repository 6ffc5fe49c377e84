"""The chapters as pages of the web site: what they show, where they lead, on a phone and on paper."""

import importlib.util
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from tests.test_notebooks import load_build

pytest.importorskip("latex2mathml", reason="needs the extra site")
ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(path.stem for path in (ROOT / "notebooks" / "solutions").glob("*.ipynb"))
BESIDE_A_SCROLLER = """() => [...document.querySelectorAll('body *')].filter(
    part => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest('.wide')
).map(part => part.outerHTML.slice(0, 200))"""


def load_chapters():
    spec = importlib.util.spec_from_file_location("site_chapters", ROOT / "site" / "chapters.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


chapters = load_chapters()
build = load_build()


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    chinese = tmp_path_factory.mktemp("chinese")
    for source in build.chapters():
        (chinese / f"{source.stem}.ipynb").write_text(
            build.text_of(build.chinese(source, True)), encoding="utf-8"
        )
    chapters.write_pages(folder, chinese)
    for index in (folder / "index.html", folder / "zh_CN" / "index.html"):
        index.write_text("written by build.py", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pages(out):
    return {path: path.read_text(encoding="utf-8") for path in sorted(out.rglob("*.html"))}


def test_every_chapter_has_a_page_and_all_of_them_one(pages):
    assert {path.stem for path in pages if path.parent.name == "solutions"} == {*NAMES, "whole_course"}
    english, chinese = (text for path, text in pages.items() if path.stem == "whole_course")
    for whole in (english, chinese):
        assert re.findall(r'<article id="(\w+)">', whole) == NAMES


def test_each_page_leads_to_the_same_page_in_the_other_language(pages, out):
    for path, text in pages.items():
        if path.parent == out / "solutions":
            assert f'<a href="../zh_CN/solutions/{path.name}">中文</a>' in text
            there = pages[out / "zh_CN" / "solutions" / path.name]
            assert '<html lang="zh-CN">' in there
            assert f'<a href="../../solutions/{path.name}">English</a>' in there


def test_every_picture_on_a_page_has_words(pages):
    pictures = [picture for text in pages.values() for picture in re.findall(r"<img\b[^>]*>", text)]
    assert len(pictures) > 100
    for picture in pictures:
        words = re.search(r"\balt=(['\"])(.*?)\1", picture)[2]
        assert (len(words.split()) >= 3 or re.search("[一-龥]{3}", words)) and "No description" not in words


def test_every_link_leads_to_something(pages):
    names = {path: re.findall(r'\bid="([^"]*)"', text) for path, text in pages.items()}
    for path, text in pages.items():
        assert len(names[path]) == len(set(names[path])), path.name
        for address in map(unescape, re.findall(r'\b(?:href|src)="([^"]*)"', text)):
            if not address.startswith(("http", "data:")):
                file, _, name = address.partition("#")
                there = (path.parent / file).resolve() if file else path
                assert there.exists() and (not name or name in names[there]), f"{path.name}: {address}"


def test_a_page_runs_no_script_and_loads_nothing_from_another_host(pages):
    for path, text in pages.items():
        assert "<script" not in text, path.name
        assert not re.search(r'<(?:img|link|iframe)\b[^>]*(?:src|href)="(?:https?:)?//', text), path.name


def test_formulas_are_mathml_and_nothing_of_tex_is_left(pages):
    formulas = [
        formula for text in pages.values() for formula in re.findall(r"<math\b.*?</math>", text, re.S)
    ]
    assert len(formulas) > 200
    assert [formula for formula in formulas if "\\" in formula] == []
    for text in pages.values():
        prose = re.sub(r"<(pre|code|math)\b.*?</\1>", "", text, flags=re.DOTALL)
        assert "$" not in re.sub(r"<[^>]*>", "", prose)


@pytest.mark.parametrize(
    "formula, part",
    [
        (r"h_{t-1}", "<msub><mi>h</mi>"),
        (r"\lVert g \rVert", '<mo stretchy="false">&#x02016;</mo>'),
        (r"-\log p", '<mi>log</mi><mspace width="0.17em"/><mi>p</mi>'),
        (r"\text{dnext\_h}", "<mtext>dnext_h</mtext>"),
        (r"\begin{cases} a \\[2pt] b \end{cases}", "<mi>b</mi>"),
    ],
)
def test_a_formula_has_what_the_converter_leaves_out(formula, part):
    made = chapters.mathml(formula, "inline")
    assert part in made and "2pt" not in made


@pytest.fixture(scope="module")
def browser():
    driver = pytest.importorskip("playwright.sync_api", reason="needs the extra site")
    with driver.sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("name", [*NAMES, "whole_course"])
def test_nothing_is_wider_than_the_screen(browser, out, name, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((out / "solutions" / f"{name}.html").as_uri())
    assert page.evaluate(BESIDE_A_SCROLLER) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme, paper", [("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 24, 27)")])
def test_a_page_is_light_or_dark_as_the_reader_has_it(browser, out, scheme, paper):
    page = browser.new_page(color_scheme=scheme)
    page.goto((out / "solutions" / f"{NAMES[0]}.html").as_uri())
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper
    page.close()


@pytest.mark.browser
def test_the_keyboard_reaches_the_text_the_links_and_the_hints(browser, out):
    page = browser.new_page()
    page.goto((out / "solutions" / "02_rnn_sequence.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the text"
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")
    page.close()


@pytest.mark.browser
def test_on_paper_hints_stand_open_and_links_of_the_site_are_left_out(browser, out):
    page = browser.new_page(color_scheme="dark")
    page.goto((out / "solutions" / "02_rnn_sequence.html").as_uri())
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible()
    assert page.locator("details > :not(summary)").evaluate_all(
        "parts => parts.every(part => part.checkVisibility({contentVisibilityAuto: true}))"
    )
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert len(page.pdf()) > 100_000
    page.close()
