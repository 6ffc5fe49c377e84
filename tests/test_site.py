"""The web site: its first chapters run in a browser. python -m pytest -o addopts= -m browser tests/test_site.py

CS231N_PYODIDE names a folder with a Pyodide runtime; without it the browser fetches what JupyterLite names.
"""

import functools
import http.server
import importlib.util
import os
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 600
RUNTIME = os.environ.get("CS231N_PYODIDE")
STEP = """def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)"""


def load_build():
    spec = importlib.util.spec_from_file_location("build_site", ROOT / "site" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_wheel_holds_the_package_and_the_scenes(tmp_path):
    with zipfile.ZipFile(load_build().make_wheel(tmp_path)) as wheel:
        names = wheel.namelist()
        assert wheel.testzip() is None
    assert {"h5py.py", "cs231n/rnn_layers.py", "datasets/scenes/coco2014_captions.h5"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or "notebooks" in name]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    pytest.importorskip("jupyterlite_core", reason="needs the extra site")
    out = tmp_path_factory.mktemp("site") / "out"
    load_build().build(out, "../pyodide/pyodide.mjs" if RUNTIME else None)
    if RUNTIME:
        shutil.copytree(RUNTIME, out / "try" / "pyodide")
    handler = functools.partial(Quiet, directory=str(out))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    driver = pytest.importorskip("playwright.sync_api", reason="needs the extra site")
    with driver.sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])


def run_all(browser, address, chapter, answers=()):
    """Open a chapter, write answers into the cells that hold a text, run all: what each code cell shows."""
    page = browser.new_page(viewport={"width": 1280, "height": 1700})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{address}/try/lab/index.html?path={chapter}.ipynb")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    page.locator("#jp-main-statusbar").get_by_text("Idle").first.wait_for()
    for mark, text in answers:
        page.locator(".jp-CodeCell .cm-content").filter(has_text=mark).first.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.insert_text(text)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('[data-command="runmenu:run-all"]').first.click()
    page.wait_for_timeout(1000)
    page.wait_for_function(
        "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(e => /\\d/.test(e.textContent))"
    )
    cells = page.locator(".jp-CodeCell").evaluate_all(
        """cells => cells.map(cell => ({text: cell.querySelector('.jp-OutputArea')?.innerText || '',
        bad: cell.querySelectorAll('[data-mime-type*=error], [data-mime-type*=stderr]').length,
        pictures: cell.querySelectorAll('.jp-OutputArea img').length}))"""
    )
    if folder := os.environ.get("CS231N_SCREENS"):
        shown = page.locator(".jp-OutputArea-output", has_text="✓")
        if shown.count() > 1:
            shown.nth(1).scroll_into_view_if_needed()
        page.screenshot(path=f"{folder}/{chapter}.png")
    page.close()
    return cells


@pytest.mark.browser
@pytest.mark.parametrize("chapter", ["00_look_at_the_data", "01_rnn_step", "02_rnn_sequence"])
def test_a_chapter_runs_to_its_end_in_a_browser(browser, address, chapter):
    answers = [("def rnn_step_forward", STEP)] if chapter.startswith("01") else []
    cells = run_all(browser, address, chapter, answers)
    assert [cell["text"] for cell in cells if cell["bad"]] == []
    assert sum(cell["pictures"] for cell in cells) > 0
    if answers:
        assert any("✓" in cell["text"] and "rnn_step_forward" in cell["text"] for cell in cells)


@pytest.mark.browser
def test_the_first_page_leads_to_every_chapter(browser, address):
    page = browser.new_page()
    page.goto(address)
    links = page.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) > 10
    for link in links:
        assert page.request.get(link).status == 200, link
    if folder := os.environ.get("CS231N_SCREENS"):
        page.screenshot(path=f"{folder}/index.png", full_page=True)
    page.close()
