"""Arrays of any shapes as one row of numbers: it is summed in one go, and taken apart again."""

import numpy as np


def as_row(arrays, dtype):
    """Return all numbers of some arrays, one array after the other, as one unbroken row.

    >>> as_row((np.ones((2, 1)), 7), np.float64)
    array([1., 1., 7.])
    """
    return np.concatenate([np.ravel(a) for a in arrays], dtype=dtype, casting="same_kind")


def from_row(row, like):
    """Return a row as arrays of the shapes, types and memory order of those it was made of.

    >>> from_row(np.array([1.0, 1.0, 7.0]), (np.ones((2, 1), np.float32), 7))
    [array([[1.],
           [1.]], dtype=float32), 7]
    """
    found, start = [], 0
    for a in like:
        if not hasattr(a, "shape"):  # a number of Python's
            found.append(type(a)(row[start]))
            start += 1
            continue
        new = np.empty_like(a)
        new[...] = row[start : start + a.size].reshape(a.shape)
        found.append(new)
        start += a.size
    return found
