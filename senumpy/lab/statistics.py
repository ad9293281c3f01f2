"""One run is an anecdote. Several seeds give a mean and an interval, and so do the differences within pairs of runs.

A pair shares its seed. The interval of its differences is the narrower the more the two runs of a pair go up and down
together; where they do not, pairing gains nothing and is still right.
"""

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
        All three NaN where one of the values is NaN or infinite: leaving out a run that failed is not for a mean to
        decide.

    Raises
    ------
    ValueError
        Where this is not a list of numbers, or an empty one.

    Examples
    --------
    >>> [round(v, 3) for v in mean_interval([1.0, 2.0, 3.0])]  # 2 +- 4.303 / sqrt(3)
    [2.0, -0.484, 4.484]
    >>> mean_interval([0.9, float("nan")])
    Interval(mean=nan, low=nan, high=nan)
    """
    values = _numbers(values)
    n = len(values)
    if not np.isfinite(values).all():
        return Interval(float("nan"), float("nan"), float("nan"))
    mean = float(values.mean())
    if n == 1:
        return Interval(mean, float("nan"), float("nan"))
    half = t_975(n - 1) * float(values.std(ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half)


def _numbers(values):
    """Return a list of numbers as an array (n,), or say what it is instead."""
    listed = np.iterable(values) and not isinstance(values, (str, dict, set, np.ndarray))
    items = list(values) if listed else values
    if isinstance(items, np.ma.MaskedArray) or (listed and any(v is np.ma.masked for v in items)):
        raise ValueError("a mean of masked values would count the masked ones: pass values.compressed()")
    try:
        numbers = np.asarray(items)
    except (ValueError, TypeError):  # lists of different lengths, arrays on a device
        numbers = np.asarray(None)
    if numbers.ndim != 1 or (numbers.dtype.kind not in "iuf" and len(numbers)):
        raise ValueError(
            f"a mean takes one row of numbers, such as [0.93, 0.95], got {type(values).__name__} with {numbers.dtype} "
            f"of shape {numbers.shape}"
        )
    if len(numbers) == 0:
        raise ValueError("a mean needs at least one value")
    return numbers.astype(np.float64)


def t_975(degrees):
    """Return the 97.5 % point of Student's t; beyond the table by Cornish and Fisher's expansion about 1.96.

    >>> t_975(9), round(t_975(60), 3)
    (2.262, 2.0)
    """
    if not hasattr(degrees, "__index__") or degrees < 1:
        raise ValueError(f"the degrees of freedom must be a whole number of at least 1, got {degrees!r}")
    if degrees <= len(T_975):
        return T_975[degrees - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
