"""Build the course's web site: the live page, chapters that run in a browser, and the solved edition to read.

    python start.py live                the live page alone, on this machine; needs only the course itself
    python -m pip install -e ".[site]"
    python site/build.py OUT            all of it; then look: python -m http.server --directory OUT

OUT/live is the live page. OUT/try is JupyterLite: the first chapters on Pyodide, which is Python for a browser;
a reader's browser fetches it from where JupyterLite says, or from --pyodide ADDRESS. OUT/solutions holds every
chapter as a page.
"""

import argparse
import functools
import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import live_page
import runtime
from course_wheel import files_of, write_wheel

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
NOTEBOOKS = ROOT / "notebooks"
IN_THE_BROWSER = ("00", "01", "02", "03", "04")  # the later ones train too long without a fast matrix product
PYODIDE_PACKAGES = ["numpy", "matplotlib", "pillow", "requests", "tqdm", "fsspec", "typing-extensions"]
PURE_WHEELS = ["pyfive>=1.3,<2", "comm>=0.2,<1"]  # packages in plain Python that Pyodide does not bring
TO_THE_ROOT = "../../../../"  # from where JupyterLite's kernel runs, extensions/@jupyterlite/NAME/static


def build(out, pyodide=None, chinese=None):
    """Write the whole site into the folder `out`, which is emptied first.

    chinese: folder of the solved chapters in Chinese; else that first page leads to the English ones
    """
    shutil.rmtree(out, ignore_errors=True)
    live_page.build(out / "live", runtime.fetch())
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        chapters = copy_chapters(stage / "files")
        wheels = stage / "wheels"
        wheels.mkdir()
        run("pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", wheels, *PURE_WHEELS)
        make_wheel(wheels)
        kernel = {
            "loadPyodideOptions": {
                "packages": PYODIDE_PACKAGES + [f"{TO_THE_ROOT}wheels/{w.name}" for w in wheels.iterdir()]
            }
        }
        if pyodide:
            kernel["pyodideUrl"] = pyodide
        settings = {
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
            "appName": "Image captioning with recurrent networks",
        }
        (stage / "jupyter-lite.json").write_text(
            json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": settings}), encoding="utf-8"
        )
        lite = [
            "lite",
            "build",
            "--lite-dir",
            stage,
            "--contents",
            stage / "files",
            "--output-dir",
            out / "try",
            "--no-sourcemaps",
        ]
        run("jupyter", *lite, "--apps", "lab", "--apps", "notebooks", cwd=stage)
        shutil.copytree(wheels, out / "try" / "wheels")
    pages = [sys.executable, SITE / "chapters.py", out]
    subprocess.run(pages + (["--chinese", chinese] if chinese else []), check=True)
    (out / "zh_CN").mkdir(exist_ok=True)
    (out / "index.html").write_text(front_page(chapters), encoding="utf-8")
    (out / "zh_CN" / "index.html").write_text(front_page_in_chinese(bool(chinese)), encoding="utf-8")


def run(module, *arguments, cwd=None):
    """python -m MODULE ARGUMENTS"""
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], check=True, cwd=cwd)


def copy_chapters(files):
    """The chapters that run in a browser, unchanged, with their figures: name → title."""
    shutil.copytree(NOTEBOOKS / "figures", files / "figures")
    shutil.copytree(NOTEBOOKS / "zh_CN" / "figures", files / "zh_CN" / "figures")
    for name in titles_of("zh_CN"):
        shutil.copy(NOTEBOOKS / "zh_CN" / name, files / "zh_CN")
    for name in titles_of():
        shutil.copy(NOTEBOOKS / name, files)
    return titles_of()


def titles_of(edition=""):
    """The chapters of an edition that run in a browser: name → title."""
    found = sorted((NOTEBOOKS / edition).glob("*.ipynb"))
    return {path.name: heading_of(path) for path in found if path.name[:2] in IN_THE_BROWSER}


