"""Training on a machine that has something else to do: steps beside busy programs, and beside a busy web page.

python -m benchmarks.busy    about two minutes on two cores; with PyTorch and Chromium where they are
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

from benchmarks import contests
from benchmarks.sizes import COCO, draw_batch
from cs231n.course.busy_programs import busy_programs
from cs231n.fast.threads import ThreadChooser, available_threads, use_threads

PAGE = """<!doctype html><title>busy</title><canvas id=c width=900 height=600></canvas><script>
const pen = c.getContext("2d");
setInterval(() => {
  for (let i = 0; i < 4000; i++) {
    pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
    pen.fillRect(Math.random() * 900, Math.random() * 600, 40, 40);
  }
}, 0);
</script>"""


@contextmanager
def busy_page(browser):
    """A page in headless Chromium that paints without a pause."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder) / "busy.html"
        page.write_text(PAGE, encoding="utf-8")
        command = [browser, "--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu"]
        command += [f"--user-data-dir={folder}/profile", "--remote-debugging-port=0", page.as_uri()]
        program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(3)  # until it paints
            yield
        finally:
            program.terminate()
            program.wait()


def situations():
    """Name of a situation → a context in which the machine is so busy."""
    browsers = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    browser = next(filter(None, browsers), None)
    found = {"quiet": nullcontext, "one busy program": lambda: busy_programs(1, seconds=120)}
    found["two busy programs"] = lambda: busy_programs(2, seconds=120)
    if browser:
        found["a busy web page"] = lambda: busy_page(browser)
    return found


def contestants(cell_type, has_torch):
    """Name → a context manager around a step, and the step."""
    batch, every = draw_batch(COCO), available_threads()
    ours = contests.training_step(contests.make_model(COCO, cell_type), *batch)
    chooser = ThreadChooser()
    found = {f"the package, {n} threads": (lambda n=n: use_threads(n), ours) for n in {1, every}}
    found["the package, chosen while it runs"] = (chooser.step, ours)
    if has_torch:
        import torch

        from benchmarks.with_pytorch import TorchCaptioner

        torch.set_num_threads(every)
        model = TorchCaptioner(contests.make_model(COCO, cell_type))
        found[f"PyTorch, {every} threads"] = (nullcontext, lambda: model.train_step(*batch))
    return found


def milliseconds(around, step, seconds):
    """Mean time of a step over some seconds."""
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        with around():
            step()
        done += 1
    return spent / done * 1000


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.busy", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=4, help="how long each is measured")
    parser.add_argument("--cell", choices=["rnn", "lstm"], default="rnn")
    options = parser.parse_args()
    try:
        import torch  # noqa: F401

        has_torch = True
    except ImportError:
        has_torch = False
    runners, table = contestants(options.cell, has_torch), {}
    for name, context in situations().items():
        with context():
            for _ in range(2):  # once to settle, and once to count
                times = {who: milliseconds(*run, options.seconds / 2) for who, run in runners.items()}
            table[name] = times
    print(f"ms a training step with Adam, {options.cell.upper()}, {COCO}\n")
    print("| | " + " | ".join(table) + " |")
    print("|---|" + "---|" * len(table))
    for who in runners:
        print(f"| {who} | " + " | ".join(f"{times[who]:.0f}" for times in table.values()) + " |")


if __name__ == "__main__":
    main()
