"""A wrong gradient often resembles the right one: up to a factor, a swap, a mask. Each look-alike has its own cause."""

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


def zero_gradient(a, n):
    """Backward returned zeros."""
    if not np.any(a):
        return "zero, the truth is not: does backward send anything there?"


def mask(a, n):
    """Right where the one is not zero, and the other is not zero elsewhere: a mask too few or too many."""
    closed = np.abs(n) <= SAME**2 * np.max(np.abs(n))
    if closed.any() and np.any(a[closed]) and alike(np.where(closed, 0, a), n):
        return (
            f"a mask is not applied: right where the truth is not zero, but {int(np.sum(closed & (a != 0)))} entries "
            "got through whose gradient is zero"
        )
    empty = a == 0
    if np.any(n[empty]) and alike(a, np.where(empty, 0, n)):
        return (
            f"zero at {int(np.sum(empty & ~closed))} entries where the truth is not, the others are right: is a mask "
            "too tight, or is a part of the loop missing?"
        )


def swapped(a, n):
    """The right numbers in the wrong places."""
    if a.ndim == 2 and a.shape == n.shape[::-1] and alike(a.T, n):
        return "transposed: rows and columns are exchanged"
    if a.shape != n.shape:
        return None
    for i, j in combinations(range(a.ndim), 2):
        if a.shape[i] == a.shape[j] and alike(np.swapaxes(a, i, j), n):
            return f"axes {i} and {j} are exchanged: the numbers are right, their places are not"
    for axes in ((-2, -1), (-2,), (-1,)):
        if a.ndim >= 3 and alike(np.flip(a, axes), n):
            where = " and ".join(f"axis {a.ndim + k}" for k in axes)
            return f"flipped along {where}: the numbers are right, their order is turned round"


def unsummed(a, n):
    """More axes than the input has: forward broadcast over them, so backward sums over them."""
    if a.size == n.size and alike(a.reshape(n.shape), n):
        return f"the numbers are right, reshape them from {a.shape} to {n.shape}"
    for axes in combinations(range(a.ndim), max(a.ndim - n.ndim, 0)):
        if axes and alike(np.sum(a, axes), n):
            batch = " (the batch)" if axes[0] == 0 else ""
            return (
                f"not summed over axis {', '.join(map(str, axes))}{batch}: forward used the input at every place along "
                "it, so the gradients of all places add up"
            )


def missing_factor(a, n, values):
    """A factor that is constant along all axes but one, and is the reciprocal (or the value) of another input."""
    ratio = np.divide(a, n, out=np.full(a.shape, np.nan), where=np.abs(n) > SAME * np.max(np.abs(n)))
    for axis in range(a.ndim):
        rows = np.moveaxis(ratio, axis, 0).reshape(a.shape[axis], -1)
        if np.isnan(rows).all(1).any():
            continue
        k, spread = np.nanmean(rows, 1), np.nanmax(rows, 1) - np.nanmin(rows, 1)
        if spread.max() > SAME * np.abs(k).max():
            continue
        for other, v in values.items():
            if v.shape == k.shape and np.ptp(v) > 0 and np.all(v != 0):
                if alike(k * v, np.full(k.shape, np.mean(k * v))):
                    return f"the factor {other} is missing"
                if alike(k / v, np.full(k.shape, np.mean(k / v))):
                    return f"the factor {other} is in it once too often"


def confined(a, n, tolerance):
    """Wrong in one corner of the tensor only: say where."""
    gap = np.abs(a - n)
    wrong = gap > tolerance * np.max(np.abs(n))
    if not 0 < wrong.sum() <= wrong.size / 2 or a.ndim < 2:
        return None
    where = np.argwhere(wrong)
    for axis in range(a.ndim):
        if a.shape[axis] > 2 and np.ptp(where[:, axis]) == 0:
            return f"wrong only at index {where[0, axis]} along axis {axis}, right elsewhere"
    if a.ndim == 4 and min(a.shape[2:]) > 2:
        inside = wrong[:, :, 1:-1, 1:-1]
        if not inside.any():
            return "wrong only along the border of the image: is the padding undone correctly?"
