"""Schedules change the learning rate as training goes on: large steps to travel, small ones to arrive.

Each function here returns a function of the step number, counted from 0: ``optimizer.lr = schedule(step)``. They are
`functools.partial` objects and not functions inside functions, so that a trainer that holds one can be pickled.
"""

import math
from functools import partial

from senumpy.arguments import check_count, check_number
from senumpy.training.arguments import check_positive, check_rate


def step_lr(lr, step_size, gamma=0.1):
    """Multiply the rate by ``gamma`` every ``step_size`` steps: ``lr gamma^floor(t / step_size)``.

    >>> [step_lr(1.0, 2, 0.5)(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    lr, gamma = check_rate("lr", lr), check_rate("gamma", gamma)
    return partial(_step, lr, check_count("step_size", step_size), gamma)


def cosine_annealing_lr(lr, total_steps, eta_min=0.0):
    """Fall from ``lr`` to ``eta_min`` along half a cosine: ``eta_min + (lr - eta_min) (1 + cos(pi t / T)) / 2``.

    (Loshchilov and Hutter, arXiv 1608.03983, equation 5, without restarts; it stays at ``eta_min`` after the end.)

    >>> [round(cosine_annealing_lr(1.0, 4)(t), 3) for t in range(5)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """
    lr, eta_min = check_rate("lr", lr), check_rate("eta_min", eta_min)
    return partial(_fall, lr, check_count("total_steps", total_steps), eta_min)


def one_cycle_lr(max_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """Rise from ``max_lr / div_factor`` to ``max_lr`` and fall to almost nothing, both along half a cosine.

    (Smith and Topin, arXiv 1708.07120; the phases are those of PyTorch's ``OneCycleLR``: the rise takes the share
    ``pct_start`` of the steps, and the last step has ``max_lr / div_factor / final_div_factor``.)

    Parameters
    ----------
    max_lr : float
    total_steps : int
        All steps of the training, epochs times steps per epoch.
    pct_start : float, 0 to 1
    div_factor, final_div_factor : float

    Examples
    --------
    >>> schedule = one_cycle_lr(1.0, 11)
    >>> [round(schedule(t), 2) for t in (0, 2, 5, 10)]
    [0.04, 0.96, 0.73, 0.0]
    """
    max_lr, total_steps = check_rate("max_lr", max_lr), check_count("total_steps", total_steps)
    pct_start = check_number("pct_start", pct_start, "between 0 and 1", lambda share: 0 <= share <= 1)
    div_factor = check_positive("div_factor", div_factor)
    final_div_factor = check_positive("final_div_factor", final_div_factor)
    start = check_rate("max_lr / div_factor", max_lr / div_factor)
    end = check_rate("max_lr / div_factor / final_div_factor", start / final_div_factor)
    peak, last = pct_start * total_steps - 1, total_steps - 1  # the peak may fall between two steps
    return partial(_rise_and_fall, (start, max_lr, end), (peak, last))


def _step(lr, step_size, gamma, t):
    try:
        return float(lr * gamma ** (t // step_size))
    except OverflowError:  # gamma above 1, after many steps
        return math.inf


def _fall(lr, total_steps, eta_min, t):
    return _cosine(lr, eta_min, min(t / total_steps, 1.0))


def _rise_and_fall(rates, steps, t):
    (start, max_lr, end), (peak, last) = rates, steps
    if t < peak:
        return _cosine(start, max_lr, t / peak)
    return _cosine(max_lr, end, min((t - peak) / (last - peak), 1.0) if last > peak else 0.0)


def _cosine(start, end, share):
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
