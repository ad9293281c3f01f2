"""Random numbers for a probe, chosen so that a mistake has nowhere to hide.

All sizes of a probe differ, N is at least 2, numbers stay away from kinks and ties, and where an operation has a
mask, the probe has both sides of it.
"""

import numpy as np


def sizes(rng, count, low=2, high=7):
    """Draw ``count`` different sizes."""
    return [int(size) for size in rng.permutation(np.arange(low, high + 1))[:count]]


def images(rng, **limits):
    """Draw (N, C, H, W), all different."""
    return rng.standard_normal(sizes(rng, 4, **limits))


def distinct(rng, shape):
    """Draw numbers no two of which are closer than 0.1: no ties, and no runner-up near a maximum."""
    size = int(np.prod(shape))
    return 0.1 * (rng.permutation(size) - size / 2 + 0.25).reshape(shape)


def beside(rng, shape, *kinks, spread=2.0):
    """Draw normal numbers on both sides of each kink, none of them closer to it than 0.05."""
    while True:
        x = spread * rng.standard_normal(shape)
        for kink in kinks:
            x = np.where(np.abs(x - kink) < 0.05, x + 0.1, x)
        if all(np.any(x < kink) and np.any(x > kink) for kink in kinks):
            return x
