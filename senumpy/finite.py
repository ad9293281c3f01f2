"""Before a number becomes a finding: is it a number at all, and is it more than rounding?"""

import numpy as np

# A gate multiplies a feature map. One that moves by less than a thousandth changes no feature by more than 0.1 %: it is
# as good as constant. Rounding in float32 moves gates by 1e-7 or so; the stillest channel of the networks that ship, by
# three thousandths.
AS_GOOD_AS_CONSTANT = 1e-3

# NaN and infinity shall be seen in the results, not in a warning for every operation they pass through.
QUIET = np.errstate(over="ignore", invalid="ignore", divide="ignore")


def all_finite(*arrays):
    """Say whether no array holds NaN or infinity.

    >>> all_finite(np.ones(2), np.array([1.0, np.inf]))
    False
    """
    return all(bool(np.isfinite(a).all()) for a in arrays)


def in_units_of(std, values):
    """Divide by a standard deviation of gates: 0 where the gate is as good as constant, NaN where either is NaN.

    >>> in_units_of(np.array([0.1, 1e-8, np.nan]), np.array([0.2, 3e-8, 0.1]))
    array([ 2.,  0., nan])
    """
    still = (std < AS_GOOD_AS_CONSTANT) & np.isfinite(values)  # NaN is not still
    return np.divide(values, std, out=np.zeros_like(values), where=~still)


def largest_first(values):
    """Return the order from the largest number to the smallest, with NaN before all: what is sick must be seen.

    >>> largest_first(np.array([0.1, np.nan, 0.9])).tolist()
    [1, 2, 0]
    """
    values = np.asarray(values, dtype=np.float64)
    return np.lexsort((-values, ~np.isnan(values)))  # the last key decides first


def largest_of(values):
    """Return the largest size among the finite numbers, 0 where there is none.

    >>> largest_of(np.array([0.2, -0.7, np.nan]))
    0.7
    """
    return float(np.abs(values).max(initial=0.0, where=np.isfinite(values)))


def reach(values):
    """Return the end of a scale of colours for values of gates: their largest size, and no less than is worth seeing.

    A scale that ended at the largest number whatever its size would paint rounding in the strongest colours.

    >>> reach(np.array([1e-9]))
    0.001
    """
    return max(AS_GOOD_AS_CONSTANT, largest_of(values))


def root_mean_square(arrays):
    """Return the root mean square over all numbers of some arrays, 0 where there are none.

    >>> root_mean_square([np.array([3.0, 4.0]), np.array([[0.0, 5.0]])])  # sqrt(50 / 4)
    3.5355339059327378
    """
    squares = [(float((a**2).sum()), a.size) for a in arrays]
    total, count = np.sum(squares, axis=0) if squares else (0.0, 1)
    return float(total / count) ** 0.5
