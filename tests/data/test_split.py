"""A split names every sample once and gives each part its share of every class."""

import numpy as np
import pytest

from senumpy.data.split import stratified_split


@pytest.mark.parametrize("test_fraction", [0.1, 0.25, 0.5, 0.9])
def test_parts_are_disjoint_complete_and_balanced(test_fraction):
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [40, 60, 100]))
    train, test = stratified_split(labels, test_fraction, np.random.default_rng(1))
    assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(200))
    assert np.bincount(labels[test]).tolist() == [round(test_fraction * n) for n in (40, 60, 100)]


def test_order_is_mixed():
    labels = np.repeat([0, 1], 50)
    train, test = stratified_split(labels, 0.5, np.random.default_rng(0))
    for part in (train, test):
        assert np.abs(np.diff(labels[part])).sum() > 10


def test_each_part_keeps_at_least_one_of_each_class():
    labels = np.array([0, 0, 1, 1])
    for test_fraction in (0.01, 0.99):
        train, test = stratified_split(labels, test_fraction, np.random.default_rng(0))
        assert sorted(labels[train]) == sorted(labels[test]) == [0, 1]


def test_generator_decides():
    labels = np.zeros(50, dtype=int)
    first, again, other = (stratified_split(labels, 0.5, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert np.array_equal(first[0], again[0]) and np.array_equal(first[1], again[1])
    assert set(first[1]) != set(other[1])


@pytest.mark.parametrize("test_fraction", [0, 1, -0.2, 25, float("nan")])
def test_fraction_out_of_range_is_refused(test_fraction):
    with pytest.raises(ValueError, match="test_fraction must be a number between 0 and 1"):
        stratified_split(np.zeros(10, dtype=int), test_fraction, np.random.default_rng(0))


def test_class_of_one_sample_is_refused():
    with pytest.raises(ValueError, match="class 3 has one sample"):
        stratified_split(np.array([0, 0, 3]), 0.5, np.random.default_rng(0))
