"""What the tests of the web site share: how it is built, served and opened."""

import contextlib
import functools
import http.server
import importlib.util
import shutil
import sys
import threading
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parent.parent / "site"


def load(name):
    """A module of the folder site/, under a name of its own: notebooks/source has a build.py too."""
    if str(SITE) not in sys.path:
        sys.path.append(str(SITE))  # for the modules that it imports
    spec = importlib.util.spec_from_file_location(f"site_{name}", SITE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def served(folder):
    """The address of a server that shows a folder, and the paths that it was asked for."""
    asked = []

    class Listed(load("build").Server):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

    handler = functools.partial(Listed, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@contextlib.contextmanager
def chromium(*arguments):
    """A browser, the system's where there is one, else Playwright's own."""
    driver = pytest.importorskip("playwright.sync_api", reason="needs the extra site")
    quiet = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
    with driver.sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(
            executable_path=path, args=[*quiet, "--disable-sync", *arguments]
        )
        yield browser
        browser.close()
