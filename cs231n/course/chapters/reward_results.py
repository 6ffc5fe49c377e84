"""What `benchmarks/reward.py` stored for chapter 09, as a table: median and range over the seeds."""

import numpy as np

from cs231n.course.caption_scores import table
from cs231n.course.stored_results import over_seeds, stored_results

FILE = "09_reward"
SHARES = ("true", "held_out", "rarer", "distinct")  # in percent
ROWS = {  # of each start, the reward and after how many steps
    "rnn": (
        ("only true", 0),
        ("only true", 100),
        ("only true", 200),
        ("length", 100),
        ("true facts", 100),
        ("nothing false", 100),
        ("blind to weather", 100),
        ("nothing false", 20),
        ("price 1", 100),
        ("price 1", 200),
        ("price 3", 100),
        ("nothing false, pulled", 100),
        ("only true, pulled", 200),
        ("shared prizes", 100),
        ("shared prizes", 200),
    ),
    "attention": (
        ("only true", 0),
        ("only true", 100),
        ("price 1", 100),
        ("shared prizes", 100),
        ("shared prizes", 200),
    ),
}


def values(start, reward, step, measure):
    """One number per seed: a measure of the captions of the 600 validation pictures, greedy but for 'kl'."""
    runs = [entry[start][reward] for entry in stored_results(FILE).values() if reward in entry[start]]
    points = [run["points"][str(step)] for run in runs]
    return [point["drawn" if measure == "kl" else "greedy"][measure] for point in points]


def reward_table(start):
    """The table as text, for print; shares in percent.

    start: 'rnn' or 'attention', the model that each training began with
    """
    rows = {}
    for reward, step in ROWS[start]:
        numbers = {key: 100 * np.array(values(start, reward, step, key)) for key in SHARES}
        row = {f"{key} %": over_seeds(shares, "{:.0f}") for key, shares in numbers.items()}
        for key, title in {"statements": "statements", "kl": "KL"}.items():
            row[title] = over_seeds(values(start, reward, step, key), "{:.1f}")
        rows[f"{reward}, {step} steps" if step else "before"] = row
    return table(rows)
