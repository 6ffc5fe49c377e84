"""How much get_data.py moves and how long it takes, beside a plain download of the same archive.

    python benchmarks/download.py              real sizes: about 4 minutes, 3 GB of temporary space
    python benchmarks/download.py --scale 0.1  a tenth of it

The archive has the members of the real one, in their order and with their sizes, made of random floats.
A server on this machine answers after 50 ms and sends 25 MB a second, each connection by itself.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "cs231n" / "course" / "download" / "coco_manifest.json"
LATENCY, RATE, BLOCK = 0.05, 25e6, 1 << 18
PLAIN = "import requests,sys; r=requests.get(sys.argv[1],stream=True); f=open(sys.argv[2],'wb')"
PLAIN += "; [f.write(c) for c in r.iter_content(1<<16)]; f.close()"


# --- the archive, made by a process of its own: what this one holds would count as its children's memory


def pieces(name, size):
    """About as compressible as the real file: features, sparse features, word numbers, or addresses."""
    import numpy as np

    draw, left = np.random.default_rng(len(name)), size
    while left > 0:
        count = min(left, 1 << 23)
        if name.endswith("pca.h5"):
            block = draw.standard_normal(1 << 21, dtype=np.float32).tobytes()
        elif "vgg16" in name:
            block = np.maximum(draw.standard_normal(1 << 21, dtype=np.float32) - 0.5, 0).tobytes()
        elif name.endswith("captions.h5"):
            words = draw.zipf(1.5, (1 << 21) // 16) % 1004
            block = np.pad(words.reshape(-1, 8), ((0, 0), (0, 8))).astype(np.int32).tobytes()
        else:
            block = "".join(
                f"http://example.org/{n:09d}_z.jpg\n" for n in draw.integers(1e9, size=1 << 15)
            ).encode()
        count = min(count, len(block))
        yield block[:count]
        left -= count


def make_archive(folder, scale):
    """archive.zip and its manifest.json, without the address yet."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    prefix, path = manifest["archive"]["prefix"], folder / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(prefix, b"")
        for name, facts in manifest["files"].items():
            digest, size = hashlib.sha256(), max(1, int(facts["bytes"] * scale))
            with archive.open(prefix + name, "w", force_zip64=True) as member:
                for piece in pieces(name, size):
                    digest.update(piece)
                    member.write(piece)
            facts |= {"bytes": size, "sha256": digest.hexdigest()}
    manifest["archive"]["bytes"] = path.stat().st_size
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


# --- the server, a process of its own


def serve(path, rate):
    """Serve one file with ranges, slowly; /stats tells the bytes sent and the requests answered."""
    size, stats = path.stat().st_size, {"bytes": 0, "requests": 0}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            if self.path == "/stats":
                body = json.dumps(stats).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                return
            time.sleep(LATENCY)
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            first, last = (int(asked[1]), min(int(asked[2]), size - 1)) if asked else (0, size - 1)
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(last + 1 - first))
            self.send_header("ETag", '"benchmark"')
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            self.end_headers()
            stats["requests"] += 1
            began, sent, left = time.monotonic(), 0, last + 1 - first
            with path.open("rb") as file:
                file.seek(first)
                while left:
                    block = file.read(min(BLOCK, left))
                    try:
                        self.wfile.write(block)
                    except OSError:
                        self.close_connection = True
                        return
                    sent, left = sent + len(block), left - len(block)
                    stats["bytes"] += len(block)
                    time.sleep(max(0.0, began + sent / rate - time.monotonic()))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    print(server.server_address[1], flush=True)
    server.serve_forever()


# --- the contenders


class Bench:
    """Runs commands and writes a row for each."""

    def __init__(self, base):
        self.base = base
        print(f"{'':<42}{'MB moved':>10}{'requests':>10}{'seconds':>9}{'peak MB':>9}", flush=True)

    def stats(self):
        with urllib.request.urlopen(self.base + "/stats") as answer:
            return json.load(answer)

    def run(self, title, command, after=None, during=None):
        """One row; the bytes moved. `during` may end the process, `after` is part of the time."""
        before, began = self.stats(), time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        if during:
            during(process, before)
        peak = wait_for(process, ends_well=during is None)
        if after:
            after()
        seconds, now = time.monotonic() - began, self.stats()
        moved = now["bytes"] - before["bytes"]
        row = f"{title:<42}{moved / 1e6:>10.1f}{now['requests'] - before['requests']:>10}{seconds:>9.1f}"
        print(row + (f"{peak:>9.0f}" if peak else f"{'?':>9}"), flush=True)
        return moved


