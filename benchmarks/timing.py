"""A fair race: the runners take turns, and each starts rested and warmed up.

Two libraries in one process get in each other's way. The threads of each stay awake for a while after their work,
and keep a processor core busy that the other library needs now: called in turns without a pause, PyTorch takes twice
its time. So before its turn each side waits until all threads sleep, then warms up its own, and only then is timed.
"""

import gc
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Pace(NamedTuple):
    """How long to race; times in seconds."""

    rounds: int = 15
    settle: float = 0.04  # OpenBLAS's threads stay awake longest, 2**26 ticks of the clock: some 30 ms
    warm_up: float = 0.02
    warm_up_calls: int = 2
    block: float = 0.03  # timed calls are repeated until a block is this long
    clock: Callable = time.perf_counter


NAIVE = {"settle": 0, "warm_up": 0, "warm_up_calls": 0, "block": 0}  # one call a turn, without a pause


class Spread(NamedTuple):
    """The median and the quartiles around it: half of all rounds lay between ``low`` and ``high``."""

    median: float
    low: float
    high: float


def race(sides, pace):
    """Time every side in turns, A B C, B C A, C A B, and so on.

    Parameters
    ----------
    sides : dict of name to dict of name to callable
        For each side the passes to time, such as ``{"forward": f, "backward": g}``: functions without arguments.
    pace : Pace

    Returns
    -------
    times : dict of side to dict of pass to list of float
        Seconds per call, one number per round.
    """
    names = list(sides)
    times = {name: {label: [] for label in passes} for name, passes in sides.items()}
    gc.collect()
    gc.disable()
    try:
        for number in range(pace.rounds):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                time.sleep(pace.settle)
                for label, call in sides[name].items():
                    times[name][label].append(_time_block(call, pace))
    finally:
        gc.enable()
    return times


def _time_block(call, pace):
    """Return the seconds of one call: the mean over a block of calls, after a warm-up."""
    clock = pace.clock
    calls, start = 0, clock()
    while calls < pace.warm_up_calls or clock() - start < pace.warm_up:
        call()
        calls += 1
    calls, start, seconds = 0, clock(), 0.0
    while calls == 0 or seconds < pace.block:
        call()
        calls += 1
        seconds = clock() - start
    return seconds / calls


def spread(values):
    """Return the `Spread` of a list of numbers.

    >>> spread([1.0, 2.0, 3.0, 4.0, 100.0])
    Spread(median=3.0, low=2.0, high=4.0)
    """
    low, median, high = np.percentile(values, [25, 50, 75])
    return Spread(float(median), float(low), float(high))


def ratio(ours, theirs):
    """Return the ratio of two medians, with the quartiles of the ratios round by round.

    >>> ratio([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    Spread(median=0.5, low=0.5, high=0.5)
    """
    by_round = spread([a / b for a, b in zip(ours, theirs, strict=True)])
    return Spread(spread(ours).median / spread(theirs).median, by_round.low, by_round.high)


class DisagreementError(RuntimeError):
    """Two sides computed different numbers: there is nothing to race about."""


def check_agreement(what, values, expected, tolerance):
    """Refuse to go on where two sides differ by more than ``tolerance`` times the largest entry, array by array.

    An array that is small beside the largest of all is measured at a thousandth of that one: its rounding errors
    come from there.
    """
    if values.keys() != expected.keys():
        raise DisagreementError(f"{what}: one side gives {sorted(values)}, the other {sorted(expected)}")
    largest = max(float(np.abs(array).max()) for array in expected.values())
    for name, array in expected.items():
        value = values[name]
        if value.shape != array.shape:
            raise DisagreementError(f"{what}: {name} has shape {value.shape} on one side, {array.shape} on the other")
        error = float(np.abs(value - array).max()) / max(float(np.abs(array).max()), 1e-3 * largest)
        if not error <= tolerance:  # so written, NaN is refused too
            raise DisagreementError(f"{what}: {name} is off by {error:.1e} of its largest entry, over {tolerance:.0e}")
