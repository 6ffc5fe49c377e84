"""How much the gradient of a reward depends on which captions happened to be drawn."""

import numpy as np

from cs231n.coco_utils import decode_captions
from cs231n.decoding import NEVER_SAID, banned_words
from cs231n.fast.drawing import draw_captions
from cs231n.reward import reward_loss


def gradient_spread(model, data, reward, facts, baselines, batches=30, pictures=16, each=8, seed=0):
    """The variance of the gradient of all weights, Σ_w Var[g_w], with each baseline, on the same captions.

    reward, facts, pictures, each: as for `RewardSolver`
    baselines: dict from name to a function of rewards (N, K) → advantages (N, K)
    batches: how often pictures and captions are drawn
    returns: dict from name to a number
    """
    random, found = np.random.default_rng(seed), {name: [] for name in baselines}
    null, banned = model.word_to_idx["<NULL>"], banned_words(model, NEVER_SAID)
    for _ in range(batches):
        rows = random.choice(len(facts), pictures, replace=False)
        features = data["train_features"][rows]
        said = draw_captions(model, features, each, random, 17, banned)
        texts = decode_captions(said, data["idx_to_word"])
        rewards = np.array(
            [reward(texts[i * each : (i + 1) * each], facts[row]) for i, row in enumerate(rows)]
        )
        fed = np.column_stack([np.full(len(said), model.start_word), said[:, :-1]])
        scores, cache = model.scores(features[np.repeat(np.arange(pictures), each)], fed)
        for name, baseline in baselines.items():
            _, dscores = reward_loss(scores, said, said != null, baseline(rewards).ravel())
            grads = model.scores_backward(dscores, cache)
            found[name].append(np.concatenate([g.ravel() for g in grads.values()]))
    return {name: float(np.var(gradients, axis=0).sum()) for name, gradients in found.items()}
