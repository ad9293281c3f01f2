"""One real difference along a random direction speaks for all entries of a gradient at once.

How far can it be trusted? A long step bends away from the slope or crosses a kink, a short one drowns in rounding.
So a whole ladder of steps is tried, each a quarter of the one before, and the bending is taken out by Richardson's
extrapolation: central differences D(h) and D(h/4) have errors c h^2 and c h^2 / 16, so (16 D(h/4) - D(h)) / 15 has
none of order h^2, and so on up the orders (W. Romberg's table). What agrees with an expected slope at one place of the
table has been confirmed to the rounding error of the step there, and no further.
"""

from typing import NamedTuple

import numpy as np

from senumpy.gradcheck.numerical import directional_derivative, length, smallest_of

LONGEST = 0.05  # of numbers of size 1: the first step of the ladder
SHORTEST = 1e-10
CLOSE = 1e-4  # of the smallest entry: it may sit beside a pole, a root or a logarithm's edge
ORDERS = 4  # columns of the table
ENOUGH = 6  # steps inside the domain that are tried at least, however short they are
DIRECTIONS = 4
BESIDE = 1e-4  # of the size of an input: far enough off a kink, and still the same neighbourhood
FINER, SAME = 20, 3  # a gap that is the same where rounding is so many times smaller is no rounding
DROWNED = 1e-3  # a difference whose rounding error exceeds this part of the gradient says nothing


class Confirmed(NamedTuple):
    """How far real differences confirm a slope.

    Attributes
    ----------
    to : float
        The error that could still be there: how far the closest difference is away, at least its own rounding error.
    contradicted : bool
        Whether that is too far for rounding: the slope is off by so much.
    inside : bool
        Whether any step at all stayed inside the domain of the function.
    slope : float
        What the closest difference says, NaN if none was finite.
    """

    to: float
    contradicted: bool
    inside: bool
    slope: float


def confirm(f, x, direction, expected, dout, noise, goal):
    """Hold the slope of ``sum(dout * f(x))`` along a direction against real differences, down to an error of ``goal``.

    Examples
    --------
    >>> x, u, one = np.array([3.0, 0.5]), np.array([0.6, 0.8]), np.ones(2)
    >>> right = confirm(np.exp, x, u, np.sum(np.exp(x) * u), one, 1e-15, 1e-10)
    >>> right.contradicted, right.to <= 1e-10
    (False, True)
    >>> wrong = confirm(np.exp, x, u, np.sum(np.exp(x) * u) + 1e-7, one, 1e-15, 1e-10)
    >>> wrong.contradicted, abs(wrong.to - 1e-7) < 1e-8
    (True, True)
    """
    size, row, seen, inside, expected = size_of(x), [], [], 0, float(expected)
    h, shortest = LONGEST * max(1.0, size), min(SHORTEST * size, CLOSE * smallest_of(x))
    while h > max(shortest, 1e-20 * size) or (inside < ENOUGH and h > 1e-20 * size):
        if LONGEST * size < h < SHORTEST:  # nothing happens between the two sizes
            row, h = [], LONGEST * size
        row = _next_row(row, directional_derivative(f, x, direction, "central", h, dout))
        inside += bool(np.isfinite(row[0]))
        drowned = noise / h
        seen += [(max(gap, drowned), gap, drowned, slope) for slope in row if np.isfinite(gap := abs(slope - expected))]
        to, _, _, closest = min(seen, default=(np.inf, 0.0, 0.0, np.nan))
        if to <= goal or drowned > to:
            break  # good enough, or shorter steps can only be worse
        h /= 4
    finer = [(gap, slope) for _, gap, drowned, slope in seen if FINER * drowned <= to and gap <= SAME * to]
    if finer and to > goal:
        return Confirmed(float(finer[-1][0]), True, True, float(finer[-1][1]))
    return Confirmed(float(to), False, inside > 0, float(closest))


def _next_row(above, first):
    """Return the next row of Romberg's table: one more central difference, extrapolated with those of longer steps."""
    row = [first]
    for k, longer in enumerate(above[: ORDERS - 1], 1):
        row.append(row[-1] + (row[-1] - longer) / (16.0**k - 1))
    return row


def random_direction(x, rng):
    """Draw a direction in which every entry moves, none of them much more than another.

    So an error in a single entry is seen along it, however many there are.
    """
    return rng.choice([-1.0, 1.0], x.shape) * rng.uniform(0.5, 1.5, x.shape)


def size_of(x):
    """Return the root of the mean square of the finite entries, 1 if they are all zero."""
    x = x[np.isfinite(x)]
    return length(x) / np.sqrt(max(1, x.size)) or 1.0


def off_the_kinks(x, rng):
    """Return x a little way off the kinks that it may sit on, no nearer to a domain's edge at 0."""
    away = BESIDE * size_of(x) * np.abs(rng.standard_normal(x.shape))
    return x + away * np.where(x == 0, rng.choice([-1.0, 1.0], x.shape), np.sign(x))
