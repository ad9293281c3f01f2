"""Schedules: the learning rates of PyTorch's schedulers, step by step, and what happens at the edges."""

import pickle

import numpy as np
import pytest
from comparing import mentions

from senumpy.training import cosine_annealing_lr, one_cycle_lr, step_lr


def rates_of_pytorch(make, steps):
    """What a scheduler of PyTorch sets, from the first step on."""
    torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    rates = []
    for _ in range(steps):
        if rates:  # the scheduler sets the first rate when it is made
            optimizer.step()
            scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


def assert_same_rates(schedule, expected):
    rates = [schedule(t) for t in range(len(expected))]
    assert {type(rate) for rate in rates} == {float}, "plain numbers, ready for JSON"
    np.testing.assert_allclose(rates, expected, rtol=1e-12, atol=1e-14)
    assert schedule(len(expected) // 2) == rates[len(expected) // 2], "asked again, it says the same"


@pytest.mark.parametrize("step_size, gamma", [(3, 0.1), (1, 0.9), (4, 0.5), (100, 0.1)])
def test_step(step_size, gamma):
    expected = rates_of_pytorch(lambda schedulers, optimizer: schedulers.StepLR(optimizer, step_size, gamma), 20)
    assert_same_rates(step_lr(0.3, step_size, gamma), expected)


@pytest.mark.parametrize("total_steps, eta_min", [(20, 0.0), (7, 0.01), (2, 0.0), (1, 0.05)])
def test_cosine_annealing(total_steps, eta_min):
    expected = rates_of_pytorch(
        lambda schedulers, optimizer: schedulers.CosineAnnealingLR(optimizer, total_steps, eta_min), total_steps + 1
    )
    schedule = cosine_annealing_lr(0.3, total_steps, eta_min)
    assert_same_rates(schedule, expected)
    assert schedule(total_steps + 1) == schedule(10 * total_steps) == eta_min, "no restart"


# A peak on a step, a peak between two, all of it a rise, none of it, and runs of one and two steps.
CYCLES = [(20, 0.3), (20, 0.25), (11, 0.3), (100, 0.5), (7, 0.99), (9, 0.0), (9, 1.0), (1, 0.0), (1, 0.3), (1, 0.7),
          (2, 0.0), (2, 0.3), (2, 0.7), (2, 1.0), (3, 0.5)]  # fmt: skip


@pytest.mark.parametrize("total_steps, pct_start", CYCLES)
@pytest.mark.parametrize("factors", [{}, {"div_factor": 5.0, "final_div_factor": 100.0}], ids=["default", "factors"])
def test_one_cycle(total_steps, pct_start, factors):
    expected = rates_of_pytorch(
        lambda schedulers, optimizer: schedulers.OneCycleLR(
            optimizer, 0.2, total_steps, pct_start=pct_start, cycle_momentum=False, **factors
        ),
        total_steps,
    )
    assert_same_rates(one_cycle_lr(0.2, total_steps, pct_start, **factors), expected)


def test_one_cycle_where_pytorch_divides_by_zero():
    """A peak at step 0: there is nothing to rise from."""
    assert one_cycle_lr(0.2, 1, 1.0)(0) == 0.2
    assert one_cycle_lr(0.2, 10, 0.1)(0) == 0.2
    assert one_cycle_lr(0.2, 2, 0.5)(0) == 0.2


def test_one_cycle_by_its_corners():
    schedule = one_cycle_lr(1.0, 101, pct_start=0.5, div_factor=20.0, final_div_factor=100.0)
    rates = [schedule(t) for t in range(101)]
    assert rates[0] == pytest.approx(1 / 20) and rates[100] == pytest.approx(1 / 2000)
    assert max(rates) == pytest.approx(1.0, abs=1e-3) and rates.index(max(rates)) in (49, 50)
    assert rates[:50] == sorted(rates[:50]) and rates[50:] == sorted(rates[50:], reverse=True)
    assert schedule(101) == schedule(10_000) == rates[100], "it stays at the end"


NAN = float("nan")
BAD = {
    "step_size": (lambda: step_lr(0.1, 0), ["step_size", 0]),
    "total_steps of a cosine": (lambda: cosine_annealing_lr(0.1, 0), ["total_steps", 0]),
    "negative total_steps": (lambda: cosine_annealing_lr(0.1, -3), ["total_steps", -3]),
    "total_steps of a cycle": (lambda: one_cycle_lr(0.1, 0), ["total_steps", 0]),
    "pct_start below 0": (lambda: one_cycle_lr(0.1, 10, pct_start=-0.1), ["pct_start", -0.1]),
    "pct_start in percent": (lambda: one_cycle_lr(0.1, 10, pct_start=30), ["pct_start", 30]),
    "pct_start a little too large": (lambda: one_cycle_lr(0.1, 10, pct_start=1.5), ["pct_start", 1.5]),
    "pct_start that is no number": (lambda: one_cycle_lr(0.1, 10, pct_start=NAN), ["pct_start", "nan"]),
    "a negative peak": (lambda: one_cycle_lr(-1, 10), ["max_lr", -1]),
    "an infinite peak": (lambda: one_cycle_lr(float("inf"), 10), ["max_lr", "inf"]),
    "a peak in text": (lambda: one_cycle_lr("0.1", 10), ["max_lr", "'0.1'"]),
    "a factor of zero": (lambda: one_cycle_lr(0.1, 10, div_factor=0), ["div_factor", 0]),
    "a factor that is no number": (lambda: one_cycle_lr(0.1, 10, div_factor=NAN), ["div_factor", "nan"]),
    "a negative last factor": (lambda: one_cycle_lr(0.1, 10, final_div_factor=-1), ["final_div_factor", -1]),
    "factors that overflow": (lambda: one_cycle_lr(1.0, 10, div_factor=1e-320), ["max_lr / div_factor", "inf"]),
    "True steps": (lambda: one_cycle_lr(0.1, True), ["total_steps", True]),
    "steps that are not whole": (lambda: one_cycle_lr(0.1, 2.5), ["total_steps", 2.5]),
    "a cosine from nowhere": (lambda: cosine_annealing_lr(NAN, 10), ["lr", "nan"]),
    "a negative cosine": (lambda: cosine_annealing_lr(-0.1, 10), ["lr", -0.1]),
    "a cosine to below zero": (lambda: cosine_annealing_lr(0.1, 10, eta_min=-0.1), ["eta_min", -0.1]),
    "several rates": (lambda: cosine_annealing_lr(np.array([0.1, 0.2]), 10), ["lr", "0.2"]),
    "steps from a negative rate": (lambda: step_lr(-0.1, 3), ["lr", -0.1]),
    "a negative gamma": (lambda: step_lr(0.1, 3, gamma=-1), ["gamma", -1]),
    "a gamma that is no number": (lambda: step_lr(0.1, 3, gamma=NAN), ["gamma", "nan"]),
}


@pytest.mark.parametrize("make, words", BAD.values(), ids=BAD)
def test_numbers_out_of_range_are_refused(make, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        make()


MAKERS = {
    "step": lambda number: step_lr(number(0.5), 2, number(0.25)),
    "cosine": lambda number: cosine_annealing_lr(number(0.5), 7, number(0.125)),
    "cycle": lambda number: one_cycle_lr(number(0.5), 7, number(0.25), number(8.0), number(4.0)),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_numpys_numbers_give_the_same_rates(make):
    expected = [make(float)(t) for t in range(8)]
    for number in (np.float64, np.float32, np.array):
        rates = [make(number)(t) for t in np.arange(8)]
        assert rates == expected and {type(rate) for rate in rates} == {float}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_schedule_can_be_pickled(make):
    schedule = make(float)
    again = pickle.loads(pickle.dumps(schedule))
    assert [again(t) for t in range(9)] == [schedule(t) for t in range(9)]


def test_a_rate_that_grows_beyond_all_numbers_is_infinite_and_no_error():
    """The trainer refuses it with the number of the step."""
    assert step_lr(1.0, 1, 10.0)(400) == float("inf")
