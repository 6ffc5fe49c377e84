"""The web site: its first chapters run in a browser. python -m pytest -o addopts= -m browser tests/test_site.py

CS231N_PYODIDE names a folder with a Pyodide runtime; without it the browser fetches what JupyterLite names. Where
neither is there, the tests are skipped at once.
"""

import json
import os
import shutil
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.in_browser import chromium, load, served

SECONDS = 600
RUNTIME = os.environ.get("CS231N_PYODIDE")
RIGHT = """def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)"""
WRONG = RIGHT.replace(" + b)", ")")


def test_the_wheel_holds_the_package_and_the_scenes(tmp_path):
    with zipfile.ZipFile(load("build").make_wheel(tmp_path)) as wheel:
        names = wheel.namelist()
        assert wheel.testzip() is None
    assert {"h5py.py", "cs231n/rnn_layers.py", "datasets/scenes/coco2014_captions.h5"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or "notebooks" in name]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    pytest.importorskip("jupyterlite_core", reason="needs the extra site")
    if load("runtime").runtime() is None and (reason := why_out_of_reach()):
        pytest.skip(reason)
    out = tmp_path_factory.mktemp("site") / "out"
    load("build").build(out, "../pyodide/pyodide.mjs" if RUNTIME else None)
    if RUNTIME:
        shutil.copytree(RUNTIME, out / "try" / "pyodide")
    with served(out) as (where, _):
        yield where


@pytest.fixture(scope="module")
def chapters_run():
    """Skips at once where JupyterLite would wait in vain for its Python."""
    if not RUNTIME:
        reason = why_out_of_reach()
    else:
        lock = json.loads((Path(RUNTIME) / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
        needed = {name: lock.get(name, {}).get("file_name", name) for name in ("ipython", "fsspec", "tqdm")}
        lacking = [name for name, file in needed.items() if not (Path(RUNTIME) / file).is_file()]
        reason = (
            lacking and f"the folder of CS231N_PYODIDE lacks {', '.join(lacking)}, which JupyterLite loads"
        )
    if reason:
        pytest.skip(reason)


def why_out_of_reach():
    """Why a browser cannot fetch Pyodide from the web; None where it can."""
    where = load("runtime").ADDRESS
    try:
        urllib.request.urlopen(f"{where}pyodide.mjs", timeout=5).close()
    except OSError:
        return f"no Pyodide: CS231N_PYODIDE is not set, and {where} cannot be reached"


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


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
def test_chapter_00_runs_to_its_end_in_a_browser(chapters_run, browser, address):
    with browser.new_context(viewport={"width": 1280, "height": 1700}) as context:
        assert_clean(run_all(open_chapter(context, address, "00_look_at_the_data"), "00"))


@pytest.mark.browser
def test_an_exercise_is_checked_in_a_browser_and_its_answer_kept_there(chapters_run, browser, address):
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
