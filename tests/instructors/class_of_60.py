"""A class of 60 and more who hand in chapter 01: honest ways of writing, mistakes, attacks, and odd names.

    python tests/instructors/class_of_60.py FOLDER                      as files and folders, for collect
    python tests/instructors/class_of_60.py FOLDER --release NOTEBOOK   in nbgrader's layout, on its own release

`EXPECTED` has each student's verdict on rnn_step_forward.
"""

import argparse
import json
import os
import unicodedata
from pathlib import Path

CHAPTER = "01_rnn_step"
EDITION = Path(__file__).resolve().parents[2] / "notebooks" / f"{CHAPTER}.ipynb"
DEF = "def rnn_step_forward(x, prev_h, Wx, Wh, b):\n"
RETURN = "    return next_h, (x, prev_h, Wx, Wh, next_h)\n"
STEP = DEF + "    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n" + RETURN
BACKWARD = """def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, prev_h.T @ da, da.sum(axis=0)
"""
CHECK = "rnn_step_forward = check(rnn_step_forward)\n"
CELL = "\n# %% another cell\n"


def step(line, before=""):
    """An answer with this line in place of the formula."""
    return before + DEF + f"    next_h = {line}\n" + RETURN


def kept(text, before=""):
    """An answer that keeps its cache in another way."""
    return before + STEP.replace("(x, prev_h, Wx, Wh, next_h)\n", text + "\n")


