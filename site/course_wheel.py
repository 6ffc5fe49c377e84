"""Wheels of the course for a browser: files of the package and of its data, where it looks for them."""

import base64
import hashlib
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files_of(*rooms):
    """The files of folders or single files of the course: a dict from the path in the wheel to the file."""
    found = {}
    for room in rooms:
        paths = [ROOT / room] if (ROOT / room).is_file() else (ROOT / room).rglob("*")
        found |= {p.relative_to(ROOT): p for p in paths if p.is_file() and "__pycache__" not in p.parts}
    return found


def write_wheel(folder, files):
    """Write the wheel into a folder: the same files give the same bytes. Returns its path."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = f"{name}-{version}.dist-info"
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
