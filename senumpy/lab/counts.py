"""Runs that learn or get stuck are counted, not averaged: an interval of a share, and a comparison of two counts."""

import math
from typing import NamedTuple

from senumpy.arguments import check_count

Z_975 = 1.959964


class Share(NamedTuple):
    """How many of how many, and the 95 % interval of the share."""

    count: int
    n: int
    low: float
    high: float


def share_interval(count, n):
    """Return Wilson's 95 % interval of a share: it stays within 0 and 1, and 5 of 5 does not mean certainty.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    Examples
    --------
    >>> share = share_interval(5, 5)
    >>> round(share.low, 3), share.high
    (0.566, 1.0)
    """
    count, n = check_count("count", count, least=0), check_count("n", n)
    if count > n:
        raise ValueError(f"count must be at most n, got {count} of {n}")
    p, z = count / n, Z_975
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return Share(count, n, 0.0 if count == 0 else low, 1.0 if count == n else high)


def fisher_p(a, n, b, m):
    """Return the probability of two counts at least as far apart, a of n and b of m, where nothing differs.

    Fisher's exact test, two-sided: over all tables with the same totals, those no likelier than this one.

    >>> round(fisher_p(5, 5, 0, 5), 4), fisher_p(3, 5, 3, 5)
    (0.0079, 1.0)
    """
    total, everything = a + b, math.comb(n + m, a + b)
    tables = [math.comb(n, k) * math.comb(m, total - k) for k in range(max(0, total - m), min(n, total) + 1)]
    here = math.comb(n, a) * math.comb(m, b)
    return min(1.0, sum(ways for ways in tables if ways <= here) / everything)
