"""A class of 40 who hand in chapter 01: honest ways of writing, mistakes, attacks, and odd names.

    python tests/instructors/class_of_40.py FOLDER                      as files and folders, for collect
    python tests/instructors/class_of_40.py FOLDER --release NOTEBOOK   in nbgrader's layout, on its own release

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
BACKWARD_BY_NAME = BACKWARD.replace("x, prev_h, Wx, Wh, next_h = cache", "x, prev_h, Wx, Wh, next_h = ({})")


def step(line, before=""):
    """An answer with this line in place of the formula."""
    return before + DEF + f"    next_h = {line}\n" + RETURN


HONEST = {  # how a right answer is written: the cells; where there is one more, it is the backward function
    "plain": [STEP],
    "namedtuple": [
        'from collections import namedtuple\nCache = namedtuple("Cache", "x prev_h Wx Wh next_h")\n'
        + STEP.replace("(x, prev_h, Wx, Wh, next_h)\n", "Cache(x, prev_h, Wx, Wh, next_h)\n")
    ],
    "dict": [
        STEP.replace("(x, prev_h, Wx, Wh, next_h)\n", "dict(x=x, h=prev_h, Wx=Wx, Wh=Wh, out=next_h)\n"),
        BACKWARD_BY_NAME.format(", ".join(f"cache[{key!r}]" for key in ("x", "h", "Wx", "Wh", "out"))),
    ],
    "dataclass": [
        "from dataclasses import dataclass\n\n\n@dataclass\nclass Kept:\n"
        "    x: object\n    h: object\n    Wx: object\n    Wh: object\n    out: object\n\n\n"
        + STEP.replace("(x, prev_h, Wx, Wh, next_h)\n", "Kept(x, prev_h, Wx, Wh, next_h)\n"),
        BACKWARD_BY_NAME.format("cache.x, cache.h, cache.Wx, cache.Wh, cache.out"),
    ],
    "partial": [
        step("squash(x @ Wx + prev_h @ Wh + b)", "from functools import partial\nsquash = partial(np.tanh)\n")
    ],
    "vectorize": [
        step(
            "slow_tanh(x @ Wx + prev_h @ Wh + b).astype(x.dtype)",
            "import math\nslow_tanh = np.vectorize(math.tanh)\n",
        )
    ],
    "table_by_loop": [
        step(
            "powers[1](np.tanh(x @ Wx + prev_h @ Wh + b))",
            "powers = {}\nfor k in range(1, 3):\n    powers[k] = lambda a, k=k: a**k\n",
        )
    ],
    "attribute": [
        STEP.replace(DEF, DEF + "    rnn_step_forward.calls += 1\n") + "rnn_step_forward.calls = 0\n"
    ],
    "errstate": [
        'with np.errstate(all="ignore"):\n' + "".join(f"    {line}\n" for line in STEP.splitlines())
    ],
    "magics": ["%time squash = np.tanh\nnp.tanh?\n!echo hello\n" + STEP],
    "settings": [
        step(
            'np.tanh(settings["scale"] * (x @ Wx + prev_h @ Wh + b) + settings["shift"]).astype(x.dtype)',
            "rng = np.random.default_rng(0)\nsettings = dict(scale=1.0)\nsettings.update(shift=0.0)\n",
        )
    ],
    "helpers": [step("squash(x @ Wx + prev_h @ Wh + b)", "from helpers import squash\n")],
    "einsum": [step('np.tanh(np.einsum("nd,dh->nh", x, Wx) + np.einsum("nk,kh->nh", prev_h, Wh) + b)')],
    "loops": [
        DEF
        + "    next_h = np.zeros((len(x), len(b)), x.dtype)\n    for n in range(len(x)):\n"
        + "        for h in range(len(b)):\n"
        + "            next_h[n, h] = np.tanh(x[n] @ Wx[:, h] + prev_h[n] @ Wh[:, h] + b[h])\n"
        + RETURN
    ],
    "decorator": [
        "import functools\n\n\ndef shown(f):\n    @functools.wraps(f)\n    def g(*given, **named):\n"
        "        return f(*given, **named)\n    return g\n\n\n@shown\n" + STEP
    ],
    "experiment_later": [STEP],
    "broken_cells": [STEP],
}
WRONG = {  # name → (cell, verdict, mistake)
    "bias": (step("np.tanh(x @ Wx + prev_h @ Wh)"), "wrong", "bias_forgotten"),
    "tanh": (step("x @ Wx + prev_h @ Wh + b"), "wrong", "tanh_forgotten"),
    "own_mistake": (step("np.tanh(x @ Wx + prev_h @ Wh + b) + 0.1 * x.mean()"), "wrong", None),
    "no_return": (DEF + "    next_h = np.tanh(x @ Wx + prev_h @ Wh + b)\n", "wrong", "return_forgotten"),
    "name": (step("np.tanh(x @ Wx + prevh @ Wh + b)"), "error", None),
    "syntax": (DEF + "    return (\n", "error", None),
    "blank": (None, "unfilled", None),
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
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        for name, answer in answers.items():
            if answer and cell["cell_type"] == "code" and text.startswith(f"def {name}("):
                cell["source"] = answer
    for k, other in enumerate(others):
        cell = {"cell_type": "code", "id": f"mine{k}", "source": other, "metadata": {}, "outputs": []}
        notebook["cells"].append({**cell, "execution_count": None})
    return json.dumps(notebook).encode()


def write(folder, edition=EDITION, chapter=f"{CHAPTER}/"):
    """Write those who hand in a folder each: honest, wrong, and attacking. chapter: the folder inside theirs."""
    for name, (answer, *backward) in HONEST.items():
        others = {
            "experiment_later": [STEP.replace("np.tanh", "np.sin")],
            "broken_cells": ["1 / 0", "undefined", "data = input()"],
        }
        answers = {"rnn_step_forward": answer, "rnn_step_backward": (*backward, BACKWARD)[0]}
        place = folder / f"honest {name}" / chapter
        place.mkdir(parents=True)
        (place / f"{CHAPTER}.ipynb").write_bytes(filled(edition, answers, *others.get(name, ())))
        (place / "helpers.py").write_text("import numpy\nsquash = numpy.tanh\n", encoding="utf-8")
    for kind, students in (("wrong", WRONG), ("attack", ATTACKS)):
        for name, (answer, *_) in students.items():
            place = folder / f"{kind} {name}" / chapter
            place.mkdir(parents=True)
            answers = {"rnn_step_forward": answer, "rnn_step_backward": BACKWARD}
            (place / f"{CHAPTER}.ipynb").write_bytes(filled(edition, answers))


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
