"""How the time of a training step grows with N, T, H and V, and that of an epoch with the captions.

python -m benchmarks.growth [--cpu-time]    draws benchmarks/growth.png, about two minutes
"""

import argparse
import os
import time
from pathlib import Path

PLOT = Path(__file__).with_suffix(".png")
RANGES = {
    "N": ("captions a batch", [25, 50, 100, 200, 400]),
    "T": ("steps", [4, 8, 16, 32, 64]),
    "H": ("numbers a state", [64, 128, 256, 512, 1024]),
    "V": ("words in the vocabulary", [250, 500, 1000, 2000, 4000]),
}
CAPTIONS = [1_000, 10_000, 100_000, 400_000]
COLOURS = {"rnn": "#0072B2", "lstm": "#D55E00"}


def step_time(sizes, cell_type, clock, repeats=5):
    """Median seconds of a training step."""
    from benchmarks.contests import make_model, training_step
    from benchmarks.sizes import draw_batch

    step = training_step(make_model(sizes, cell_type), *draw_batch(sizes))
    step()
    times = []
    for _ in range(repeats):
        start = clock()
        step()
        times.append(clock() - start)
    return sorted(times)[repeats // 2]


def epoch_time(captions, clock, most=60):
    """Seconds of an epoch of the RNN, batch 128: the mean of up to this many minibatches, times their number."""
    import numpy as np

    from benchmarks.contests import make_model, make_solver
    from benchmarks.sizes import COCO, draw_batch

    solver = make_solver(make_model(COCO, "rnn"), *draw_batch(COCO.but(N=captions)))
    per_epoch = captions // COCO.N
    minibatches = np.random.permutation(captions)[: per_epoch * COCO.N].reshape(per_epoch, COCO.N)
    done = min(per_epoch, most)
    solver._step(minibatches[0])
    start = clock()
    for rows in minibatches[:done]:
        solver._step(rows)
    return (clock() - start) * per_epoch / done


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__.split("\n")[0])
    parser.add_argument("--cpu-time", action="store_true", help="on a busy machine: CPU time, on one thread")
    cpu_time = parser.parse_args().cpu_time
    for name in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):
        os.environ[f"{name}_THREADS"] = "1" if cpu_time else str(min(2, os.cpu_count() or 1))
    clock = time.process_time if cpu_time else time.perf_counter
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from benchmarks.sizes import COCO

    figure, axes = plt.subplots(1, 5, figsize=(17, 3.4), layout="constrained")
    for axis, (letter, (label, values)) in zip(axes, RANGES.items(), strict=False):
        for cell_type, colour in COLOURS.items():
            times = [step_time(COCO.but(**{letter: value}), cell_type, clock) * 1e3 for value in values]
            axis.plot(values, times, "o-", color=colour, label=cell_type.upper())
            print(
                f"{letter} {cell_type:5}",
                *(f"{v}: {t:.1f} ms" for v, t in zip(values, times, strict=True)),
                sep="  ",
            )
        axis.set(xlabel=f"{letter}: {label}", ylabel="a training step, ms", ylim=0, xlim=0)
        axis.legend(frameon=False)
    times = [epoch_time(captions, clock) for captions in CAPTIONS]
    print("epoch", *(f"{n:,}: {t:.1f} s" for n, t in zip(CAPTIONS, times, strict=True)), sep="  ")
    axes[-1].loglog(CAPTIONS, times, "o-", color=COLOURS["rnn"], label="RNN")
    axes[-1].set(xlabel="captions", ylabel="an epoch, s")
    axes[-1].legend(frameon=False)
    figure.savefig(PLOT, dpi=110)


if __name__ == "__main__":
    main()
