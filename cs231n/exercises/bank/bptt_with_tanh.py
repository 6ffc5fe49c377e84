"""Exercise: backpropagation through time with a pencil, one unit with tanh and three steps."""

from cs231n.exercises.exercise import Case, Exercise
from cs231n.exercises.known_mistakes import known


def bptt_with_tanh():
    """The table of chapter 02 with tanh: Wx = 1, Wh = 2, from 1 on, and L = 2 h[0] + 0.4 h[1] + 5 h[2].

    returns: da, three numbers, and dWx, dWh, db, dh0, one number each
    """
    x, dh, Wh = [-1.45, -1.55, 2.1], [2, 0.4, 5], 2
    before, after = [1, 0.5, -0.5], [0.5, -0.5, 0.8]
    slope, da = [1 - h**2 for h in after], [0]
    for t in reversed(range(3)):
        da.insert(0, (dh[t] + Wh * da[0]) * slope[t])
    da = da[:-1]
    dWx = sum(da[t] * x[t] for t in range(3))
    dWh = sum(da[t] * before[t] for t in range(3))
    return da, dWx, dWh, sum(da), Wh * da[0]


def inputs(seed=None):
    """One case: the numbers stand in the chapter."""
    return [Case("the numbers of the picture", {})]


MISTAKES = """
slope_forgotten: (dh[t] + Wh * da[0]) * slope[t] -> dh[t] + Wh * da[0]
    There is no slope in your numbers. What does a gradient have to pass between the state and the sum?
g_in_place_of_da: return da -> return [da[t] / slope[t] for t in range(3)]
    These are the g. Each da is its g times the slope.
only_da_written_backwards: return da -> return da[::-1]
    You find da from the last step to the first, but da[0] is the one of step 0: write them down by step.
slope_of_the_last_step_forgotten:
    (dh[t] + Wh * da[0]) * slope[t] -> (dh[t] + Wh * da[0]) * (slope[t] if t < 2 else 1)
    The last state has been through a tanh too, so da[2] is not g[2].
slope_on_one_way_only: (dh[t] + Wh * da[0]) * slope[t] -> dh[t] + Wh * da[0] * slope[t]
    What comes from L passes the tanh as well: add both parts first, then multiply with the slope.
own_slope_forgotten: (dh[t] + Wh * da[0]) * slope[t] -> dh[t] * slope[t] + Wh * da[0]
    What comes from the step after passes the tanh as well: add both parts first, then multiply with the slope.
later_steps_forgotten: (dh[t] + Wh * da[0]) * slope[t] -> dh[t] * slope[t]
    A state acts on L itself, and on the next state, which acts on L too. You follow only the first.
own_share_forgotten:
    (dh[t] + Wh * da[0]) * slope[t] -> ((dh[t] if t == 2 else 0) + Wh * da[0]) * slope[t]
    Every state stands in L itself. What comes from L is added before anything passes the tanh.
carried_without_weight: (dh[t] + Wh * da[0]) * slope[t] -> (dh[t] + da[0]) * slope[t]
    The gradient goes back along the same arrow as the state went forward. What stands on that arrow?
ones_from_the_loss: [2, 0.4, 5] -> [1, 1, 1]
    In this loss the states do not count the same: from L come 2, 0.4 and 5.
slope_is_the_state: 1 - h**2 -> h
    You multiply with the state. The slope is 1 minus the square of the state.
slope_not_squared: 1 - h**2 -> 1 - h
    The slope is 1 minus the *square* of the state.
written_backwards: da = da[:-1] -> da = da[-2::-1]
    You find da from the last step to the first, but da[0] is the one of step 0: write them down by step.
state_after_the_step: da[t] * before[t] -> da[t] * after[t]
    dWh: Wh multiplied the state before the step, not the one after it.
start_forgotten: [1, 0.5, -0.5] -> [0, 0.5, -0.5]
    dWh: step 0 multiplied Wh too, with the state to start from, which is 1.
start_without_weight: sum(da), Wh * da[0] -> sum(da), da[0]
    dh0: the state to start from went into step 0 through Wh.
start_is_g0: sum(da), Wh * da[0] -> sum(da), da[0] / 0.75
    This is g[0], the gradient of the state after step 0. The state to start from lies one step further back.
"""

EXERCISE = Exercise(
    chapter="02_rnn_sequence",
    reference=bptt_with_tanh,
    outputs={"da": ("time step",), "dWx": (), "dWh": (), "db": (), "dh0": ()},
    hide_expected=True,
    cases=inputs,
    start="Start on the right: g[2] is what comes from L, and da[2] is g[2] times the slope of step 2.",
    worth_knowing="rnn_backward below does just these steps, for all samples and units at once.",
    next_step="the same four gradients, measured.",
    hints=(
        "da[2] is 5 times 0.36. What does the state h[1] get from it, on the way through Wh?",
        "g[1] has two parts: 0.4 from L, and 2 times da[2] from the step after it. Then multiply with the slope.",
        "dWh is the sum of da[t] times the state before step t: 1, then 0.5, then -0.5. dWx is the same with "
        "x[t], db the sum of the three da, and dh0 is 2 times da[0].",
    ),
    mistakes=known(bptt_with_tanh, MISTAKES),
)
