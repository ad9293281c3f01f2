"""Class profiles by value, on gates whose means and spreads are known beforehand."""

import numpy as np
import pytest

from senumpy.finite import AS_GOOD_AS_CONSTANT
from senumpy.gates import class_profiles
from senumpy.gates.profiles import _explained


def test_mean_spread_and_counts_by_class():
    s = np.array([[0.1, 0.4], [0.9, 0.6], [0.3, 0.4], [0.5, 0.8], [0.2, 0.4]])
    profile = class_profiles({"se": s}, np.array([0, 1, 0, 1, 0]))["se"]
    np.testing.assert_allclose(profile.mean, [[0.2, 0.4], [0.7, 0.7]])
    np.testing.assert_allclose(profile.std, [[np.sqrt(0.02 / 3), 0.0], [0.2, 0.1]], atol=1e-15)
    assert profile.counts.tolist() == [3, 2]


def test_unequal_classes_count_picture_by_picture():
    s = np.array([[0.0], [0.0], [0.0], [1.0]])
    profile = class_profiles({"se": s}, np.array([0, 0, 0, 1]))["se"]
    # Means 0 and 1 around 0.25: (3 * 0.0625 + 0.5625) / 4 = 0.1875, which is all the variance there is.
    np.testing.assert_allclose(profile.differences, [np.sqrt(0.1875)])
    assert profile.explained == pytest.approx(1.0)


def test_between_and_within_add_up_to_the_variance():
    rng = np.random.default_rng(0)
    s, labels = rng.random((50, 7)), rng.integers(4, size=50)
    profile = class_profiles({"se": s}, labels)["se"]
    within = (profile.counts / 50) @ profile.std**2
    np.testing.assert_allclose(profile.differences**2 + within, s.var(axis=0), rtol=1e-12)


def test_gates_that_ignore_the_class_explain_about_nothing():
    rng = np.random.default_rng(1)
    profile = class_profiles({"se": rng.random((400, 30))}, np.arange(400) % 5)["se"]
    assert profile.explained == pytest.approx(4 / 399, abs=0.004)  # (K - 1) / (N - 1), by chance alone


def test_constant_gates_explain_nothing_without_dividing_by_zero():
    assert class_profiles({"se": np.full((6, 3), 0.5)}, np.array([0, 1, 2] * 2))["se"].explained == 0.0


def test_gates_that_move_by_rounding_explain_nothing_and_do_not_dilute():
    rng, labels = np.random.default_rng(0), np.arange(12) % 3
    noise = 0.5 + 1e-7 * (labels[:, None] + rng.random((12, 3)))  # rounding that happens to follow the class
    assert class_profiles({"se": noise}, labels)["se"].explained == 0.0
    assert class_profiles({"se": 1 - 1e-4 * noise}, labels)["se"].explained == 0.0  # saturated
    lively = rng.random((12, 2)) + labels[:, None]
    alone = class_profiles({"se": lively}, labels)["se"].explained
    assert class_profiles({"se": np.hstack([lively, noise])}, labels)["se"].explained == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([0, 2, 2]), "without any: \\[1\\]"),
        (np.array([0, 1]), "2 labels"),
        (np.array([0.0, 1.0, 2.0]), "class number"),
        (np.array([-1, 0, 1]), "class number"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        class_profiles({"se": np.zeros((3, 2))}, labels)


@pytest.mark.parametrize("times, explained", [(0.9, 0.0), (1.1, 1.0)])
def test_gates_that_hardly_move_are_explained_by_nothing(times, explained):
    """Their standard deviation is just below or above what counts as constant; all of it lies between two classes."""
    s = 0.5 + times * AS_GOOD_AS_CONSTANT * np.array([[-1.0], [1.0]])
    assert _explained(s, s.var(axis=0)) == explained
