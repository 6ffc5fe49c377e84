"""Exercise: how much better was each caption than the others of its picture?"""

import numpy as np

from cs231n.exercises.bank.inputs import generator, longer
from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known
from cs231n.reward import advantages

SIZES = [(3, 4), (1, 3), (2, 2), (4, 4), (2, 5), (3, 3)]


def inputs(seed=None):
    """Cases: rewards of 0 and 1, one picture, two captions, below 0, float32, and pictures whose captions all get
    the same."""
    found = []
    for k, (N, K) in enumerate(longer(SIZES, seed)):
        random = generator(800 + k, seed)
        rewards = random.normal(size=(N, K)).round(2) * 3
        text = f"N={N}, K={K}"
        if k == 0:
            rewards = (random.random((N, K)) < 0.5).astype(float)
            rewards[0, :2], rewards[1], text = (1, 0), 1, f"{text}, rewards 0 and 1"
        if k == 4:
            rewards = rewards.astype(np.float32)
        if k == 5:
            rewards[1], text = 2.0, f"{text}, the second picture's rewards all equal"
        found.append(Case(text, {"rewards": rewards}))
    return found


def solution(rewards):
    N, K = rewards.shape
    total = rewards.sum(axis=1, keepdims=True)
    others = (total - rewards) / (K - 1)
    return rewards - others


MISTAKES = """
itself_included: (total - rewards) / (K - 1) -> total / K
    The mean you take off holds the caption's own reward, too. Take the mean of the others.
itself_left_in_the_sum: (total - rewards) -> total
    Your sum holds the caption's own reward, too. Take it off before you divide.
divided_by_all: / (K - 1) -> / K
    How many other captions does a picture have? You divide by one more.
sum_of_the_others: / (K - 1) ->
    You take off the sum of the other rewards. It should be their mean.
mean_over_the_batch: (total - rewards) / (K - 1) -> rewards.mean()
    You compare with the mean of all pictures. An easy picture then looks good whatever is said.
others_over_the_batch: rewards.sum(axis=1, keepdims=True) -> rewards.sum()
    / (K - 1) -> / (N * K - 1)
    You compare with the captions of all pictures. Only those of the same picture count.
other_pictures: rewards.sum(axis=1, keepdims=True) -> rewards.sum(axis=0, keepdims=True)
    / (K - 1) -> / max(N - 1, 1)
    You compare with the captions of other pictures: the sum runs along the wrong axis.
sign_turned: rewards - others -> others - rewards
    A caption with more reward than the others should get a number above 0.
baseline_alone: return rewards - others -> return others
    This is the mean of the others. How much better than that was the caption itself?
nothing_taken_off: return rewards - others -> return rewards
    These are the rewards themselves. What did the other captions of the picture get?
best_of_the_picture: (total - rewards) / (K - 1) -> rewards.max(axis=1, keepdims=True)
    You compare with the best caption. Then none is ever above 0: compare with the mean of the others.
"""


def divided_by_the_spread(rewards):
    """You divide by the spread of the rewards. It is not asked for; and where all are equal, it is 0."""
    mean, spread = rewards.mean(axis=1, keepdims=True), rewards.std(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (rewards - mean) / spread


def divided_by_the_spread_and_a_little(rewards):
    """You divide by the spread of the rewards. Here it is only how much better a caption was."""
    return (rewards - rewards.mean(axis=1, keepdims=True)) / (rewards.std(axis=1, keepdims=True) + 1e-8)


def pictures_counted(rewards):
    """You divide by the number of other pictures. A picture has K − 1 other captions, and rewards is (N, K)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return rewards - (rewards.sum(axis=1, keepdims=True) - rewards) / (len(rewards) - 1)


EXERCISE = Exercise(
    chapter="09_you_get_what_you_reward",
    reference=advantages,
    outputs={"advantages": ("picture", "caption")},
    cases=inputs,
    of_the_notebook=("rewards",),
    start="Start with the sum of each picture's rewards, of shape (N, 1).",
    worth_knowing="the advantages of a picture add up to 0: some captions gain what the others lose.",
    next_step="reward_loss: the loss of chapter 4, with these numbers.",
    hints=(
        "Take one picture with the rewards 1, 0, 0. What did the others of the first caption get? Of the second?",
        "Sum of the others = sum of all − own reward. How many others are there?",
        "rewards.sum(axis=1, keepdims=True) keeps the shape (N, 1), so that you can take rewards (N, K) off it. "
        "Divide by K − 1, and take the result off the rewards.",
    ),
    mistakes=known(
        solution, MISTAKES, divided_by_the_spread, divided_by_the_spread_and_a_little, pictures_counted
    ),
)
