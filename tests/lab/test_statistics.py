"""Intervals: the table of Student's t against the integral it stands for, and intervals by their formula."""

import math

import numpy as np
import pytest

from senumpy.lab import mean_interval
from senumpy.lab.statistics import T_975, t_975

NAN = float("nan")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


def share_within(t, degrees):
    """Return the share of Student's t between -t and t: the integral of its density, by Gauss and Legendre's rule.

    With x = sqrt(degrees) tan(angle) the density becomes a power of the cosine, on an interval that ends.
    """
    end = math.atan(t / math.sqrt(degrees))
    power = np.cos(end * (NODES + 1) / 2) ** (degrees - 1)
    size = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(math.pi)
    return 2 * size * float(WEIGHTS @ power) * end / 2


def point_975(degrees):
    """Return the point that 95 % lie within, by halving an interval."""
    low, high = 1.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if share_within(middle, degrees) < 0.95 else (low, middle)
    return low


def test_the_integral_is_that_of_known_cases():
    assert share_within(1.0, 1) == pytest.approx(0.5, abs=1e-12)  # Cauchy's: 2 atan(1) / pi
    assert share_within(2.0, 2) == pytest.approx(2 / math.sqrt(6), abs=1e-12)  # t / sqrt(2 + t^2)
    assert share_within(1.959964, 10**7) == pytest.approx(0.95, abs=1e-6)  # nearly normal


@pytest.mark.parametrize("degrees", range(1, 31))
def test_every_entry_of_the_table_is_the_95_percent_point_to_its_last_digit(degrees):
    assert t_975(degrees) == T_975[degrees - 1] == pytest.approx(point_975(degrees), abs=0.0005001)


def test_the_table_is_used_as_far_as_it_goes_and_the_expansion_beyond():
    assert len(T_975) == 30 and t_975(30) == 2.042  # the table's three digits; the expansion has more
    assert t_975(31) != round(t_975(31), 3)
    for degrees in (31, 32, 40, 60, 100, 1000, 10**6):
        assert t_975(degrees) == pytest.approx(point_975(degrees), abs=1e-4)


def test_scipy_agrees_where_it_is_installed():
    stats = pytest.importorskip("scipy.stats")
    for degrees in (*range(1, 31), 31, 50, 1000):
        assert t_975(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), abs=0.0005001)


@pytest.mark.parametrize("degrees", [0, -1, 2.5, NAN, "3"])
def test_degrees_that_are_none_are_refused(degrees):
    with pytest.raises(ValueError, match="whole number of at least 1"):
        t_975(degrees)


@pytest.mark.parametrize("n", [2, 3, 16, 31, 32])
def test_an_interval_by_its_formula(n):
    values = np.random.default_rng(n).normal(0.9, 0.02, n).tolist()
    mean = math.fsum(values) / n
    std = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1))
    half = point_975(n - 1) * std / math.sqrt(n)
    assert mean_interval(values) == pytest.approx((mean, mean - half, mean + half), abs=half * 4e-4)


@pytest.mark.parametrize("bad", [NAN, math.inf, -math.inf])
def test_a_value_that_is_not_a_number_leaves_no_number(bad):
    for values in ([bad], [0.9, bad], [bad, 0.9, 0.8], [bad, -bad]):
        assert np.isnan(mean_interval(values)).all()


@pytest.mark.parametrize(
    "values",
    [[[1, 2], [3, 4]], np.ones((2, 2)), np.ones((3, 1)), [[1], [2, 3]], ["0.5", "0.6"], "0.5", 0.5, None, [None, 0.5],
     {"a": 1.0}, {0: 0.5}, {0.5, 0.6}, [1j, 2.0], [True, False], np.array(0.5)],
)  # fmt: skip
def test_what_is_not_a_row_of_numbers_is_refused(values):
    with pytest.raises(ValueError, match="one row of numbers"):
        mean_interval(values)


@pytest.mark.parametrize(
    "values", [np.ma.masked_greater([1.0, 2.0, 9.0], 5), np.ma.array([1.0, 2.0]), [1.0, np.ma.masked, 2.0]]
)
def test_masked_values_are_refused(values):
    with pytest.raises(ValueError, match="masked"):
        mean_interval(values)


def test_every_kind_of_row_gives_the_same():
    expected = mean_interval([1.0, 2.0, 4.0])
    for values in ((1, 2, 4), np.array([1, 2, 4], np.int8), np.float32([1, 2, 4]), range(1, 5), iter([1, 2, 4.0])):
        values = values if not isinstance(values, range) else [v for v in values if v != 3]
        assert mean_interval(values) == expected


def test_pairs_help_as_far_as_their_runs_go_together_and_no_further():
    """What the module says of pairs: the width of the interval follows the correlation within the pairs."""
    rng = np.random.default_rng(0)
    own, other = rng.normal(0, 0.01, (2, 2000))
    widths = []
    for together in (0.0, 0.5, 0.9):
        difference = other * math.sqrt(1 - together**2) + together * own - own  # correlation `together`
        _, low, high = mean_interval(difference)
        widths.append(high - low)
    expected = [2 * t_975(1999) * 0.01 * math.sqrt(2 - 2 * r) / math.sqrt(2000) for r in (0.0, 0.5, 0.9)]
    assert widths == pytest.approx(expected, rel=0.1)


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(3.0, 2.0, 5)) for _ in range(2000)]
    assert np.mean([low <= 3.0 <= high for _, low, high in intervals]) == pytest.approx(0.95, abs=0.015)
