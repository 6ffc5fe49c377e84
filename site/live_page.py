"""The live page: site/live with the runtime, the wheel and the weights that it needs."""

import gzip
import hashlib
import json
import shutil
import sys
from pathlib import Path

import runtime
from course_wheel import ROOT, files_of, write_wheel

PAGE = Path(__file__).resolve().parent / "live"
NOTEBOOKS = ROOT / "notebooks"
ROOMS = (
    "cs231n/classifiers",
    "cs231n/fast",
    "cs231n/course/scenes",
    "cs231n/course/chapters/__init__.py",
    "cs231n/course/chapters/transformer_looks.py",
    "datasets/scenes/extractor.npz",
)
PACKED = "pyodide.asm.wasm"  # a third of its size, on any server


def build(out, folder):
    """Write the page into the folder `out`.

    folder: of the Pyodide runtime
    returns: bytes of each file that the first load fetches, a dict from its name
    """
    sys.path[:0] = [str(ROOT), str(ROOT / "datasets"), str(PAGE)]
    import live

    shutil.copytree(PAGE, out, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    copy_runtime(folder, out / "pyodide")
    name_languages(out / "index.html")
    wheel = write_wheel(out, wheel_files())
    (out / "weights").mkdir()
    for name in (*live.MODELS.values(), "probes"):
        shutil.copy(live.RESULTS / f"{name}.npz", out / "weights")
    later = [out / "sw.js", *(out / "weights").iterdir(), *out.glob("texts.*.json")]
    at_once = sorted({p for p in out.rglob("*") if p.is_file()} - {*later} | {out / "texts.en.json"})
    at_once.append(out / "weights" / f"{live.MODELS['rnn']}.npz")
    first = {path.relative_to(out).as_posix(): path.stat().st_size for path in at_once}
    about = {"wheel": wheel.name, "bytes": fetched(first), "models": models(live)}
    about |= paint_first(live, out / "first.png")
    (out / "about.json").write_text(json.dumps(about), encoding="utf-8")
    fill_service_worker(out)
    return first | {name: (out / name).stat().st_size for name in ("about.json", "first.png")}


def copy_runtime(folder, there):
    """The files of Pyodide, the largest one packed, and a list of packages with NumPy alone."""
    there.mkdir()
    for name in runtime.FILES:
        shutil.copy(folder / name, there)
    (there / f"{PACKED}.gzip").write_bytes(gzip.compress((there / PACKED).read_bytes(), mtime=0))
    (there / PACKED).unlink()
    (there / "pyodide-lock.json").write_text(runtime.lock(folder), encoding="utf-8")


def name_languages(page):
    """Tell the page which languages it has texts in, English first."""
    names = sorted((p.name.split(".")[1] for p in PAGE.glob("texts.*.json")), key=lambda name: name != "en")
    html = page.read_text(encoding="utf-8").replace(
        'data-languages="en"', f'data-languages="{" ".join(names)}"'
    )
    page.write_text(html, encoding="utf-8")


def paint_first(live, path):
    """The first scene painted and described here already: something to see while Python is on its way.

    returns: that scene, what each model says of it, and what else can be painted
    """
    from PIL import Image

    from cs231n.course.scenes import COLOURS, FACTS, HELD_OUT, PLACES, draw_scene, scene_of

    Image.fromarray(draw_scene(scene_of(**live.FIRST), 576)).save(path, optimize=True)
    return {
        "choices": {"facts": FACTS, "places": PLACES, "colours": COLOURS, "held_out": sorted(HELD_OUT)},
        "scene": live.FIRST,
        "said": {model: json.loads(live.say(json.dumps(live.FIRST), model)) for model in live.MODELS},
    }


def fill_service_worker(out):
    """Tell the service worker what to keep, and a number that is another one when any of it is."""
    worker = out / "sw.js"
    kept = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file() and p != worker)
    whole = hashlib.sha256(worker.read_bytes())
    for name in kept:
        whole.update((out / name).read_bytes())
    script = worker.read_text(encoding="utf-8").replace("/* version */", whole.hexdigest()[:12])
    worker.write_text(script.replace("/* files */", json.dumps(["./", *kept])[1:-1]), encoding="utf-8")


def wheel_files():
    """What goes into the page's wheel: no chapters, exercises, plots or downloads."""
    modules = [
        p.relative_to(ROOT) for room in ("cs231n", "cs231n/course") for p in (ROOT / room).glob("*.py")
    ]
    chooses = [Path("make_scenes") / name for name in ("__init__.py", "random_facts.py")]
    own = {path: ROOT / "datasets" / path for path in chooses} | {Path("live.py"): PAGE / "live.py"}
    return files_of(*ROOMS, *modules) | own


def fetched(first):
    """The bytes that the worker counts while the page loads: what it fetches, and does not import."""
    counted = (".gzip", ".zip", ".whl", ".npz", "-lock.json")
    return sum(size for name, size in first.items() if name.endswith(counted))


def models(live):
    """What the page says of each model: its file, its chapter, and how true it is, measured with three seeds."""
    from cs231n.course.chapters.reward_results import values
    from cs231n.course.stored_results import stored_results

    found = {}
    for key, name in live.MODELS.items():
        if key == "rnn":
            true = [entry["ways"]["greedy"]["regular"] for entry in stored_results("05_speaking").values()]
        elif key == "judge":
            true = values("attention", "shared prizes", 100, "true")
        else:
            true = [entry["regular"]["true"] for entry in stored_results(name).values()]
        (chapter,) = NOTEBOOKS.glob(f"{name[:2]}_*.ipynb")
        found[key] = {
            "weights": f"{name}.npz",
            "chapter": chapter.stem,
            "looks": key in ("attention", "transformer", "judge"),
            "truth": {"low": round(100 * min(true)), "high": round(100 * max(true))},
        }
        if key != "transformer":
            found[key]["probes"] = {
                fact: right for fact, (right, _) in stored_results("probes")[name].items()
            }
    return found
