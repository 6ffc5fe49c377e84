"""Train a captioning model on a reward: let it speak, let a judge say how good each caption was, and step."""

from copy import copy

import numpy as np

from cs231n import optim, progress_bar
from cs231n.coco_utils import decode_captions
from cs231n.decoding import NEVER_SAID, banned_words, log_softmax
from cs231n.fast.drawing import draw_captions
from cs231n.fast.packing import pack_captions
from cs231n.fast.threads import threads_for, use_threads
from cs231n.fast.words import softmax_loss
from cs231n.language import tr
from cs231n.reward import advantages


class RewardSolver:
    """REINFORCE for a captioning model: `reward.advantages` and `reward.reward_loss`, on packed rows.

    solver = RewardSolver(model, data, only_true, facts)
    solver.train(100)

    reward_history: the mean reward of the captions of every step so far
    pull_history: how far the model was from where it began, at every step: log P(w) − log P_before(w) of a drawn
        caption, in nats, on average; empty where pull is 0
    before: a copy of the model as it was
    """

    def __init__(
        self,
        model,
        data,
        reward,
        facts,
        learning_rate=3e-4,
        pictures=32,
        each=8,
        pull=0.0,
        max_length=17,
        seed=None,
        verbose=True,
        compare=advantages,
    ):
        """Remember what to train, on what, and who judges.

        model: a `CaptioningRNN`, or any captioner with the same methods `scores`, `scores_backward`,
            `initial_state` and `step`
        data: dict from `load_coco_data`
        reward: function of the captions of one picture, a list of texts, and what is known of the picture;
            returns a number for each. It is only called: nothing flows back through it
        facts: what is known of each training picture, in the order of data["train_features"]
        learning_rate: of Adam; pictures: how many a step; each: captions drawn for each of them, 2 or more
        pull: β in reward − β (log P(w) − log P_before(w)), which pulls the model towards what it was
        max_length: words per caption at most; a longer one is cut off
        seed: number that repeats pictures and draws, or None
        verbose: False shows no progress bar
        compare: function of rewards (N, K), of the captions of each picture; returns advantages (N, K)
        ValueError: for facts that are not as many as pictures, or a number out of range
        """
        features = data["train_features"]
        if len(facts) != len(features):
            raise ValueError(
                f"facts has {len(facts)} entries, expected one for each of {len(features)} pictures"
            )
        if each < 2:
            raise ValueError(f"each is {each}, expected 2 or more: a caption is compared with the others")
        if not 1 <= pictures <= len(features):
            raise ValueError(f"pictures is {pictures}, expected 1 to {len(features)}")
        if pull < 0:
            raise ValueError(f"pull is {pull}, expected 0 (no pull) or more")
        self.model, self.data, self.reward, self.facts = model, data, reward, facts
        self.pictures, self.each, self.pull = pictures, each, pull
        self.max_length, self.verbose, self.compare = max_length, verbose, compare
        self.before = copy(model)
        self.before.params = {name: w.copy() for name, w in model.params.items()}
        self.optim_configs = {name: {"learning_rate": learning_rate} for name in model.params}
        self.reward_history, self.pull_history = [], []
        self._random, self._banned = np.random.default_rng(seed), banned_words(model, NEVER_SAID)

    def train(self, steps, on_step=None):
        """Train for this many steps; call it again to go on. Ctrl-C (the notebook's stop button) ends it early
        and keeps what the model has learned.

        on_step: called with this solver after each step
        """
        try:
            for _ in progress_bar.progress_bar(range(steps), hidden=not self.verbose, unit="step"):
                with use_threads(threads_for(self.pictures * self.each, self.model.params)):
                    self._step()
                if on_step:
                    on_step(self)
        except KeyboardInterrupt:
            print(
                tr(
                    "Stopped after {count} steps. The model keeps what it has learned.",
                    len(self.reward_history),
                )
            )

    def _step(self):
        rows = self._random.choice(len(self.facts), self.pictures, replace=False)
        features = self.data["train_features"][rows]
        said = draw_captions(self.model, features, self.each, self._random, self.max_length, self._banned)
        rewards = self._judged(said, rows)
        grads = self.gradients(features[np.repeat(np.arange(len(rows)), self.each)], said, rewards)
        updated = {}
        for name, w in self.model.params.items():
            updated[name], self.optim_configs[name] = optim.adam_in_place(
                w, grads[name], self.optim_configs[name]
            )
        self.model.params.update(updated)  # all at once: an interrupt never leaves half a step
        self.reward_history.append(float(rewards.mean()))

    def _judged(self, said, rows):
        """(N, K), the rewards of N pictures' captions."""
        texts = [
            text.removesuffix("<END>").strip() for text in decode_captions(said, self.data["idx_to_word"])
        ]
        groups = [texts[start : start + self.each] for start in range(0, len(texts), self.each)]
        rewards = [self.reward(group, self.facts[row]) for group, row in zip(groups, rows, strict=True)]
        if np.shape(rewards) != (len(rows), self.each):
            raise ValueError(
                f"the reward must give a number for each of the {self.each} captions of a picture"
            )
        rewards = np.asarray(rewards, dtype=np.float64)
        if not np.isfinite(rewards).all():
            raise ValueError("the reward gave a number that is not finite")
        return rewards

    def gradients(self, features, said, rewards):
        """Gradients of `reward_loss` with the advantages of these rewards, the pull taken off."""
        model = self.model
        captions = np.column_stack([np.full(len(said), model.start_word), said])
        order, counts, words_in, words_out = pack_captions(captions, model.word_to_idx["<NULL>"])
        caption = np.concatenate([order[:count] for count in counts])  # of each packed row
        scores, cache = model.scores(features[order], words_in, counts)
        scores[:, self._banned] = -np.inf  # as when they were drawn
        if self.pull:
            before, _ = self.before.scores(features[order], words_in, counts)
            before[:, self._banned] = -np.inf
            rows = np.arange(len(words_out))
            farther = log_softmax(scores)[rows, words_out] - log_softmax(before)[rows, words_out]
            farther = np.bincount(caption, farther, minlength=len(said))
            self.pull_history.append(float(farther.mean()))
            rewards = rewards - self.pull * farther.reshape(rewards.shape)
        weights = self.compare(rewards).ravel()[caption] / len(said)
        _, dscores = softmax_loss(scores, words_out, weights.astype(scores.dtype), out=scores)
        return model.scores_backward(dscores, cache)
