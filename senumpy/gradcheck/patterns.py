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


def independent(n):
    """Tell whether the entries of n do not all hang on one number, such as the gradient of the only unit that is on.

    If they do, a gradient with that one number wrong is a constant factor off, and the factor means nothing.

    >>> independent(np.outer([0.0, 0.7, 0.0], [1.0, 2.0])), independent(np.array([[1.0, 2.0], [3.0, 4.0]]))
    (False, True)
    """
    if n.ndim < 2:
        return bool(np.sum(np.abs(n) > SAME * np.max(np.abs(n))) > 2)
    unfolded = (np.moveaxis(n, axis, 0).reshape(n.shape[axis], -1) for axis in range(n.ndim) if n.shape[axis] > 1)
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
    if np.sum(shared) > 2:
        return (
            f"a mask is in the wrong places: {leaked} entries got through whose gradient is zero, {lost} are zero "
            "where the truth is not, and the others are right"
        )


def tie(a, n, x):
    """Entries that equal a winner got the winner's gradient."""
    if x.shape != a.shape:
        return None
    lost = np.abs(n) <= SAME**2 * np.max(np.abs(n))
    also, won = lost & (a != 0), ~lost
    winners = set(zip(x[won], n[won], strict=True))
    if also.any() and np.allclose(a[won], n[won], rtol=SAME, atol=0) and {*zip(x[also], a[also], strict=True)} <= winners:
        return (
            f"a tie is given to several: {int(also.sum())} entries that only equal the maximum got its gradient, too; "
            "hand it to one of them"
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


def shifted(a, n):
    """The right image in the wrong place, up to what was cut off at its border."""
    if a.ndim != 4:
        return None
    H, W = n.shape[2:]
    for i, j in sorted(np.ndindex(5, 5), key=lambda ij: abs(ij[0] - 2) + abs(ij[1] - 2)):
        i, j = i - 2, j - 2
        there = n[:, :, max(0, -i) : H - max(0, i), max(0, -j) : W - max(0, j)]
        here = a[:, :, max(0, i) : H - max(0, -i), max(0, j) : W - max(0, -j)]
        if (i, j) != (0, 0) and 2 * there.size > n.size > 0 and independent(there) and alike(here, there):
            by = " and ".join(f"by {step} along axis {axis}" for step, axis in ((i, 2), (j, 3)) if step)
            return f"shifted {by}: is the padding cut off where it was put on?"


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


def confined(a, n, tolerance):
    """Wrong in one corner of the tensor only, and right elsewhere without being zero there: say where."""
    gap = np.abs(a - n)
    wrong = gap > tolerance * np.max(np.abs(n))
    if not 0 < wrong.sum() <= wrong.size / 2 or a.ndim < 2:
        return None
    where = np.argwhere(wrong)
    right = (n != 0) & ~wrong
    for axis in range(a.ndim):
        if np.ptp(where[:, axis]) == 0 and np.sum(np.moveaxis(right, axis, 0).reshape(a.shape[axis], -1).any(1)) > 1:
            return f"wrong only at index {where[0, axis]} along axis {axis}, right elsewhere"
    if a.ndim == 4 and min(a.shape[2:]) > 2:
        if not wrong[:, :, 1:-1, 1:-1].any() and right[:, :, 1:-1, 1:-1].any():
            return "wrong only along the border of the image: is the padding undone correctly?"
