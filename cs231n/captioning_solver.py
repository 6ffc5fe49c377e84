"""Train a captioning model: take a minibatch, compute loss and gradients, update every weight, again."""

import math

import numpy as np

from cs231n import optim, progress_bar
from cs231n.checkpoint import read_checkpoint, write_checkpoint
from cs231n.coco_utils import minibatch
from cs231n.fast.threads import ThreadChooser, threads_for, use_threads
from cs231n.language import tr


class CaptioningSolver:
    """Minibatch training of a `CaptioningRNN`.

    solver = CaptioningSolver(model, data, update_rule="adam", optim_config={"learning_rate": 1e-3})
    solver.train()

    loss_history: the loss of every minibatch so far
    epoch: how many epochs are done
    val_loss_history, best_params, best_epoch: with val_size, the validation loss after every epoch, and the
        weights of the best epoch; `restore_best` puts them into the model
    """

    def __init__(
        self,
        model,
        data,
        update_rule="sgd",
        optim_config=None,
        lr_decay=1.0,
        batch_size=100,
        num_epochs=10,
        print_every=10,
        verbose=True,
        on_epoch=None,
        val_size=0,
        patience=None,
        clip_norm=None,
        checkpoint=None,
        threads=None,
    ):
        """Remember what to train, on what, and how. An epoch takes the captions in an order that np.random
        shuffles, so that each comes once: on one machine, a seed repeats a run to the last bit (a large one needs
        `threads` too, see there).

        model: object with .params and .loss(features, captions)
        data: dict from `load_coco_data`
        update_rule: name of a function in `optim`: 'sgd', 'sgd_momentum', 'rmsprop' or 'adam'
        optim_config: dict of its settings, such as learning_rate
        lr_decay: the learning rate is multiplied by it after each epoch
        batch_size: captions in a minibatch; all of them where there are fewer
        num_epochs: how many epochs one call of train() does; an epoch is captions ÷ batch_size minibatches,
            rounded down: what is left over at the end of an order is not seen in that epoch
        print_every: show the loss each time this many minibatches are done
        verbose: False shows nothing
        on_epoch: called with this solver after each epoch
        val_size: validation captions whose loss is measured after each epoch, spread evenly over the split
        patience: stop after this many epochs without a better validation loss
        clip_norm: longest gradient, over all weights together; a longer one is shortened to it
        checkpoint: path of an .npz file, written after each epoch; `resume` reads it
        threads: how many threads the matrix products take. None takes 1 where batch_size · weights is below 100
            million, as in every chapter. Above, as at COCO's sizes, it tries while training which number is
            fastest, on a busy machine too: then a seed repeats the run within rounding only
        ValueError: for an unknown update_rule, a size below 1, or patience without val_size
        """
        rules = ("sgd", "sgd_momentum", "rmsprop", "adam")
        if update_rule not in rules:
            raise ValueError(f"update_rule is {update_rule!r}, expected one of {', '.join(rules)}")
        sizes = {"batch_size": batch_size, "num_epochs": num_epochs, "print_every": print_every}
        if patience is not None:
            sizes["patience"] = patience
        for name, value in sizes.items():
            if value < 1:
                raise ValueError(f"{name} is {value}, expected 1 or more")
        if clip_norm is not None and not clip_norm > 0:
            raise ValueError(f"clip_norm is {clip_norm}, expected a number above 0")
        if val_size < 0:
            raise ValueError(f"val_size is {val_size}, expected 0 (no validation) or more")
        if patience is not None and not val_size:
            raise ValueError("patience needs a validation loss to watch: give val_size too, such as 500")
        self.model, self.data = model, data
        self.rule_name, self.lr_decay = update_rule, lr_decay
        self.update_rule = optim.adam_in_place if update_rule == "adam" else getattr(optim, update_rule)
        self.batch_size, self.num_epochs = batch_size, num_epochs
        self.print_every, self.verbose, self.on_epoch = print_every, verbose, on_epoch
        self.val_size, self.patience = val_size, patience
        self.clip_norm, self.checkpoint = clip_norm, checkpoint
        self._threads = ThreadChooser(threads_for(batch_size, model.params) if threads is None else threads)
        self.optim_configs = {name: dict(optim_config or {}) for name in model.params}
        self.loss_history, self.epoch = [], 0
        self.val_loss_history, self.best_params, self.best_epoch = [], None, None
        self.first_epoch = 0  # where this call of train(), or the next one, begins

    def train(self):
        """Train for num_epochs; call it again to go on. Ctrl-C (the notebook's stop button) ends it early and
        keeps what the model has learned. After `resume`, it does what is left of num_epochs."""
        last_epoch = self.first_epoch + self.num_epochs
        per_epoch = max(len(self.data["train_captions"]) // self.batch_size, 1)
        left = max(last_epoch - self.epoch, 0) * per_epoch
        bar = self._bar(left)
        try:
            while self.epoch < last_epoch and not self._out_of_patience():
                order = np.random.permutation(len(self.data["train_captions"]))
                for chosen in np.split(order[: per_epoch * self.batch_size], per_epoch):
                    with self._threads.step():
                        self._step(chosen)
                    self._show(bar)
                self._end_epoch()
        except KeyboardInterrupt:
            print(
                tr(
                    "Stopped after {count} minibatches. The model keeps what it has learned.",
                    len(self.loss_history),
                )
            )
        finally:
            if bar is not None:
                bar.close()
            stopped_early = self._out_of_patience()
            self.first_epoch = self.epoch
        if self.verbose and stopped_early:
            print(
                tr(
                    "Stopped after epoch {epoch}: the validation loss has not become better for {patience} "
                    "epochs. restore_best() brings back the weights of epoch {best}.",
                    self.epoch,
                    self.patience,
                    self.best_epoch,
                )
            )

    def restore_best(self):
        """Put the weights of the epoch with the lowest validation loss into the model.

        ValueError: when no validation loss was measured
        """
        if self.best_params is None:
            raise ValueError(
                "No validation loss was measured yet: give val_size, such as 500, and train first"
            )
        self.model.params.update({name: w.copy() for name, w in self.best_params.items()})

    def resume(self, path):
        """Go on from a checkpoint: train() then gives exactly what the run would have given without the stop.

        Weights, the update rule's memory, the histories and np.random's state come from the file.
        ValueError: when the file is no checkpoint, or of a run with other settings, data or weights
        """
        read_checkpoint(self, path)

    def _step(self, chosen):
        captions, features, _ = minibatch(self.data, chosen)
        loss, grads = self.model.loss(features, captions)
        if not np.isfinite(loss):
            raise FloatingPointError(
                tr(
                    "The loss became {loss} in minibatch {number}. "
                    "The learning rate is probably too high: try a tenth of it.",
                    loss,
                    len(self.loss_history) + 1,
                )
            )
        if self.clip_norm is not None:
            grads = clip_gradients(grads, self.clip_norm)
        updated = {}
        for name, w in self.model.params.items():
            updated[name], self.optim_configs[name] = self.update_rule(
                w, grads[name], self.optim_configs[name]
            )
        self.model.params.update(updated)  # all at once: an interrupt never leaves half a step
        self.loss_history.append(float(loss))

    def _bar(self, total):
        """A progress bar, or None when nothing is to be shown."""
        if not self.verbose:
            return None
        return progress_bar.progress_bar(total=total, unit="batch")

    def _show(self, bar):
        if bar is None:
            return
        bar.update()
        done = len(self.loss_history)
        if done == 1 or done % self.print_every == 0:
            bar.set_postfix(loss=f"{self.loss_history[-1]:.3f}", refresh=False)
            if bar.disable and not progress_bar.in_notebook():
                print(f"(Minibatch {done}) loss: {self.loss_history[-1]:.3f}")

    def _end_epoch(self):
        self.epoch += 1
        for config in self.optim_configs.values():
            if "learning_rate" in config:
                config["learning_rate"] *= self.lr_decay
        if self.val_size:
            self._validate()
        if self.on_epoch:
            self.on_epoch(self)
        if self.checkpoint is not None:
            write_checkpoint(self, self.checkpoint)

    def _validate(self):
        """Measure the loss on the validation captions, always the same ones, and keep the best weights."""
        every = len(self.data["val_captions"])
        chosen = np.unique(np.linspace(0, every - 1, min(self.val_size, every)).astype(int))
        total = 0.0
        for start in range(0, len(chosen), self.batch_size):
            part = chosen[start : start + self.batch_size]
            features = self.data["val_features"][self.data["val_image_idxs"][part]]
            with use_threads(self._threads.chosen):
                loss, _ = self.model.loss(features, self.data["val_captions"][part])
            total += float(loss) * len(part)
        self.val_loss_history.append(total / len(chosen))
        if self.best_epoch is None or self.val_loss_history[-1] < min(self.val_loss_history[:-1]):
            self.best_params = {name: w.copy() for name, w in self.model.params.items()}
            self.best_epoch = self.epoch

    def _out_of_patience(self):
        if self.patience is None or self.best_epoch is None:
            return False
        return self.epoch - max(self.best_epoch, self.first_epoch) >= self.patience


def clip_gradients(grads, longest):
    """Shorten gradients whose common norm ‖g‖ is above `longest`: g · longest / ‖g‖  (Pascanu et al., 2013).

    grads: dict of arrays, left as they are
    longest: the norm they may have, all arrays taken as one long vector
    returns: dict of arrays with the same direction and dtype
    FloatingPointError: when a gradient is not finite
    """
    norm = math.sqrt(sum(np.sum(np.square(g, dtype=np.float64)) for g in grads.values()))
    if not math.isfinite(norm):
        raise FloatingPointError(
            tr("The gradient's norm became {norm}: try a tenth of the learning rate.", norm)
        )
    if norm <= longest:
        return grads
    return {name: g * (longest / norm) for name, g in grads.items()}
