"""Train a captioner from the command line: python -m cs231n.course.train

On the real COCO files, once get_data.py has brought them; `--data scenes` trains on the painted scenes.
Ctrl-C stops it and keeps the epochs that are done: the model is written after each of them.
"""

import argparse
import contextlib
import sys
import time
from pathlib import Path


def parser():
    p = argparse.ArgumentParser(prog="python -m cs231n.course.train", description="Train a captioner.")
    p.add_argument("--data", default="coco", help="coco, scenes, or a folder (default: %(default)s)")
    p.add_argument("--cell", choices=("rnn", "lstm"), default="lstm", help="default: %(default)s")
    p.add_argument("--hidden", type=int, default=512, help="numbers in a state (default: %(default)s)")
    p.add_argument("--wordvec", type=int, default=256, help="numbers in a word vector (default: %(default)s)")
    p.add_argument("--epochs", type=int, default=5, help="default: %(default)s")
    p.add_argument("--batch", type=int, default=128, help="captions per minibatch (default: %(default)s)")
    p.add_argument("--rate", type=float, default=1e-3, help="learning rate of Adam (default: %(default)s)")
    p.add_argument("--max-train", type=int, help="train on this many captions only")
    p.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    p.add_argument(
        "--threads",
        type=int,
        help="threads of the matrix products; with a number, a seed repeats a large training to the last bit "
        "(default: the number that is fastest, tried while it runs)",
    )
    p.add_argument("--save", type=Path, default=Path("captioner.npz"), help="default: %(default)s")
    return p


def main(argv=None):
    """Train, write the model after each epoch, and show what it says of five validation pictures."""
    p = parser()
    options = p.parse_args(argv)
    with contextlib.suppress(AttributeError):  # a console that lacks a letter must not stop the training
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        solver = _solver(options)
    except (OSError, ValueError) as error:
        p.error(str(error))
    weights = sum(w.size for w in solver.model.params.values())
    print(f"{len(solver.data['train_captions']):,} captions, {weights:,} weights")
    try:
        solver.train()
    except OSError as error:
        sys.exit(f"Stopped: {error}. The model of the last epoch that was written is whole.")
    _show(solver.model, solver.data)
    return 0


def _solver(options):
    """Data, model and solver. The modules are loaded here, where an error of the system becomes a sentence."""
    import numpy as np

    from cs231n.captioning_solver import CaptioningSolver
    from cs231n.classifiers.rnn import CaptioningRNN
    from cs231n.coco_utils import COCO_DIR, SCENES_DIR, load_coco_data

    np.random.seed(options.seed)
    folder = {"coco": COCO_DIR, "scenes": SCENES_DIR}.get(options.data, options.data)
    data = load_coco_data(folder, max_train=options.max_train)
    sizes = data["train_features"].shape[1], options.wordvec, options.hidden
    began = time.perf_counter()
    return CaptioningSolver(
        CaptioningRNN(data["word_to_idx"], *sizes, cell_type=options.cell),
        data,
        update_rule="adam",
        optim_config={"learning_rate": options.rate},
        batch_size=options.batch,
        num_epochs=options.epochs,
        lr_decay=0.95,
        clip_norm=5.0,
        val_size=500,
        threads=options.threads,
        on_epoch=lambda solver: _report(solver, options.save, began),
    )


def _show(model, data):
    import numpy as np

    from cs231n.coco_utils import decode_captions

    chosen = np.linspace(0, len(data["val_features"]) - 1, 5).astype(int)
    said = decode_captions(model.sample(data["val_features"][chosen], 17), data["idx_to_word"])
    for number, text in zip(chosen, said, strict=True):
        print(f"{data['val_urls'][number]}: {text.removesuffix(' <END>')}")


def _report(solver, path, began):
    solver.model.save(path)
    print(
        f"epoch {solver.epoch}: validation loss {solver.val_loss_history[-1]:.2f} after "
        f"{(time.perf_counter() - began) / 60:.1f} minutes; the model is in {path}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
