"""Real differences work on any code, but they can step over a kink: then shorten the step, or look at both sides."""

from dataclasses import dataclass, field

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.directions import DROWNED, confirm, size_of
from senumpy.gradcheck.numerical import STEPS, change, length, numerical_gradient

FLOAT32_TOLERANCE = 1e-4
TOLERANCES = {"forward": 1e-3, "central": 1e-7, "five_point": 1e-7, "complex_step": 1e-10}
RETRIES = {"forward": (1e-7,), "central": (1e-6, 1e-7, 1e-4), "five_point": (1e-4, 1e-5, 1e-6), "complex_step": ()}
NUDGE = 0.01  # of an entry: the outputs that follow it share its rounding error
ENOUGH = 8  # disputed entries in a row, each wrong whatever the step: the gradient is wrong
KINK_STEPS = (1e-7, 1e-8)
KINK = 1e-3  # the two sides of a kink differ by more than this part of the largest gradient entry


@dataclass
class Measured:
    """The numerical derivative for one tensor, how it was taken, and what came up on the way."""

    values: np.ndarray
    method: str
    floor: float = 0.0  # how far the values themselves can be off: nothing below it can be told apart
    coarse: float = 0.0  # the error that rounding made at the usual step, where that was too much
    analytic: bool = True  # whether forward seems to be, in the sense of complex numbers
    notes: list = field(default_factory=list)
    blind_spots: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


def tolerance(method, dtype):
    """Return how far the two gradients may be apart, as a part of the largest entry."""
    return max(TOLERANCES[method], FLOAT32_TOLERANCE if dtype == "float32" else 0)


def by_differences(name, f, x, dout, entries, analytic, noise, method="central", dtype="float64"):
    """Differentiate with real differences, and again with other steps where they disagree with the analytic gradient.

    A wrong gradient is wrong at every step. A disagreement that goes away with a smaller step was a kink that the
    larger one had crossed, or the edge of the domain. Entries that sit exactly on a kink have two one-sided
    derivatives; there anything between the two is accepted, and the report says that this proves little.
    """
    values = numerical_gradient(f, x, method, dout=dout, entries=entries)
    measured = Measured(values, method, floor=noise / STEPS[method])
    if analytic is None:
        return measured
    if drowned := measured.floor > DROWNED * max(largest_of(values), largest_of(analytic)) > 0:
        measured.coarse, measured.floor = measured.floor, 0.0  # each entry gets the best step of a whole ladder below

    least = min(largest_of(values), largest_of(analytic))  # too long a step exaggerates values
    allowed = tolerance(method, dtype) * least
    disputed = entries if drowned else _disagreeing(values, analytic, entries, allowed)
    for h in () if drowned else _steps(x, RETRIES[method]):
        if not len(disputed):
            return measured
        again = numerical_gradient(f, x, method, h, dout=dout, entries=disputed)
        still = _disagreeing(again, analytic, disputed, allowed)
        settled = np.setdiff1d(disputed, still)
        values.flat[settled] = again.flat[settled]
        disputed = still
    disputed = _look_closer(measured, f, x, dout, disputed, analytic, noise, allowed, drowned)

    at_kink, left, right = kinks(f, x, dout, disputed, largest_of(values), noise)
    if len(at_kink):
        low, high = np.minimum(left, right), np.maximum(left, right)
        values.flat[at_kink] = np.clip(analytic.flat[at_kink], low, high)
        measured.blind_spots.append(
            f"{len(at_kink)} entries of {name} lie on a kink or close beside it (a ReLU at 0, a tie in a max "
            "pool): there any slope between the two sides passes; move the probe off the kink"
        )
    return measured


def _look_closer(measured, f, x, dout, disputed, analytic, noise, allowed, drowned):
    """Climb down a whole ladder of steps where no single one agrees, and return the entries that are still disputed.

    Close to the edge of a domain long steps fall off it, and short ones drown: where the best one can tell no more
    than that backward is right to so many digits, the tolerance grows to that. Where backward is wrong at the first
    entries looked at, there is nothing to be saved, and the others are left as they are.
    """
    still = []
    for k, i in enumerate(disputed):
        if k == ENOUGH == len(still) and not drowned:
            return disputed
        direction = np.zeros(x.shape)
        direction.flat[i] = 1.0
        here = _noise_of_entry(i, f, x, dout, analytic, noise)
        found = confirm(f, x, direction, analytic.flat[i], dout, here, allowed)
        if found.inside and (drowned or not found.contradicted or not np.isfinite(measured.values.flat[i])):
            measured.values.flat[i] = found.slope
        if found.contradicted or not found.inside:
            still.append(i)
        elif found.to > allowed:
            measured.floor = max(measured.floor, found.to)
    return np.array(still, dtype=int)


def _noise_of_entry(i, f, x, dout, analytic, noise):
    """Return the rounding error of a difference by one entry: outputs that it does not move add none to it."""
    with np.errstate(all="ignore"):
        out, nudged = f(x.copy()), x.copy()
        nudged.flat[i] += NUDGE * (x.flat[i] or size_of(x))
        weighed = np.where(np.isfinite(out), dout * out, 0.0)
        moved = np.where(change(f(nudged), out) == 0, 0.0, weighed)
    share = length(moved) / (length(weighed) or 1.0) or out.size**-0.5  # where it moves less than a stair
    return share * noise + float(np.finfo(float).eps) * abs(x.flat[i] * analytic.flat[i])


def kinks(f, x, dout, entries, scale, noise):
    """Find the entries at which f has a kink: the slopes on its two sides differ, however close one looks.

    Returns
    -------
    at_kink : array of int
        Flat indices.
    left, right : array
        The one-sided derivatives there.
    """
    bent, sides, size = [], [], min(1.0, size_of(x))
    for i in entries:
        close = [h * size for h in KINK_STEPS]
        if 0 < abs(x.flat[i]) < 1e-3 * size:  # a row of tiny numbers bends where larger ones have long gone straight
            close.append(1e-4 * abs(x.flat[i]))
        slopes = [_one_sided(f, x, dout, i, h) for h in close]
        bent.append(all(
            abs(right - left) > KINK * max(scale, abs(left), abs(right)) + noise / h
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


def _disagreeing(values, analytic, entries, allowed):
    gap = np.abs(values.flat[entries] - analytic.flat[entries])
    return entries[~(gap <= allowed)]
