"""Real differences work on any code, but they can step over a corner: then shorten the step, or look at both sides."""

from dataclasses import dataclass, field

import numpy as np

from senumpy.gradcheck.numerical import STEPS, numerical_gradient

FLOAT32_TOLERANCE = 1e-4
TOLERANCES = {"forward": 1e-3, "central": 1e-7, "five_point": 1e-7, "complex_step": 1e-10}
RETRIES = {"forward": (1e-7,), "central": (1e-6, 1e-7, 1e-4), "five_point": (1e-4, 1e-5, 1e-6), "complex_step": ()}
CORNER_STEPS = (1e-7, 1e-8)
DROWNED = 1e-3  # a difference whose rounding error exceeds this part of the gradient says nothing
CORNER = 1e-3  # the two sides of a corner differ by more than this part of the largest gradient entry


@dataclass
class Measured:
    """The numerical derivative for one tensor, how it was taken, and what came up on the way."""

    values: np.ndarray
    method: str
    floor: float = 0.0  # rounding error of the quotient itself: nothing below it can be told apart
    notes: list = field(default_factory=list)
    blind_spots: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


def tolerance(method, dtype):
    """Return how far the two gradients may be apart, as a part of the largest entry."""
    return max(TOLERANCES[method], FLOAT32_TOLERANCE if dtype == "float32" else 0)


def by_differences(name, f, x, dout, entries, analytic, method="central", dtype="float64"):
    """Differentiate with real differences, and again with other steps where they disagree with the analytic gradient.

    A wrong gradient is wrong at every step. A disagreement that goes away with a smaller step was a corner that the
    larger one had crossed. Entries that sit exactly on a corner have two
    one-sided derivatives; there anything between the two is accepted, and the report says that this proves little.

    Parameters
    ----------
    name : str
    f : callable
        From an array like x to the output.
    x, dout : array
    entries : array of int
        Flat indices to differentiate.
    analytic : array or None
    method : {"central", "five_point", "forward"}
    dtype : {"float64", "float32"}
        The precision that the analytic gradient was computed in.

    Returns
    -------
    Measured
    """
    values = numerical_gradient(f, x, method, dout=dout, entries=entries)
    measured = Measured(values, method, floor=_rounding(f, x, dout) / STEPS[method])
    if analytic is None or measured.floor > DROWNED * largest_of(values):
        return measured

    least = min(largest_of(values), largest_of(analytic))  # too long a step exaggerates values
    allowed = tolerance(method, dtype) * least
    disputed = _disagreeing(values, analytic, entries, allowed)
    for h in _steps(x, RETRIES[method]):
        if not len(disputed):
            return measured
        again = numerical_gradient(f, x, method, h, dout=dout, entries=disputed)
        still = _disagreeing(again, analytic, disputed, allowed)
        settled = np.setdiff1d(disputed, still)
        values.flat[settled] = again.flat[settled]
        disputed = still

    at_corner, left, right = corners(f, x, dout, disputed, largest_of(values))
    if len(at_corner):
        low, high = np.minimum(left, right), np.maximum(left, right)
        values.flat[at_corner] = np.clip(analytic.flat[at_corner], low, high)
        measured.blind_spots.append(
            f"{len(at_corner)} entries of {name} lie exactly on a corner (a ReLU at 0, a tie in a max pool): there any "
            "slope between the two sides passes; move the probe off the corner"
        )
    return measured


def corners(f, x, dout, entries, scale):
    """Find the entries at which f has a corner: the slopes on its two sides differ, however close one looks.

    Returns
    -------
    at_corner : array of int
        Flat indices.
    left, right : array
        The one-sided derivatives there.
    """
    bent, rounding = np.ones(len(entries), dtype=bool), _rounding(f, x, dout)
    for h in CORNER_STEPS:
        right = numerical_gradient(f, x, "forward", h, dout=dout, entries=entries).flat[entries]
        left = -numerical_gradient(lambda a: f(2 * x - a), x, "forward", h, dout=dout, entries=entries).flat[entries]
        bent &= np.abs(right - left) > CORNER * max(scale, largest_of(left), largest_of(right)) + rounding / h
    return entries[bent], left[bent], right[bent]


def _steps(x, relative):
    """Steps to try: for numbers of size 1 or larger, then for the size that the entries of x really have."""
    size = float(np.sqrt(np.mean(x * x)))
    yield from (h * max(1.0, size) for h in relative)
    if 0 < size < 0.1:
        yield from (h * size for h in (1e-3, 1e-5))


def largest_of(values):
    """Return the largest absolute entry; NaN (not measured) does not count."""
    return float(np.nanmax(np.abs(values), initial=0.0))


def _rounding(f, x, dout):
    """Estimate the rounding error in the difference of two outputs, weighted by dout."""
    out = f(x.copy())
    return 4 * float(np.finfo(out.dtype).eps) * float(np.linalg.norm(dout * out))


def _disagreeing(values, analytic, entries, allowed):
    gap = np.abs(values.flat[entries] - analytic.flat[entries])
    return entries[~(gap <= allowed)]
