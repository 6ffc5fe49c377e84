"""The choice of threads: near the best in every situation of a simulated machine, and never left behind."""

import numpy as np
import pytest

from cs231n.captioning_solver import CaptioningSolver
from cs231n.classifiers import rnn
from cs231n.classifiers.rnn import CaptioningRNN
from cs231n.fast import threads
from cs231n.fast.threads import ThreadChooser, available_threads, use_threads
from cs231n.layers import affine_forward

WORDS = {"<NULL>": 0, "<START>": 1, "<END>": 2, "a": 3, "ball": 4}


class Pool:
    """A BLAS library's pool of threads, as threadpoolctl shows it."""

    def __init__(self, num_threads):
        self.num_threads = num_threads

    def set_num_threads(self, number):
        self.num_threads = number


class Machine:
    """Steps that take so many seconds with so many threads, on a clock of their own."""

    def __init__(self, monkeypatch, cores=4):
        self.pool, self.now, self.used = Pool(cores), 100.0, []
        monkeypatch.setattr(threads, "thread_pools", lambda: [self.pool])

    def clock(self):
        return self.now

    def run(self, chooser, steps, seconds):
        """Run steps; seconds: number of threads → seconds, or a function of it. Returns the time they took."""
        start = self.now
        for _ in range(steps):
            with chooser.step():
                self.used.append(self.pool.num_threads)
                cost = seconds if callable(seconds) else seconds.__getitem__
                self.now += cost(self.pool.num_threads)
        return self.now - start


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


QUIET, BUSY, TAB = {1: 0.1, 2: 0.08, 4: 0.06}, {1: 0.1, 2: 0.15, 4: 0.17}, {1: 0.09, 2: 0.4, 4: 0.8}


@pytest.mark.parametrize("seconds", [QUIET, BUSY, TAB, {1: 0.003, 2: 0.002, 4: 0.004}, {1: 1, 2: 1, 4: 1}])
def test_a_run_takes_at_most_a_tenth_more_than_the_best_number(machine, seconds):
    spent = machine.run(ThreadChooser(clock=machine.clock), 300, seconds)
    assert spent < 1.1 * 300 * min(seconds.values())


@pytest.mark.parametrize("before, after", [(QUIET, TAB), (QUIET, BUSY), (TAB, QUIET), (BUSY, TAB)])
def test_a_change_is_noticed(machine, before, after):
    chooser = ThreadChooser(clock=machine.clock)
    machine.run(chooser, 600, before)
    assert machine.run(chooser, 600, after) < 1.1 * 600 * min(after.values())


def test_noise_does_not_make_it_lose_much(machine):
    random = np.random.default_rng(0)

    def noisy(count):
        return QUIET[count] * random.uniform(0.8, 1.2) * (5 if random.random() < 0.03 else 1)

    mean = np.mean([noisy(4) for _ in range(4000)])
    assert machine.run(ThreadChooser(clock=machine.clock), 600, noisy) < 1.1 * 600 * mean


def test_one_slow_step_changes_nothing(machine):
    chooser = ThreadChooser(clock=machine.clock)
    machine.run(chooser, 100, QUIET)
    assert chooser.chosen == 4
    with chooser.step():
        machine.now += 10 * QUIET[4]
    assert chooser.chosen == 4


def test_a_number_is_tried_at_most_once_a_second_also_where_a_trial_costs_nothing(machine):
    machine.run(ThreadChooser(clock=machine.clock), 1000, lambda count: 0.01)  # ten seconds
    usual = max(machine.used, key=machine.used.count)
    assert sum(count != usual for count in machine.used) <= 2 * ThreadChooser.TRIAL * 11


def test_of_several_libraries_the_one_with_most_threads_counts(monkeypatch):
    monkeypatch.setattr(threads, "thread_pools", lambda: [Pool(1), Pool(4), Pool(2)])
    assert available_threads() == 4


def test_tries_one_half_and_all_and_nothing_else(machine):
    machine.run(ThreadChooser(clock=machine.clock), 50, QUIET)
    assert set(machine.used) == {1, 2, 4}


@pytest.mark.parametrize("cores, tried", [(1, {1}), (2, {1, 2}), (3, {1, 2, 3}), (7, {1, 4, 7})])
def test_the_numbers_that_are_tried_come_from_the_machine(monkeypatch, cores, tried):
    machine = Machine(monkeypatch, cores)
    machine.run(ThreadChooser(clock=machine.clock), 30, lambda count: 0.1)
    assert set(machine.used) == tried


def test_a_given_number_is_kept(machine):
    chooser = ThreadChooser(threads=2, clock=machine.clock)
    machine.run(chooser, 40, TAB)
    assert set(machine.used) == {2} and chooser.chosen == 2


def test_without_pools_everything_runs(monkeypatch):
    monkeypatch.setattr(threads, "thread_pools", lambda: [])
    assert available_threads() == 1
    with ThreadChooser(threads=8).step(), use_threads(3):
        pass


