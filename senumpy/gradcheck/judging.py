"""The acceptance rule: how far apart may two gradients be and still be the same?

An absolute tolerance passes anything once the loss is small; an error entry by entry fails a correct gradient wherever
an entry is truly zero. So the yardstick is the tensor's own largest entry, and never less than a thousandth of the
largest entry of all.
"""

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.differences import tolerance
from senumpy.gradcheck.directions import DROWNED
from senumpy.gradcheck.report import TensorResult
from senumpy.gradcheck.truth import SMALL


def largest_entry(measured):
    """Return G, the largest entry of the numerical gradients of all tensors."""
    return max(largest_of(m.values) for m in measured.values())


def judge(probe, analytic, measured, problems, dtype):
    """Apply ``max |a - n| <= tolerance * max(max |n|, G / 1000)`` to each tensor.

    Real differences cannot tell apart what lies below their own rounding error, so they never ask for more than that.
    """
    largest = largest_entry(measured)
    results = {}
    for name, m in measured.items():
        a, entries = analytic[name], probe.entries[name]
        yardstick = max(largest_of(m.values), SMALL * largest)
        if m.floor > DROWNED * yardstick and a is not None:
            yardstick = max(yardstick, largest_of(a))  # what was measured has drowned: its size means nothing
        allowed = max(tolerance(m.method, dtype), m.floor / yardstick if yardstick > 0 else 0.0)
        known = entries[np.isfinite(m.values.flat[entries])]
        if len(known) < len(entries):
            m.blind_spots.append(_nothing_known(name, len(entries) - len(known), len(entries)))
        error, worst, problem = _error(a, m.values, known, yardstick, problems.get(name, ""))
        fails = bool(problem) or error > allowed  # NaN where nothing is known
        coarse = max(m.coarse, m.floor) > DROWNED * yardstick and allowed > tolerance(m.method, dtype)
        coarse = coarse and m.method != "forward"
        if coarse and not fails:
            m.blind_spots.append(
                f"{name}: real differences tell no more than {allowed:.0e} of the gradient, because rounding is large "
                "beside it: does forward compute in float32, or add a large constant, or is the gradient truly zero?"
            )
        zero = a is not None and not np.any(a) and not np.any(m.values.flat[known])
        results[name] = TensorResult(
            name=name,
            shape=m.values.shape,
            status="FAIL" if fails else "INCONCLUSIVE" if zero or coarse else "PASS",
            error=error,
            tolerance=allowed,
            worst_index=worst,
            analytic=a,
            numeric=m.values,
            entries=len(known),
            size=m.values.size,
            method=m.method,
            problem=problem,
            yardstick=yardstick,
        )
    return results


def _nothing_known(name, unknown, entries):
    return (
        f"{name}: no real difference is finite at {unknown} of {entries} entries, and nothing is known about them: "
        "does forward give NaN here, or do they lie at the edge of its domain (a root or a logarithm at 0)?"
    )


def _error(a, numeric, entries, yardstick, problem):
    """Return (relative error, worst index, problem) for one tensor."""
    if a is None:
        return np.inf, None, problem or "backward returned no gradient that could be compared"
    if not len(entries):
        return np.nan if not problem else np.inf, None, problem
    gap = np.abs(a.flat[entries] - numeric.flat[entries])
    worst = entries[int(np.argmax(gap))]
    error = float(gap.max() / yardstick) if yardstick > 0 else (0.0 if gap.max() == 0 else np.inf)
    return error, tuple(int(i) for i in np.unravel_index(worst, numeric.shape)), problem
