"""Right numbers in wrong places: transposed, flipped, shifted, side by side where their sum belongs."""

from itertools import combinations

import numpy as np

from senumpy.gradcheck.hints.patterns import alike, independent


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