HONEST = {  # how a right answer is written: a cell, or several with CELL between them
    "plain": STEP,
    "namedtuple": kept(
        "Cache(x, prev_h, Wx, Wh, next_h)",
        'from collections import namedtuple\nCache = namedtuple("Cache", "x prev_h Wx Wh next_h")\n',
    ),
    "dict": kept("dict(x=x, h=prev_h, Wx=Wx, Wh=Wh, out=next_h)"),
    "dataclass": kept(
        "Kept(x, prev_h, Wx, Wh, next_h)",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Kept:\n"
        "    x: object\n    h: object\n    Wx: object\n    Wh: object\n    out: object\n\n\n",
    ),
    "list": kept("[x, prev_h, Wx, Wh, next_h]"),
    "another_order": kept("(next_h, Wh, Wx, prev_h, x)"),
    "partial": step("f(x @ Wx + prev_h @ Wh + b)", "import functools\nf = functools.partial(np.tanh)\n"),
    "vectorize": step(
        "slow_tanh(x @ Wx + prev_h @ Wh + b).astype(x.dtype)",
        "import math\nslow_tanh = np.vectorize(math.tanh)\n",
    ),
    "table_by_loop": step(
        "powers[1](np.tanh(x @ Wx + prev_h @ Wh + b))",
        "powers = {}\nfor k in range(1, 3):\n    powers[k] = lambda a, k=k: a**k\n",
    ),
    "attribute": STEP.replace(DEF, DEF + "    rnn_step_forward.calls += 1\n") + "rnn_step_forward.calls = 0\n",
    "errstate": 'with np.errstate(all="ignore"):\n' + "".join(f"    {line}\n" for line in STEP.splitlines()),
    "magics": "%time squash = np.tanh\nnp.tanh?\n!echo hello\n" + STEP,
    "more_magics": "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n" + STEP,
    "capture": "%%capture\nprint(1)\n" + STEP,
    "settings": step(
        'np.tanh(settings["scale"] * (x @ Wx + prev_h @ Wh + b) + settings["shift"]).astype(x.dtype)',
        "rng = np.random.default_rng(0)\nsettings = dict(scale=1.0)\nsettings.update(shift=0.0)\n",
    ),
    "helpers": step("squash(x @ Wx + prev_h @ Wh + b)", "from helpers import squash\n"),
    "package_beside": step("squash(x @ Wx + prev_h @ Wh + b)", "from mine.functions import squash\n"),
    "file_beside": step(
        "weight * np.tanh(x @ Wx + prev_h @ Wh + b)", 'weight = float(open("data/weight.txt").read())\n'
    ),
    "run": "%run setup.py" + CELL + step("squash(x @ Wx + prev_h @ Wh + b)"),
    "written_file": "%%writefile own.py\nimport numpy\n" + CELL + "%%writefile -a own.py\nsquash = numpy.tanh\n"
    + CELL + step("squash(x @ Wx + prev_h @ Wh + b)", "from own import squash\n"),
    "underscore": "np.tanh" + CELL + "squash = _" + CELL + step("squash(x @ Wx + prev_h @ Wh + b)"),
    "shell": "said = !echo tanh" + CELL + step("getattr(np, said[0].strip())(x @ Wx + prev_h @ Wh + b)"),
    "await": "import asyncio\nawait asyncio.sleep(0)\ntanh = np.tanh\n" + step("tanh(x @ Wx + prev_h @ Wh + b)"),
    "display": "display(np.zeros(3))\nfrom IPython.display import Markdown\ndisplay(Markdown('hi'))\n" + STEP,
    "histogram": "plt.hist(np.tanh(np.arange(9.0)))\nplt.show()\n" + STEP,
    "pack_data": "from cs231n.coco_utils import load_coco_data\nload_coco_data('../datasets/scenes', 9)\n" + STEP,
    "get_ipython": "get_ipython().run_line_magic('precision', '3')\n" + STEP,
    "question_in_words": "np.tanh??\n%timeit -n 1 -r 1 np.tanh(0)\n" + STEP,
    "einsum": step('np.tanh(np.einsum("nd,dh->nh", x, Wx) + np.einsum("nk,kh->nh", prev_h, Wh) + b)'),
    "stacked": step("np.tanh(np.hstack([x, prev_h]) @ np.vstack([Wx, Wh]) + b)"),
    "dot": step("np.tanh(np.dot(x, Wx) + np.dot(prev_h, Wh) + b)"),
    "exponentials": step(
        "((e := np.exp(2 * (x @ Wx + prev_h @ Wh + b))) - 1) / (e + 1)",
    ),
    "loops": DEF
    + "    next_h = np.zeros((len(x), len(b)), x.dtype)\n    for n in range(len(x)):\n"
    + "        for h in range(len(b)):\n"
    + "            next_h[n, h] = np.tanh(x[n] @ Wx[:, h] + prev_h[n] @ Wh[:, h] + b[h])\n"
    + RETURN,
    "decorator": "import functools\n\n\ndef shown(f):\n    @functools.wraps(f)\n    def g(*given, **named):\n"
    "        return f(*given, **named)\n    return g\n\n\n@shown\n" + STEP,
    "annotated": STEP.replace("(x, prev_h, Wx, Wh, b):", "(x: np.ndarray, prev_h, Wx, Wh, b) -> tuple:", 1),
    "closure": "def make():\n" + "".join(f"    {line}\n" for line in STEP.splitlines())
    + "    return rnn_step_forward\n\n\nrnn_step_forward = make()\n",
    "method": "class Cell:\n    @staticmethod\n" + "".join(f"    {line}\n" for line in STEP.splitlines())
    + "\n\nrnn_step_forward = Cell.rnn_step_forward\n",
    "prints": STEP.replace(DEF, DEF + "    print(x.shape, x)\n"),
    "logs": "import logging, sys\n"
    + STEP.replace(DEF, DEF + "    logging.warning('x')\n    print(1, file=sys.stderr)\n"),
    "seeded": "np.random.seed(0)\n" + STEP,
    "star": "from numpy import *\n" + step("tanh(x @ Wx + prev_h @ Wh + b)"),
    "variable_of_an_exercise": "perplexity = 1.0\n" + step("np.tanh(perplexity * (x @ Wx + prev_h @ Wh) + b)"),
    "second_try": STEP.replace("np.tanh", "np.sin") + CELL + CHECK + CELL + STEP,
    "second_try_worse": STEP + CELL + CHECK + CELL + STEP.replace("np.tanh", "np.sin"),
    "experiment_later": STEP,
    "broken_cells": STEP,
    "helper_used_again": "def squash(a):\n    return np.tanh(a)\n" + step("squash(x @ Wx + prev_h @ Wh + b)"),
    "name_used_again": step("np.tanh(scale * (x @ Wx + prev_h @ Wh) + b)", "scale = 1.0\n"),
    "numpy_used_again": STEP,
    "long_training": STEP,
}  # fmt: skip
CACHES = {  # name → how its backward function takes the cache apart
    "dict": ", ".join(f"cache[{key!r}]" for key in ("x", "h", "Wx", "Wh", "out")),
    "dataclass": "cache.x, cache.h, cache.Wx, cache.Wh, cache.out",
    "another_order": "cache[::-1]",
}
LATER = {  # name → cells after all others
    "experiment_later": [STEP.replace("np.tanh", "np.sin")],
    "broken_cells": ["1 / 0", "undefined", "data = input()"],
    "helper_used_again": ["def squash(a):\n    return 0 * a"],
    "name_used_again": ["scale = 99"],
    "numpy_used_again": ["np = None"],
    "long_training": ["import time\nwhile True:\n    time.sleep(0.1)"],
}
BESIDE = {  # files beside each notebook
    "helpers.py": "import numpy\nsquash = numpy.tanh\n",
    "mine/__init__.py": "",
    "mine/functions.py": "import numpy\nsquash = numpy.tanh\n",
    "data/weight.txt": "1.0",
    "setup.py": "import numpy\nsquash = numpy.tanh\n",
    "base64.py": "raise RuntimeError('planted')\n",
}
WRONG = {  # name → (cell, verdict, mistake)
    "bias": (step("np.tanh(x @ Wx + prev_h @ Wh)"), "wrong", "bias_forgotten"),
    "tanh": (step("x @ Wx + prev_h @ Wh + b"), "wrong", "tanh_forgotten"),
    "own_mistake": (step("np.tanh(x @ Wx + prev_h @ Wh + b) + 0.1 * x.mean()"), "wrong", None),
    "no_return": (DEF + "    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n", "wrong", "return_forgotten"),
    "name": (step("np.tanh(x @ Wx + prevh @ Wh + b)"), "error", None),
    "syntax": (DEF + "    return (\n", "error", None),
    "blank": (None, "unfilled", None),
    "deleted": ("", "missing", None),
}
ATTACKS = {  # name → (cell, verdicts that are fair)
    "reference": ("from cs231n.rnn_layers import rnn_step_forward\n", "reference"),
    "through_bank": (
        DEF + "    from cs231n.exercises import bank\n"
        "    return bank.find('rnn_step_forward').reference(x, prev_h, Wx, Wh, b)\n",
        "reference",
    ),
    "own_check": ("def check(function, forward=None):\n    return function\n\n\n" + step("x @ Wx"), "wrong"),
    "all_agree": (
        DEF + "    import cs231n.exercises.compare as c\n    c.agrees = lambda *a: True\n"
        "    return x @ Wx, 0\n",
        "wrong",
    ),
    "hangs": (DEF + "    while True:\n        pass\n", "hangs"),
    "ends": (DEF + "    import os\n    os._exit(0)\n", "crashes"),
    "large": (step("np.zeros(10**7)"), "look at"),
    "plants": (
        step("x @ Wx")
        + "import cs231n, pathlib\npathlib.Path(cs231n.__file__).with_name('layers.py').write_text('1 / 0')\n",
        "wrong",
    ),
}  # fmt: skip
EXPECTED = (
    {f"honest {name}": "right" for name in HONEST}
    | {f"wrong {name}": verdict for name, (_, verdict, _) in WRONG.items()}
    | {f"attack {name}": verdict for name, (_, verdict) in ATTACKS.items()}
    | {"Zoé": "right", "doejane_12": "right", "Jane Doe_77": "right", "max": "right", "'=cmd()": "right"}
    | {"x" * 200: "right", "whole course": "right", "a pdf": "unreadable"}
)


