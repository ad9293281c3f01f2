"""One run is an anecdote. Several seeds give a mean and an interval, and pairs of runs give a fairer difference."""

from typing import NamedTuple

import numpy as np

# The 97.5 % points of Student's t for 1, 2, ... 30 degrees of freedom, as in any statistics book.
T_975 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


class Interval(NamedTuple):
    """A mean and its 95 % interval; the ends are NaN where there is a single number."""

    mean: float
    low: float
    high: float


def mean_interval(values):
    """Return mean and 95 % interval, ``mean +- t std / sqrt(n)``, with Student's t for n - 1 degrees of freedom.

    It covers what varies between the numbers, and nothing else: numbers from seeds on one test set say nothing about
    other test sets. Nor does it know that accuracies end at 100 %: few, scattered values may carry it beyond.

    Parameters
    ----------
    values : list of float

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        Where there are no values.

    Examples
    --------
    >>> [round(v, 3) for v in mean_interval([1.0, 2.0, 3.0])]  # 2 +- 4.303 / sqrt(3)
    [2.0, -0.484, 4.484]
    """
    values = np.asarray(values, dtype=np.float64)
    n = len(values)
    if n == 0:
        raise ValueError("a mean needs at least one value")
    mean = float(values.mean())
    if n == 1:
        return Interval(mean, float("nan"), float("nan"))
    half = t_975(n - 1) * float(values.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half)


def t_975(degrees):
    """Return the 97.5 % point of Student's t; beyond the table by Cornish and Fisher's expansion about 1.96.

    >>> t_975(9), round(t_975(60), 3)
    (2.262, 2.0)
    """
    if degrees <= len(T_975):
        return T_975[degrees - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)


def in_words(difference, name, baseline, seeds):
    """Say what an interval of paired differences in accuracy allows to say, and what it does not.

    Parameters
    ----------
    difference : Interval
        Of ``accuracy(name) - accuracy(baseline)``, seed by seed, as shares.
    name, baseline : str
    seeds : int
        How many pairs.

    Examples
    --------
    >>> print(in_words(Interval(0.01, -0.005, 0.025), "se", "plain", 5))
    No difference seen between se and plain over 5 seeds: the interval, -0.5 to +2.5 percentage points, holds 0.
    An effect of that size, either way, may still be there.
    """
    mean, low, high = (100 * v for v in difference)
    if seeds < 2:
        return f"One seed allows no conclusion about {name} and {baseline}: run at least five."
    span = f"{low:+.1f} to {high:+.1f} percentage points"
    if low <= 0 <= high:
        return (
            f"No difference seen between {name} and {baseline} over {seeds} seeds: the interval, {span}, holds 0.\n"
            "An effect of that size, either way, may still be there."
        )
    word = "more" if mean > 0 else "less"
    return (
        f"Over {seeds} seeds {name} is {word} accurate than {baseline}, by {abs(mean):.1f} percentage points on "
        f"average; 95 % interval {span}."
    )


CAVEAT = (
    "The intervals cover what the seed decides, initial weights and order of the mini-batches. They do not cover the "
    "choice of the test images, nor of the recipe."
)
