"""Marks from an examination mean something only if its questions were not in the textbook."""

import numpy as np


def stratified_split(
    labels: np.ndarray, test_fraction: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Deal the samples into a training and a test part, each with its share of every class.

    Parameters
    ----------
    labels : ndarray, int64, shape (N,)
        The class of each sample.
    test_fraction : float
        The share of each class that goes to the test, between 0 and 1. It is rounded to whole samples, at least one
        and at most all but one of each class.
    rng : numpy.random.Generator
        Decides which samples.

    Returns
    -------
    train, test : ndarray, int64
        Indices into `labels`, in random order. Together they name every sample once.

    Raises
    ------
    ValueError
        If the fraction is not between 0 and 1, or a class has a single sample.

    Examples
    --------
    >>> train, test = stratified_split(np.array([0, 0, 0, 0, 1, 1]), 0.5, np.random.default_rng(0))
    >>> len(train), len(test), sorted([*train, *test]) == [0, 1, 2, 3, 4, 5]
    (3, 3, True)
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction must lie between 0 and 1, but it is {test_fraction}; 0.25 is a usual choice.")
    train, test = [], []
    for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
        if count < 2:
            raise ValueError(f"Class {label} has one sample, and a split needs two: one to learn from, one to test.")
        members = rng.permutation(np.flatnonzero(labels == label))
        n_test = min(max(round(test_fraction * count), 1), count - 1)
        test.append(members[:n_test])
        train.append(members[n_test:])
    # Without this shuffle the first mini-batch would be all noughts.
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))
