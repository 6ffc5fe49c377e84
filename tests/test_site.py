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
RIGHT = """def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)"""
WRONG = RIGHT.replace(" + b)", ")")


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


def open_chapter(context, address, chapter):
    """A page with a chapter, its kernel ready."""
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{address}/try/notebooks/index.html?path={chapter}.ipynb")
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
    return page


def write_into(page, mark, text):
    """Put a text in place of what stands in the code cell that holds the mark."""
    page.locator(".jp-CodeCell .cm-content").filter(has_text=mark).first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def run_all(page, screen):
    """Run all cells: what each code cell shows."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('[data-command="runmenu:run-all"]').first.click()
    page.wait_for_timeout(1000)
    page.wait_for_function(  # a cell that failed leaves those after it without a number
        """() => {const marks = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
        return marks.every(mark => !mark.textContent.includes('*'))
            && marks.some(mark => /\\d/.test(mark.textContent))}"""
    )
    cells = page.locator(".jp-CodeCell").evaluate_all(
        """cells => cells.map(cell => ({text: cell.querySelector('.jp-OutputArea')?.textContent || '',
        bad: cell.querySelectorAll('[data-mime-type*=error], [data-mime-type*=stderr]').length,
        run: !cell.querySelector('.jp-InputPrompt').textContent.includes('[ ]'),
        pictures: cell.querySelectorAll('.jp-OutputArea img').length,
        silent: cell.querySelectorAll('.jp-OutputArea img:not([alt]), .jp-OutputArea img[alt=""]').length}))"""
    )
    if folder := os.environ.get("CS231N_SCREENS"):
        page.locator(".jp-OutputArea-output", has_text="rnn_step_forward").or_(
            page.locator(".jp-OutputArea img")
        ).first.scroll_into_view_if_needed()
        page.wait_for_timeout(2000)  # cells are painted when they come into view
        page.screenshot(path=f"{folder}/{screen}.png")
    return cells


def assert_clean(cells):
    assert [cell["text"] for cell in cells if cell["bad"]] == []
    assert all(cell["run"] for cell in cells)
    assert sum(cell["pictures"] for cell in cells) > 0 == sum(cell["silent"] for cell in cells)


def shown(cells, text):
    return any(text in cell["text"] for cell in cells)


@pytest.mark.browser
def test_chapter_00_runs_to_its_end_in_a_browser(browser, address):
    with browser.new_context(viewport={"width": 1280, "height": 1700}) as context:
        assert_clean(run_all(open_chapter(context, address, "00_look_at_the_data"), "00"))


@pytest.mark.browser
def test_an_exercise_is_checked_in_a_browser_and_its_answer_kept_there(browser, address):
    with browser.new_context(viewport={"width": 1280, "height": 1700}) as context:
        page = open_chapter(context, address, "01_rnn_step")
        write_into(page, "def rnn_step_forward", WRONG)
        cells = run_all(page, "01_wrong")
        assert_clean(cells)
        assert shown(cells, "✗ rnn_step_forward") and shown(cells, "Is every term of the formula there?")
        write_into(page, "def rnn_step_forward", RIGHT)
        cells = run_all(page, "01_right")
        assert_clean(cells)
        assert shown(cells, "✓ rnn_step_forward is right.") and not shown(cells, "could not be kept")
        page.close()
        cells = run_all(open_chapter(context, address, "02_rnn_sequence"), "02")
        assert_clean(cells)
        assert shown(cells, "1 of ") and shown(
            cells, "✓ rnn_step_forward"
        )  # a new kernel has read the answer


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
