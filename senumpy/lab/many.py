"""Who asks twelve questions gets an answer by chance: p values, and Holm's way to hold several to one promise."""

import math

import numpy as np


def t_p(t, degrees):
    """Return the probability of a Student's t at least this far from 0, either way.

    For whole degrees of freedom the integral is a finite sum; Abramowitz and Stegun, 26.7.3 and 26.7.4.

    >>> round(t_p(2.776, 4), 3), round(t_p(1.0, 1), 3)
    (0.05, 0.5)
    """
    angle = math.atan(abs(t) / math.sqrt(degrees))
    cosine = math.cos(angle)
    term = total = cosine if degrees % 2 else 1.0
    for k in range(2 + degrees % 2, degrees, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    if degrees % 2:
        within = 2 / math.pi * (angle + (math.sin(angle) * total if degrees > 1 else 0.0))
    else:
        within = math.sin(angle) * total
    return min(1.0, max(0.0, 1 - within))


def paired_p(differences):
    """Return the p value of paired differences: Student's t, and where they are all equal, of their signs alone.

    Differences without any spread would make t infinite, which is no certainty: their signs are as good as a coin's.

    >>> round(paired_p([0.1, 0.2, 0.3]), 3), paired_p([0.01] * 5), paired_p([0.0] * 5)
    (0.074, 0.0625, 1.0)
    """
    d = np.asarray(differences, dtype=np.float64)
    n = len(d)
    if no_spread(d):
        return 1.0 if abs(d[0]) < 1e-9 else 2.0 ** (1 - n)
    return t_p(float(d.mean()) / (float(d.std(ddof=1)) / math.sqrt(n)), n - 1)


def no_spread(differences):
    """Say whether all differences are equal, but for rounding."""
    return float(np.ptp(differences)) < 1e-9


def holm(p_values, comparisons=None):
    """Return p values raised so that all together are wrong in 5 of 100 studies, where one compares them with 0.05.

    S. Holm, "A simple sequentially rejective multiple test procedure", 1979. ``comparisons`` is how many are asked,
    where that is more than have been made: who leaves some out must not see more in the others.

    >>> holm([0.01, 0.04, 0.03]), holm([0.01], comparisons=3)
    ([0.03, 0.06, 0.06], [0.03])
    """
    comparisons = len(p_values) if comparisons is None else comparisons
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    raised, least = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, p_values[i] * (comparisons - rank)))
        raised[i] = least
    return raised