def filled(edition, answers, *others):
    """The notebook with these answers in its TODO cells, and other cells at the end, as bytes."""
    notebook = json.loads(edition.read_text(encoding="utf-8"))
    cells = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        name = text.partition("(")[0].removeprefix("def ")
        if cell["cell_type"] == "code" and answers.get(name) is not None:
            *before, cell["source"] = answers[name].split(CELL)
            cells += [_cell(f"{name}{k}", source) for k, source in enumerate(before)]
        cells.append(cell)
    notebook["cells"] = cells + [_cell(f"mine{k}", other) for k, other in enumerate(others)]
    return json.dumps(notebook).encode()


def _cell(identity, source):
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return {**empty, "id": identity, "source": source}


def write(folder, edition=EDITION, chapter=f"{CHAPTER}/"):
    """Write those who hand in a folder each: honest, wrong, and attacking. chapter: the folder inside theirs."""
    answers = {f"honest {name}": text for name, text in HONEST.items()}
    answers |= {f"wrong {name}": text for name, (text, *_) in WRONG.items()}
    answers |= {f"attack {name}": text for name, (text, *_) in ATTACKS.items()}
    for student, text in answers.items():
        name, place = student.partition(" ")[2], folder / student / chapter
        back = BACKWARD.replace("= cache", f"= {CACHES.get(name, 'cache')}")
        book = filled(edition, {"rnn_step_forward": text, "rnn_step_backward": back}, *LATER.get(name, ()))
        for beside, content in {f"{CHAPTER}.ipynb": book, **BESIDE}.items():
            (place / beside).parent.mkdir(parents=True, exist_ok=True)
            (place / beside).write_bytes(content if beside.endswith(".ipynb") else content.encode())


def write_odd_names(folder):
    """Write those whose files have odd names, with right answers."""
    right = filled(EDITION, {"rnn_step_forward": STEP, "rnn_step_backward": BACKWARD})
    names = (
        unicodedata.normalize("NFD", "Zoé") + f"_{CHAPTER}",
        f"Zoé_{CHAPTER} (1)",
        f"max_{CHAPTER}-Copy1",
    )
    names += (f"doejane_LATE_12_345_{CHAPTER}-1", f"=cmd()_{CHAPTER}", "x" * 200 + f"_{CHAPTER}")
    for name in names:
        (folder / f"{name}.ipynb").write_bytes(right)
    for place in (
        "Jane Doe_77_assignsubmission_file_",
        "whole course/notebooks",
        "whole course/notebooks/solutions",
    ):
        (folder / place).mkdir(parents=True)
        (folder / place / f"{CHAPTER}.ipynb").write_bytes(right)
    (folder / f"a pdf_{CHAPTER}.pdf").write_bytes(b"%PDF-1.7 \xff")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.ipynb")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--release", type=Path, help="a notebook of nbgrader's release folder")
    given = parser.parse_args()
    write(given.folder, given.release or EDITION)
    if not given.release:
        write_odd_names(given.folder)
    print(f"Written: {given.folder}")
