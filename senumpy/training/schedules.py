"""Schedules change the learning rate as training goes on: large steps to travel, small ones to arrive.

Each function here returns a function of the step number, counted from 0: ``optimizer.lr = schedule(step)``.
"""

import math


def step_lr(lr, step_size, gamma=0.1):
    """Multiply the rate by ``gamma`` every ``step_size`` steps: ``lr gamma^floor(t / step_size)``.

    >>> [step_lr(1.0, 2, 0.5)(t) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    _at_least_one("step_size", step_size)
    return lambda t: lr * gamma ** (t // step_size)


def cosine_annealing_lr(lr, total_steps, eta_min=0.0):
    """Fall from ``lr`` to ``eta_min`` along half a cosine: ``eta_min + (lr - eta_min) (1 + cos(pi t / T)) / 2``.

    (Loshchilov and Hutter, arXiv 1608.03983, equation 5, without restarts; it stays at ``eta_min`` after the end.)

    >>> [round(cosine_annealing_lr(1.0, 4)(t), 3) for t in range(5)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """
    _at_least_one("total_steps", total_steps)
    return lambda t: _cosine(lr, eta_min, min(t / total_steps, 1.0))


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
    _at_least_one("total_steps", total_steps)
    if div_factor <= 0 or final_div_factor <= 0:
        raise ValueError(f"div_factor and final_div_factor must be above 0, got {div_factor} and {final_div_factor}")
    if not 0 <= pct_start <= 1:
        raise ValueError(f"pct_start must lie between 0 and 1, got {pct_start}")
    start, end = max_lr / div_factor, max_lr / div_factor / final_div_factor
    peak, last = pct_start * total_steps - 1, total_steps - 1  # the peak may fall between two steps

    def schedule(t):
        if t < peak:
            return _cosine(start, max_lr, t / peak)
        return _cosine(max_lr, end, min((t - peak) / (last - peak), 1.0) if last > peak else 0.0)

    return schedule


def _cosine(start, end, share):
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def _at_least_one(name, value):
    if not hasattr(value, "__index__") or value < 1:
        raise ValueError(f"{name} must be an integer of at least 1, got {value!r}")