def heading_of(path):
    """The title of a chapter."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return re.match(r"# (.*)", "".join(cells[0]["source"]))[1]


def make_wheel(folder):
    """One wheel with cs231n, the painted scenes, and what stands for h5py in a browser."""
    stands_in = {p.relative_to(SITE / "browser"): p for p in (SITE / "browser").glob("*.py")}
    return write_wheel(folder, stands_in | files_of("cs231n", "datasets/scenes"))


def front_page(chapters):
    """The first page: chapters to try, and chapters to read."""
    tries = "\n".join(
        f'<li><a href="try/notebooks/index.html?path={n}">{title}</a></li>' for n, title in chapters.items()
    )
    reads = "\n".join(
        f'<li><a href="solutions/{p.stem}.html">{p.stem[:2]} {p.stem[3:].replace("_", " ")}</a></li>'
        for p in sorted((NOTEBOOKS / "solutions").glob("*.ipynb"))
    )
    reads += '\n<li><a href="solutions/whole_course.html">the whole course on one page, to print</a></li>'
    return (
        (SITE / "index.html")
        .read_text(encoding="utf-8")
        .replace("<!-- try -->", tries)
        .replace("<!-- read -->", reads)
    )


def front_page_in_chinese(solved):
    """The first page in Chinese; solved: whether there are solved chapters in Chinese."""
    tries = "\n".join(
        f'<li><a href="../try/notebooks/index.html?path=zh_CN/{name}">{title}</a></li>'
        for name, title in titles_of("zh_CN").items()
    )
    where = "solutions" if solved else "../solutions"
    reads = [
        f'<li><a href="{where}/{path.stem}.html">{heading_of(path)}</a></li>'
        for path in sorted((NOTEBOOKS / "zh_CN").glob("*.ipynb"))
    ]
    reads.append(f'<li><a href="{where}/whole_course.html">整个课程在一页上，可以打印</a></li>')
    page = (SITE / "index.zh-CN.html").read_text(encoding="utf-8")
    return page.replace("<!-- try -->", tries).replace("<!-- read -->", "\n".join(reads))


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, with the types that a browser asks of modules."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
    }

    def log_message(self, *_):
        """Say nothing."""


def serve(port):
    """Build the live page alone, and serve it on this machine until Ctrl+C."""
    out = ROOT / "build" / "live"
    shutil.rmtree(out, ignore_errors=True)
    live_page.build(out / "live", runtime.fetch())
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(Server, directory=out)
    ) as server:
        print(f"Open http://127.0.0.1:{server.server_port}/live/ in a browser. Ctrl+C ends it.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


def main():
    parser = argparse.ArgumentParser(description="Build the course's web site.")
    parser.add_argument("out", type=Path, nargs="?", help="folder for the site; what is in it is deleted")
    parser.add_argument(
        "--pyodide", metavar="ADDRESS", help="address of pyodide.mjs, where not JupyterLite's own"
    )
    parser.add_argument(
        "--chinese", type=Path, metavar="FOLDER", help="of the solved chapters in Chinese (see chapters.py)"
    )
    parser.add_argument("--serve", action="store_true", help="show the live page on this machine instead")
    parser.add_argument("--fetch-pyodide", action="store_true", help="only fetch what the live page runs on")
    parser.add_argument("--port", type=int, default=8000, help="for --serve (default: %(default)s)")
    options = parser.parse_args()
    if [bool(options.out), options.serve, options.fetch_pyodide].count(True) != 1:
        parser.error("say where the site goes, or --serve, or --fetch-pyodide")
    try:
        if options.serve:
            serve(options.port)
        elif options.fetch_pyodide:
            print(runtime.fetch())
        else:
            build(options.out.resolve(), options.pyodide, options.chinese)
    except (OSError, ValueError) as error:
        files = ", ".join(runtime.FILES)
        sys.exit(
            f"Stopped: {error}.\nThe live page needs Pyodide {runtime.VERSION}, 16 MB, which is fetched once. "
            f"Without a network, put {files} into a folder, and name it in CS231N_PYODIDE."
        )


if __name__ == "__main__":
    main()
