"""What the comparison entry by entry has not seen is seen along directions through all entries.

That is the entries that were not drawn, and terms below the tolerance of central differences, where forward hides such
terms from the complex step.
"""

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.directions import DIRECTIONS, confirm, off_the_kinks, random_direction
from senumpy.gradcheck.numerical import directional_derivative, tiny_step
from senumpy.gradcheck.rounding import rounding
from senumpy.gradcheck.vouching import TWICE

ROUNDING = 1e-9  # of the largest entry: what backward itself may round away
SPARE = 8  # the errors that backward's own rounding makes at all entries add up along a direction


def judge_between(pair, probe, analytic, measured, results, rng):
    """Fail a tensor of which only a part was checked if its gradient is wrong along directions through all entries.

    At a kink a direction means nothing, so ask a second time a little way off, with the gradient that belongs there.
    Where the directions see less than the tolerance of the table promises, a note says what they see.
    """
    for name, result in results.items():
        if len(probe.entries[name]) == result.size or result.status == "FAIL":
            continue
        m, x = measured[name], probe.values[name]

        def f(moved, name=name):
            return pair.forward({**probe.values, name: moved})[0]

        seen = _error_along(f, x, analytic[name], probe.dout, result, rng)
        if seen is None:
            off = off_the_kinks(x, rng)
            _, cache = pair.forward({**probe.values, name: off})
            if _error_along(f, off, pair.backward(probe.dout.copy(), cache)[0][name], probe.dout, result, rng) is None:
                result.status = "FAIL"
                result.problem = f"d{name} is right at the {result.entries} entries drawn, and wrong somewhere else"
            else:
                m.blind_spots.append(
                    f"{name}: right at the {result.entries} entries drawn, but others lie on a kink or close beside "
                    "it (a ReLU at 0, a tie in a max pool): there the probe cannot judge, move it off the kink"
                )
        elif seen > result.tolerance:
            m.notes.append(
                f"{name}: of the {result.size - result.entries} entries that were not drawn, {DIRECTIONS} random "
                f"directions tell that none is wrong by more than {seen:.0e} of the largest"
            )


def judge_below_tolerance(pair, probe, analytic, measured, results, rng):
    """Say so where real differences contradict a backward that passed: by less than they are trusted with, but clearly.

    That happens where forward is not analytic. There the complex step cannot see a small term that went through abs,
    var or a real part, and a backward that forgets it agrees with it to the last digit.
    """
    for name, result in results.items():
        if measured[name].analytic or measured[name].blind_spots or result.status != "PASS":
            continue
        x, a = probe.values[name], analytic[name]

        def f(moved, name=name):
            return pair.forward({**probe.values, name: moved})[0]

        most = TWICE * result.tolerance * result.yardstick * x.size  # what entries that pass can add up to
        gap = _gap_along(f, x, a, probe.dout, rng)
        if gap > most:  # a kink next to the probe
            off = off_the_kinks(x, rng)
            _, cache = pair.forward({**probe.values, name: off})
            gap = _gap_along(f, off, pair.backward(probe.dout.copy(), cache)[0][name], probe.dout, rng)
        if ROUNDING * result.yardstick < gap <= most:
            measured[name].blind_spots.append(
                f"{name}: along a random direction d{name} is off by {gap / result.yardstick:.0e} of its largest "
                "entry. No single entry is off by more than is allowed here, but this is no rounding: does backward "
                "compute to fewer digits, or forget a small term that forward takes through abs, var or the real part?"
            )


def _gap_along(f, x, a, dout, rng):
    """Return the largest contradiction between a gradient and real differences along random directions, 0 for none."""
    noise, worst = rounding(f, x, dout, rng), 0.0
    for _ in range(DIRECTIONS):
        u = random_direction(x, rng)
        found = confirm(f, x, u, float(np.sum(np.where(np.isfinite(x), a * u, 0.0))), dout, noise, 0.0)
        worst = max(worst, found.to if found.contradicted else 0.0)
    return worst


def _error_along(f, x, a, dout, result, rng):
    """Return the relative error that an entry could have without being seen along random directions, None if one is."""
    largest = max(largest_of(result.numeric), largest_of(a))
    yardstick = max(largest, result.yardstick)
    goal = yardstick * max(result.tolerance / TWICE, SPARE * result.error * np.sqrt(x.size))
    noise = 0.0 if result.method == "complex_step" else rounding(f, x, dout, rng)
    worst = 0.0
    for _ in range(DIRECTIONS):
        u = random_direction(x, rng)
        slope = float(np.sum(np.where(np.isfinite(x), a * u, 0.0)))
        if result.method == "complex_step":
            gap = abs(directional_derivative(f, x, u, "complex_step", tiny_step(x), dout) - slope)
            if not gap <= goal:
                return None
        else:
            found = confirm(f, x, u, slope, dout, noise, goal)
            if found.contradicted:
                return None
            worst = max(worst, TWICE * found.to / yardstick if found.inside and yardstick > 0 else 0.0)
    return worst
