"""Marks from an examination mean something only if its questions were not in the textbook."""

import numpy as np

from senumpy.arguments import as_generator, check_number, check_plain


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
        Where labels are no row of whole numbers, the fraction is not between 0 and 1, or a class has a single sample.

    Examples
    --------
    >>> train, test = stratified_split(np.array([0, 0, 0, 0, 1, 1]), 0.5, np.random.default_rng(0))
    >>> len(train), len(test), sorted([*train, *test]) == [0, 1, 2, 3, 4, 5]
    (3, 3, True)
    """
    check_plain("labels", labels)
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(labels) == 0 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"labels must be whole numbers, one for each sample, got {labels.dtype} of shape {labels.shape}"
        )
    test_fraction = check_number("test_fraction", test_fraction, "between 0 and 1, such as 0.25", lambda f: 0 < f < 1)
    rng = as_generator(rng)
    train, test = [], []
    for label, count in zip(*np.unique(labels, return_counts=True), strict=True):
        if count < 2:
            raise ValueError(f"class {label} has one sample, and a split needs two: one to learn from, one to test")
        members = rng.permutation(np.flatnonzero(labels == label))
        n_test = min(max(round(test_fraction * count), 1), count - 1)
        test.append(members[:n_test])
        train.append(members[n_test:])
    # Without this shuffle the first mini-batch would be all noughts.
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))