def test_without_threadpoolctl_nothing_is_chosen(monkeypatch):
    monkeypatch.setattr(threads, "ThreadpoolController", None)
    monkeypatch.setattr(
        threads, "thread_pools", threads.thread_pools.__wrapped__
    )  # not what was found before
    assert threads.thread_pools() == [] and ThreadChooser().chosen == 1


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_the_setting_is_put_back_after_a_stop(machine, stop):
    chooser = ThreadChooser(clock=machine.clock)
    for _ in range(9):
        with pytest.raises(stop), chooser.step():
            raise stop
        assert machine.pool.num_threads == 4
    with pytest.raises(stop), use_threads(1):
        raise stop
    assert machine.pool.num_threads == 4
    assert machine.run(chooser, 300, TAB) < 1.1 * 300 * TAB[1]  # and it goes on choosing


@pytest.mark.parametrize("number", [0, -1])
def test_a_number_below_1_is_refused(number):
    with pytest.raises(ValueError, match="^threads is"):
        ThreadChooser(threads=number)


# ---- in training and speaking


def solver_for(threads, model=None, **options):
    random = np.random.default_rng(0)
    captions = np.array([[1, 3, 4, 2, 0], [1, 4, 2, 0, 0]] * 20)
    data = {"train_captions": captions, "train_image_idxs": np.arange(40), "train_urls": np.full(40, "")}
    data["train_features"] = random.standard_normal((40, 6)).astype(np.float32)
    data |= {f"val_{key[6:]}": value for key, value in data.items()}
    np.random.seed(1)
    model = model or CaptioningRNN(WORDS, 6, 5, 7)
    return CaptioningSolver(model, data, "adam", batch_size=8, verbose=False, threads=threads, **options)


class Watching:
    """A model that notes with how many threads its loss is computed, and can be made to fail."""

    def __init__(self, pool, fails=None):
        self.pool, self.fails, self.params, self.used = pool, fails, {"w": np.zeros(1)}, []

    def loss(self, features, captions):
        self.used.append(self.pool.num_threads)
        if self.fails and len(self.used) == 7:
            raise self.fails
        return 1.0, {"w": np.zeros(1)}


def test_the_solver_trains_and_validates_with_the_threads_it_is_given(machine):
    model = Watching(machine.pool)
    after_epoch = []
    solver = solver_for(
        3, model, val_size=20, on_epoch=lambda s: after_epoch.append(machine.pool.num_threads)
    )
    solver.train()
    assert set(model.used) == {3} and set(after_epoch) == {4} and machine.pool.num_threads == 4


def test_the_solver_takes_one_thread_for_small_work_and_chooses_for_large(machine, monkeypatch):
    model = Watching(machine.pool)
    solver_for(None, model).train()
    assert set(model.used) == {1} and machine.pool.num_threads == 4
    monkeypatch.setattr(threads, "LARGE", 8)  # eight captions, one weight
    solver_for(None, model).train()
    assert set(model.used) == {1, 2, 4} and machine.pool.num_threads == 4


@pytest.mark.parametrize("fails", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("number", [None, 1])
def test_training_leaves_no_setting_behind(machine, number, fails):
    solver = solver_for(number, Watching(machine.pool, fails))
    try:
        solver.train()
    except RuntimeError:
        pass
    assert machine.pool.num_threads == 4


def test_the_solver_refuses_a_number_below_1():
    with pytest.raises(ValueError, match="^threads is 0"):
        solver_for(0)


def test_a_seed_and_a_number_of_threads_repeat_a_run():
    first, again = solver_for(1), solver_for(1)
    for solver in (first, again):
        np.random.seed(3)
        solver.train()
    assert first.loss_history == again.loss_history
    assert all(
        np.array_equal(first.model.params[name], again.model.params[name]) for name in first.model.params
    )


def test_the_number_of_threads_changes_a_run_within_rounding_only():
    losses = []
    for number in (1, 4):
        solver = solver_for(number)
        np.random.seed(3)
        solver.train()
        losses.append(solver.loss_history)
    np.testing.assert_allclose(*losses, rtol=1e-4)


@pytest.mark.parametrize("large, taken", [(10**8, 1), (0, 4)])
def test_speaking_takes_one_thread_for_small_work_and_leaves_no_setting_behind(
    machine, monkeypatch, large, taken
):
    monkeypatch.setattr(threads, "LARGE", large)
    features, used = np.random.default_rng(0).standard_normal((9, 6)).astype(np.float32), []
    with monkeypatch.context() as patch:
        patch.setattr(
            rnn, "affine_forward", lambda *a: used.append(machine.pool.num_threads) or affine_forward(*a)
        )
        model = CaptioningRNN(WORDS, 6, 5, 7)
        model.step(np.full(9, 1), model.initial_state(features))
    assert used == [4, taken] and machine.pool.num_threads == 4


@pytest.mark.skipif(
    not threads.thread_pools(), reason="NumPy's products have no threads that can be set here"
)
def test_the_real_library_is_set_and_put_back():
    pool, before = threads.thread_pools()[0], available_threads()
    with use_threads(1):
        assert pool.num_threads == 1
    assert available_threads() == before
