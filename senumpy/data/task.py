"""A task is pictures with answers, in two parts: one to learn from and one, never shown before, to be examined on."""

from typing import NamedTuple

import numpy as np


class Task(NamedTuple):
    """Everything a network needs to be trained and examined.

    Attributes
    ----------
    x_train, x_test : ndarray, float32, shape (N, C, H, W)
        Pictures with values in [0, 1].
    labels_train, labels_test : ndarray, int64, shape (N,)
        The class of each picture, counted from 0.
    class_names : tuple of str
        `class_names[label]` is the class in words.

    Examples
    --------
    >>> from senumpy.data import digits
    >>> task = digits()
    >>> task.x_train.shape, task.class_names[task.labels_train[0]] in "0123456789"
    ((1347, 1, 16, 16), True)
    """

    x_train: np.ndarray
    labels_train: np.ndarray
    x_test: np.ndarray
    labels_test: np.ndarray
    class_names: tuple[str, ...]
