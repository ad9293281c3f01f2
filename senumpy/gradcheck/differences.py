"""Real differences work on any code, but they can step over a corner: then shorten the step, or look at both sides."""

from dataclasses import dataclass, field

import numpy as np

from senumpy.gradcheck.directions import DROWNED, size_of
from senumpy.gradcheck.numerical import STEPS, numerical_gradient

FLOAT32_TOLERANCE = 1e-4
TOLERANCES = {"forward": 1e-3, "central": 1e-7, "five_point": 1e-7, "complex_step": 1e-10}
RETRIES = {"forward": (1e-7,), "central": (1e-6, 1e-7, 1e-4), "five_point": (1e-4, 1e-5, 1e-6), "complex_step": ()}
NEAR_AN_EDGE = (1e-9, 1e-11, 1e-13)  # where longer steps have left the domain
CORNER_STEPS = (1e-7, 1e-8)
CORNER = 1e-3  # the two sides of a corner differ by more than this part of the largest gradient entry


@dataclass
class Measured:
    """The numerical derivative for one tensor, how it was taken, and what came up on the way."""

    values: np.ndarray
    method: str
    floor: float = 0.0  # how far the values themselves can be off: nothing below it can be told apart
    notes: list = field(default_factory=list)
    blind_spots: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


def tolerance(method, dtype):
    """Return how far the two gradients may be apart, as a part of the largest entry."""
    return max(TOLERANCES[method], FLOAT32_TOLERANCE if dtype == "float32" else 0)


def by_differences(name, f, x, dout, entries, analytic, noise, method="central", dtype="float64"):
    """Differentiate with real differences, and again with other steps where they disagree with the analytic gradient.

    A wrong gradient is wrong at every step. A disagreement that goes away with a smaller step was a corner that the
    larger one had crossed, or the edge of the domain. Entries that sit exactly on a corner have two one-sided
    derivatives; there anything between the two is accepted, and the report says that this proves little.

    Parameters
    ----------
    name : str
    f : callable
        From an array like x to the output.
    x, dout : array
    entries : array of int
        Flat indices to differentiate.
    analytic : array or None
    noise : float
        The rounding error of ``sum(dout * f(x))``, see `rounding`.
    method : {"central", "five_point", "forward"}
    dtype : {"float64", "float32"}
        The precision that the analytic gradient was computed in.

    Returns
    -------
    Measured
    """
    values = numerical_gradient(f, x, method, dout=dout, entries=entries)
    measured = Measured(values, method, floor=noise / STEPS[method])
    if analytic is None or measured.floor > DROWNED * largest_of(values) > 0:
        return measured

    least = min(largest_of(values), largest_of(analytic))  # too long a step exaggerates values
    allowed = tolerance(method, dtype) * least
    disputed = _disagreeing(values, analytic, entries, allowed)
    for h in _steps(x, RETRIES[method]):
        disputed = _settle(disputed, f, x, method, lambda i, h=h: h, dout, values, analytic, allowed)
    for h in (1e-3, 1e-5):  # then for the size of the entry itself, beside a root's or a logarithm's pole
        small = disputed[(np.abs(x.flat[disputed]) < 1e-3) & (x.flat[disputed] != 0)]
        left = _settle(small, f, x, method, lambda i, h=h: h * abs(x.flat[i]), dout, values, analytic, allowed)
        disputed = np.union1d(np.setdiff1d(disputed, small), left)
    for h in NEAR_AN_EDGE:
        outside = disputed[~np.isfinite(values.flat[disputed])]
        left = _settle(outside, f, x, method, lambda i, h=h: h, dout, values, analytic, allowed)
        disputed = np.union1d(np.setdiff1d(disputed, outside), left)

    at_corner, left, right = corners(f, x, dout, disputed, largest_of(values), noise)
    if len(at_corner):
        low, high = np.minimum(left, right), np.maximum(left, right)
        values.flat[at_corner] = np.clip(analytic.flat[at_corner], low, high)
        measured.blind_spots.append(
            f"{len(at_corner)} entries of {name} lie exactly on a corner (a ReLU at 0, a tie in a max pool): there any "
            "slope between the two sides passes; move the probe off the corner"
        )
    return measured


def _settle(disputed, f, x, method, step, dout, values, analytic, allowed):
    """Differentiate once more where backward disagrees, keep what then agrees or is finite at last, return the rest."""
    still = []
    for i in disputed:
        again = numerical_gradient(f, x, method, step(i), dout=dout, entries=[i]).flat[i]
        agrees = abs(again - analytic.flat[i]) <= allowed
        if agrees or (np.isfinite(again) and not np.isfinite(values.flat[i])):
            values.flat[i] = again
        if not agrees:
            still.append(i)
    return np.array(still, dtype=int)


def corners(f, x, dout, entries, scale, noise):
    """Find the entries at which f has a corner: the slopes on its two sides differ, however close one looks.

    Returns
    -------
    at_corner : array of int
        Flat indices.
    left, right : array
        The one-sided derivatives there.
    """
    bent, sides, size = [], [], min(1.0, size_of(x))
    for i in entries:
        close = [h * size for h in CORNER_STEPS]
        if 0 < abs(x.flat[i]) < 1e-3 * size:  # a row of tiny numbers bends where larger ones have long gone straight
            close.append(1e-4 * abs(x.flat[i]))
        slopes = [_one_sided(f, x, dout, i, h) for h in close]
        bent.append(all(
            abs(right - left) > CORNER * max(scale, abs(left), abs(right)) + noise / h
            for (left, right), h in zip(slopes, close, strict=True)
        ))  # fmt: skip
        sides.append(slopes[-1])
    bent, (left, right) = np.array(bent, dtype=bool), np.array(sides).reshape(-1, 2).T
    return np.asarray(entries, dtype=int)[bent], left[bent], right[bent]


def _one_sided(f, x, dout, i, h):
    right = numerical_gradient(f, x, "forward", h, dout=dout, entries=[i]).flat[i]

    def mirrored(a):
        return f(np.where(np.isfinite(x), 2 * x - a, x))

    return -numerical_gradient(mirrored, x, "forward", h, dout=dout, entries=[i]).flat[i], right


def _steps(x, relative):
    """Steps to try: for numbers of size 1 or larger, then for the size that the entries of x really have."""
    size = size_of(x)
    yield from (h * max(1.0, size) for h in relative)
    if size < 0.1:
        yield from (h * size for h in (1e-3, 1e-5))


def largest_of(values):
    """Return the largest absolute finite entry; NaN (not measured) does not count."""
    values = np.abs(values)
    return float(np.max(values[np.isfinite(values)], initial=0.0))


def _disagreeing(values, analytic, entries, allowed):
    gap = np.abs(values.flat[entries] - analytic.flat[entries])
    return entries[~(gap <= allowed)]
