"""A wrong gradient often resembles the right one: up to a factor, or a mask. Each look-alike has its own cause."""

from itertools import combinations

import numpy as np

SAME = 1e-6  # two gradients look alike if they agree to this part of the larger one


def alike(a, b):
    """Tell whether two arrays have the same shape and nearly the same entries, seen from the largest of them.

    >>> alike(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-9]))
    True
    """
    return a.shape == b.shape and bool(np.max(np.abs(a - b)) <= SAME * max(np.max(np.abs(a)), np.max(np.abs(b))))


def constant_ratio(a, n):
    """Return the number k with ``a = k n`` at every entry, or None.

    >>> constant_ratio(np.array([2.0, -6.0]), np.array([1.0, -3.0]))
    2.0
    """
    weight = float(np.sum(n * n))
    if np.sum(np.abs(n) > SAME * np.max(np.abs(n))) < 2:
        return None  # a single number has a constant ratio to anything
    k = float(np.sum(a * n)) / weight
    return k if k != 0 and alike(a, k * n) else None


def independent(n):
    """Tell whether the entries of n do not all hang on one number, such as the gradient of the only unit that is on.

    If they do, a gradient with that one number wrong is a constant factor off, and the factor means nothing.

    >>> independent(np.outer([0.0, 0.7, 0.0], [1.0, 2.0])), independent(np.array([[1.0, 2.0], [3.0, 4.0]]))
    (False, True)
    """
    n = np.squeeze(n)
    if n.ndim < 2:
        return bool(np.sum(np.abs(n) > SAME * np.max(np.abs(n))) > 2)
    unfolded = (np.moveaxis(n, axis, 0).reshape(n.shape[axis], -1) for axis in range(n.ndim))
    return all(np.linalg.matrix_rank(rows, rtol=SAME) > 1 for rows in unfolded)


def zero_gradient(a, n):
    """Backward returned zeros."""
    if not np.any(a):
        return "zero, the truth is not: does backward send anything there?"


def mask(a, n):
    """Right where both are not zero, but not zero at the same entries: a mask too few, too many, or a wrong one."""
    closed, empty = np.abs(n) <= SAME**2 * np.max(np.abs(n)), a == 0
    leaked, lost, shared = int(np.sum(closed & ~empty)), int(np.sum(empty & ~closed)), ~closed & ~empty
    if not np.any(shared) or not alike(np.where(shared, a, 0), np.where(shared, n, 0)):
        return None
    if leaked and not lost:
        return (
            f"a mask is not applied: right where the truth is not zero, but {leaked} entries got through whose "
            "gradient is zero"
        )
    if lost and not leaked:
        return (
            f"zero at {lost} entries where the truth is not, the others are right: is a mask too tight, or is a part "
            "of the loop missing?"
        )
    if leaked and np.sum(shared) > 2:
        return (
            f"a mask is in the wrong places: {leaked} entries got through whose gradient is zero, {lost} are zero "
            "where the truth is not, and the others are right"
        )


def tie(a, n, x):
    """Entries that equal a winner got the winner's gradient."""
    if x.shape != a.shape:
        return None
    lost = np.abs(n) <= SAME**2 * np.max(np.abs(n))
    won, also = ~lost, lost & (a != 0)
    winners = set(zip(x[won], a[won], strict=True))
    if also.any() and alike(a[won], n[won]) and winners.issuperset(zip(x[also], a[also], strict=True)):
        return (
            f"a tie is given to several: {int(also.sum())} entries that only equal the maximum got its gradient, too; "
            "hand it to one of them"
        )


def missing_factor(a, n, values):
    """A factor that is constant along some axes, and is the reciprocal (or the value) of another input."""
    ratio = np.divide(a, n, out=np.full(a.shape, np.nan), where=np.abs(n) > SAME * np.max(np.abs(n)))
    for other, v in values.items():
        if not 0 < v.ndim < max(a.ndim, 2) or np.ptp(v) == 0 or np.any(v == 0):
            continue
        for axes in combinations(range(a.ndim), v.ndim):
            rows = np.moveaxis(ratio, axes, range(v.ndim)).reshape(*(a.shape[axis] for axis in axes), -1)
            if rows.shape[:-1] != v.shape or np.isnan(rows).all(-1).any():
                continue
            k, spread = np.nanmean(rows, -1), np.nanmax(rows, -1) - np.nanmin(rows, -1)
            if spread.max() > SAME * np.abs(k).max():
                continue
            if alike(k * v, np.full(k.shape, np.mean(k * v))):
                return f"the factor {other} is missing"
            if alike(k / v, np.full(k.shape, np.mean(k / v))):
                return f"the factor {other} is in it once too often"
