"""Build the course's web site: chapters that run in a browser, and the solved edition to read.

    python -m pip install -e ".[site]"
    python site/build.py OUT            then look: python -m http.server --directory OUT

OUT/try is JupyterLite: the first chapters on Pyodide, which is Python for a browser. OUT/solutions holds every
chapter as a page. A reader's browser fetches Pyodide from where JupyterLite says, or from --pyodide ADDRESS.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
NOTEBOOKS = ROOT / "notebooks"
IN_THE_BROWSER = ("00", "01", "02", "03", "04")  # the later ones train too long without a fast matrix product
PYODIDE_PACKAGES = ["numpy", "matplotlib", "pillow", "requests", "tqdm", "fsspec", "typing-extensions"]
PURE_WHEELS = ["pyfive>=1.3,<2", "comm>=0.2,<1"]  # packages in plain Python that Pyodide does not bring
TO_THE_ROOT = "../../../../"  # from where JupyterLite's kernel runs, extensions/@jupyterlite/NAME/static


def build(out, pyodide=None):
    """Write the whole site into the folder `out`, which is emptied first."""
    shutil.rmtree(out, ignore_errors=True)
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
    subprocess.run([sys.executable, SITE / "chapters.py", out], check=True)
    (out / "index.html").write_text(front_page(chapters), encoding="utf-8")


def run(module, *arguments, cwd=None):
    """python -m MODULE ARGUMENTS"""
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], check=True, cwd=cwd)


def copy_chapters(files):
    """The chapters that run in a browser, unchanged, with their figures: name → title."""
    shutil.copytree(NOTEBOOKS / "figures", files / "figures")
    titles = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if path.name[:2] in IN_THE_BROWSER:
            shutil.copy(path, files)
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            titles[path.name] = re.match(r"# (.*)", "".join(cells[0]["source"]))[1]
    return titles


def make_wheel(folder):
    """One wheel with cs231n, the painted scenes, and what stands for h5py in a browser."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = f"{name}-{version}.dist-info"
    files = {p.relative_to(SITE / "browser"): p for p in (SITE / "browser").glob("*.py")}
    for room in ("cs231n", "datasets/scenes"):
        found = (p for p in (ROOT / room).rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        files |= {p.relative_to(ROOT): p for p in found}
    content = {path.as_posix(): source.read_bytes() for path, source in sorted(files.items())}
    content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    content[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    digests = {
        n: base64.urlsafe_b64encode(hashlib.sha256(b).digest()).decode().rstrip("=")
        for n, b in content.items()
    }
    rows = [f"{n},sha256={digests[n]},{len(b)}\n" for n, b in content.items()] + [f"{info}/RECORD,,\n"]
    content[f"{info}/RECORD"] = "".join(rows).encode()
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in content.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return wheel


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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the course's web site.")
    parser.add_argument("out", type=Path, help="folder for the site; what is in it is deleted")
    parser.add_argument(
        "--pyodide", metavar="ADDRESS", help="address of pyodide.mjs, where not JupyterLite's own"
    )
    options = parser.parse_args()
    build(options.out.resolve(), options.pyodide)