def wait_for(process, ends_well):
    """Wait for the end; the most memory it had, in MB, where the system tells."""
    try:
        import os
        import resource  # noqa: F401

        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    except ImportError:
        process.wait()
        peak = None
    if ends_well and process.returncode:
        sys.exit(f"{process.args[:3]} ended with {process.returncode}")
    return peak


def unzip(archive, names, folder):
    """What a plain download needs afterwards: the needed members out of the archive."""

    def unpack():
        with zipfile.ZipFile(archive) as file:
            for name in names:
                file.extract(name, folder)
        archive.unlink()

    return unpack


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--scale", type=float, default=1.0, help="size of the archive; 1 is the real one")
    options.add_argument("--rate", type=float, default=RATE / 1e6, help="MB/s a connection; default 25")
    options.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = options.parse_args()
    if options.make:
        return make_archive(options.make, options.scale)
    if options.serve:
        return serve(options.serve, options.rate * 1e6)

    with tempfile.TemporaryDirectory(prefix="benchmark-download-") as name:
        folder = Path(name)
        make = [sys.executable, __file__, "--make", folder, "--scale", str(options.scale)]
        subprocess.run(make, check=True)
        serving = [sys.executable, __file__, "--serve", folder / "archive.zip", "--rate", str(options.rate)]
        server = subprocess.Popen(serving, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        try:
            base = f"http://127.0.0.1:{int(server.stdout.readline())}"
            manifest = folder / "manifest.json"
            facts = json.loads(manifest.read_text(encoding="utf-8"))
            facts["archive"]["urls"] = [f"{base}/a.zip"]
            manifest.write_text(json.dumps(facts), encoding="utf-8")
            compare(folder, base, manifest, facts, options.rate)
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


def compare(folder, base, manifest, facts, rate):
    """The table."""
    url, plain = f"{base}/a.zip", folder / "plain.zip"
    needed = facts["needed_by_the_notebooks"]
    members = [facts["archive"]["prefix"] + name for name in needed]
    inside = sum(facts["files"][name]["bytes"] for name in needed)
    print(
        f"archive {facts['archive']['bytes'] / 1e6:.1f} MB, the {len(needed)} needed files {inside / 1e6:.1f} MB"
    )
    print(f"server: {LATENCY * 1000:.0f} ms before each answer, {rate:g} MB/s a connection\n")
    bench = Bench(base)

    def get_data(dest, *more):
        script = [sys.executable, ROOT / "get_data.py", "--quiet", "--manifest", manifest]
        return [*script, "--dest", folder / dest, *more]

    after = unzip(plain, members, folder / "plain")
    bench.run("requests, whole archive, then unzip", [sys.executable, "-c", PLAIN, url, plain], after)
    if shutil.which("curl"):
        bench.run("curl, whole archive, then unzip", ["curl", "-s", "-o", plain, url], after)
    if shutil.which("aria2c"):
        four = ["aria2c", "-q", "-x4", "-s4", "-d", folder, "-o", plain.name, url]
        bench.run("aria2c -x4, whole archive, then unzip", four, after)
    alone = bench.run("get_data.py", get_data("data"))
    bench.run("get_data.py again, all whole", get_data("data"))

    def kill_halfway(process, before):
        while bench.stats()["bytes"] - before["bytes"] < alone / 2:
            time.sleep(0.02)
        process.kill()

    first = bench.run("get_data.py, killed halfway", get_data("killed"), during=kill_halfway)
    second = bench.run("get_data.py, going on", get_data("killed"))
    print(f"\nbytes moved again because of the kill: {(first + second - alone) / 1e6:.2f} MB")
    print("(the archive's list, about 0.07 MB, and what was on its way when the process died)")


if __name__ == "__main__":
    main()
