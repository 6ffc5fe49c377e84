"""Train a captioning model: draw a minibatch, compute loss and gradients, update every weight, again."""

import numpy as np

from cs231n import optim
from cs231n.coco_utils import sample_coco_minibatch
from cs231n.progress_bar import in_notebook, progress_bar


class CaptioningSolver:
    """Minibatch training of a `CaptioningRNN`.

    solver = CaptioningSolver(model, data, update_rule="adam", optim_config={"learning_rate": 1e-3})
    solver.train()

    loss_history: the loss of every minibatch so far
    epoch: how many epochs are done
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
    ):
        """Remember what to train, on what, and how. Minibatches are drawn from np.random: a seed repeats a run.

        model: object with .params and .loss(features, captions)
        data: dict from `load_coco_data`
        update_rule: name of a function in `optim`: 'sgd', 'sgd_momentum', 'rmsprop' or 'adam'
        optim_config: dict of its settings, such as learning_rate
        lr_decay: the learning rate is multiplied by it after each epoch
        batch_size: captions a minibatch
        num_epochs: how many epochs one call of train() does; an epoch is captions ÷ batch_size minibatches
        print_every: show the loss every so many minibatches
        verbose: False shows nothing
        on_epoch: called with this solver after each epoch
        ValueError: for an unknown update_rule or a size below 1
        """
        rules = ("sgd", "sgd_momentum", "rmsprop", "adam")
        if update_rule not in rules:
            raise ValueError(f"update_rule is {update_rule!r}, expected one of {', '.join(rules)}")
        for name, value in (
            ("batch_size", batch_size),
            ("num_epochs", num_epochs),
            ("print_every", print_every),
        ):
            if value < 1:
                raise ValueError(f"{name} is {value}, expected 1 or more")
        self.model, self.data = model, data
        self.update_rule, self.lr_decay = getattr(optim, update_rule), lr_decay
        self.batch_size, self.num_epochs = batch_size, num_epochs
        self.print_every, self.verbose, self.on_epoch = print_every, verbose, on_epoch
        self.optim_configs = {name: dict(optim_config or {}) for name in model.params}
        self.loss_history, self.epoch = [], 0

    def train(self):
        """Train for num_epochs; call it again to go on. Ctrl-C (the notebook's stop button) ends it early and
        keeps what the model has learned."""
        per_epoch = max(len(self.data["train_captions"]) // self.batch_size, 1)
        bar = progress_bar(total=self.num_epochs * per_epoch, unit="batch", hidden=not self.verbose)
        try:
            for _ in range(self.num_epochs):
                for _ in range(per_epoch):
                    self._step()
                    self._show(bar)
                self._end_epoch()
        except KeyboardInterrupt:
            print(f"Stopped after {len(self.loss_history)} minibatches. The model keeps what it has learned.")
        finally:
            bar.close()

    def _step(self):
        captions, features, _ = sample_coco_minibatch(self.data, self.batch_size, split="train")
        loss, grads = self.model.loss(features, captions)
        if not np.isfinite(loss):
            raise FloatingPointError(
                f"The loss became {loss} in minibatch {len(self.loss_history) + 1}. "
                "The learning rate is probably too high: try a tenth of it."
            )
        updated = {}
        for name, w in self.model.params.items():
            updated[name], self.optim_configs[name] = self.update_rule(
                w, grads[name], self.optim_configs[name]
            )
        self.model.params.update(updated)  # all at once: an interrupt never leaves half a step
        self.loss_history.append(float(loss))

    def _show(self, bar):
        bar.update()
        done = len(self.loss_history)
        if self.verbose and (done == 1 or done % self.print_every == 0):
            bar.set_postfix(loss=f"{self.loss_history[-1]:.3f}", refresh=False)
            if bar.disable and not in_notebook():
                print(f"(Minibatch {done}) loss: {self.loss_history[-1]:.3f}")

    def _end_epoch(self):
        self.epoch += 1
        for config in self.optim_configs.values():
            if "learning_rate" in config:
                config["learning_rate"] *= self.lr_decay
        if self.on_epoch:
            self.on_epoch(self)
