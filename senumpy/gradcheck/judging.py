"""The acceptance rule: how far apart may two gradients be and still be the same?

An absolute tolerance passes anything once the loss is small; an error entry by entry fails a correct gradient wherever
an entry is truly zero. So the yardstick is the tensor's own largest entry, and never less than a thousandth of the
largest entry of all.
"""

import numpy as np

from senumpy.gradcheck.differences import DROWNED, largest_of, tolerance
from senumpy.gradcheck.directions import DIRECTIONS, agrees_along_random_directions, unit
from senumpy.gradcheck.numerical import directional_derivative
from senumpy.gradcheck.report import TensorResult
from senumpy.gradcheck.truth import SMALL

BESIDE = 1e-4  # of the size of an input: far enough off a corner, and still the same neighbourhood


def largest_entry(measured):
    """Return G, the largest entry of the numerical gradients of all tensors."""
    return max(largest_of(m.values) for m in measured.values())


def judge(probe, analytic, measured, problems, dtype):
    """Apply ``max |a - n| <= tolerance * max(max |n|, G / 1000)`` to each tensor.

    Real differences cannot tell apart what lies below their own rounding error, so they never ask for more than that.

    Parameters
    ----------
    probe : Probe
    analytic : dict of arrays or None
    measured : dict of Measured
    problems : dict of str to str
        What is wrong with the shape, dtype or presence of a gradient.
    dtype : {"float64", "float32"}
        The precision that backward ran in.

    Returns
    -------
    dict of str to TensorResult
    """
    largest = largest_entry(measured)
    results = {}
    for name, m in measured.items():
        a, entries = analytic[name], probe.entries[name]
        yardstick = max(largest_of(m.values), SMALL * largest)
        allowed = tolerance(m.method, dtype)
        if yardstick > 0:
            allowed = max(allowed, m.floor / yardstick)
        if allowed > DROWNED and m.method != "forward":
            m.blind_spots.append(
                f"{name}: the rounding error of the differences is as large as {allowed:.0e} of the gradient: does "
                "forward compute in float32, or add a large constant to its output?"
            )
        error, worst, problem = _error(a, m.values, entries, yardstick, problems.get(name, ""))
        fails = bool(problem) or not error <= allowed
        zero = a is not None and not np.any(a) and not np.any(m.values.flat[entries])
        results[name] = TensorResult(
            name=name,
            shape=m.values.shape,
            status="FAIL" if fails else "INCONCLUSIVE" if zero else "PASS",
            error=error,
            tolerance=allowed,
            worst_index=worst,
            analytic=a,
            numeric=m.values,
            entries=len(entries),
            size=m.values.size,
            method=m.method,
            problem=problem,
        )
    return results


def judge_between(pair, probe, analytic, measured, results, rng):
    """Fail a tensor of which only a part was checked if its gradient is wrong along directions through all entries.

    At a corner a direction means nothing, so ask a second time a little way off, with the gradient that belongs there.
    """
    largest = largest_entry(measured)
    for name, result in results.items():
        if result.entries == result.size or result.status == "FAIL":
            continue
        m, x, a = measured[name], probe.values[name], analytic[name]

        def f(moved, name=name):
            return pair.forward({**probe.values, name: moved})[0]

        def right(x, a, f=f, m=m, tolerance=result.tolerance):
            yardstick = max(largest_of(m.values), largest_of(a), SMALL * largest)
            if m.method == "complex_step":
                return _agrees_by_complex_step(f, x, a, probe.dout, tolerance * yardstick, rng)
            return agrees_along_random_directions(f, x, a, probe.dout, yardstick, rng)

        if right(x, a):
            continue
        off = x + BESIDE * np.sqrt(np.mean(x * x)) * rng.standard_normal(x.shape)
        _, cache = pair.forward({**probe.values, name: off})
        if right(off, pair.backward(probe.dout.copy(), cache)[0][name]):
            m.blind_spots.append(
                f"{name}: right at the {result.entries} entries drawn, but others lie exactly on a corner (a ReLU at "
                "0, a tie in a max pool): there the probe cannot judge, move it off the corner"
            )
            continue
        result.status = "FAIL"
        result.problem = f"d{name} is right at the {result.entries} entries drawn, and wrong somewhere else"


def _agrees_by_complex_step(f, x, a, dout, tolerance, rng):
    for _ in range(DIRECTIONS):
        u = unit(rng.standard_normal(x.shape))
        gap = abs(directional_derivative(f, x, u, "complex_step", 1e-30, dout) - np.sum(a * u))
        if not gap <= tolerance * np.sqrt(x.size):  # the errors of all entries add up along u, at most to this
            return False
    return True


def _error(a, numeric, entries, yardstick, problem):
    """Return (relative error, worst index, problem) for one tensor."""
    if a is None:
        return np.inf, None, problem or "backward returned no gradient that could be compared"
    n = numeric.flat[entries]
    if not np.isfinite(n).all():
        return np.inf, None, problem or "the numerical derivative is not finite: does forward give NaN or infinity?"
    gap = np.abs(a.flat[entries] - n)
    worst = entries[int(np.argmax(gap))]
    error = float(gap.max() / yardstick) if yardstick > 0 else (0.0 if gap.max() == 0 else np.inf)
    return error, tuple(int(i) for i in np.unravel_index(worst, numeric.shape)), problem
