"""Schedules: the learning rates of PyTorch's schedulers, step by step, and what happens at the edges."""

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


BAD = {
    "step_size": (lambda: step_lr(0.1, 0), ["step_size", 0]),
    "total_steps of a cosine": (lambda: cosine_annealing_lr(0.1, 0), ["total_steps", 0]),
    "negative total_steps": (lambda: cosine_annealing_lr(0.1, -3), ["total_steps", -3]),
    "total_steps of a cycle": (lambda: one_cycle_lr(0.1, 0), ["total_steps", 0]),
    "pct_start below 0": (lambda: one_cycle_lr(0.1, 10, pct_start=-0.1), ["pct_start", -0.1]),
    "pct_start in percent": (lambda: one_cycle_lr(0.1, 10, pct_start=30), ["pct_start", 30]),
}


@pytest.mark.parametrize("make, words", BAD.values(), ids=BAD)
def test_numbers_out_of_range_are_refused(make, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        make()
