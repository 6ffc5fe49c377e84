"""How fast the package is: training steps and captions, beside a step-by-step version, PyTorch and the bound.

python -m benchmarks.speed            all tables, about three minutes on two cores
python -m benchmarks.speed --quick    fewer rounds and only COCO's sizes with batch 128
"""

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import time


def arguments():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--threads", type=int, default=min(2, os.cpu_count() or 1), help="threads of every library"
    )
    parser.add_argument("--rounds", type=int, default=15, help="how often each contestant runs")
    parser.add_argument("--quick", action="store_true", help="only COCO's sizes, batch 128, and 5 rounds")
    parser.add_argument("--cpu-time", action="store_true", help="on a busy machine: CPU time, on one thread")
    return parser.parse_args()


def main():
    options = arguments()
    threads = 1 if options.cpu_time else options.threads
    for name in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):  # read when NumPy is first imported
        os.environ[f"{name}_THREADS"] = str(threads)
    from benchmarks import contests
    from benchmarks.sizes import COCO, SCENES
    from benchmarks.timing import interleaved, table

    has_torch = importlib.util.find_spec("torch") is not None
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}", end="")
    print(f", NumPy {importlib.metadata.version('numpy')}", end="")
    if has_torch:
        import torch

        torch.set_num_threads(threads)
        print(f", PyTorch {torch.__version__}", end="")
    print(f"; threads: {threads}; {'CPU' if options.cpu_time else 'wall'} time")
    rounds = 5 if options.quick else options.rounds
    clock = time.process_time if options.cpu_time else time.perf_counter
    for sizes in [COCO] if options.quick else [COCO, COCO.but(N=25), SCENES]:
        for cell_type in ("rnn", "lstm"):
            for title, contestants in contests.of_training(sizes, cell_type, has_torch):
                print(f"\n{title}, {cell_type.upper()}, {sizes}")
                print(*table(interleaved(contestants, rounds, clock), contests.OURS), sep="\n")
    for cell_type in ("rnn", "lstm"):
        for title, contestants in contests.of_speaking(COCO.but(N=1000), cell_type, has_torch):
            print(f"\n{title}, {cell_type.upper()}, {COCO.but(N=1000)}")
            print(*table(interleaved(contestants, max(rounds // 3, 3), clock), contests.OURS), sep="\n")


if __name__ == "__main__":
    main()
