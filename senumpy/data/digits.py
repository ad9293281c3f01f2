"""Reading single digits is the fruit fly of the field: small, quick, and nearly everything can be learned from it."""

import numpy as np

from senumpy.arguments import as_generator
from senumpy.data.bundled import load_digits
from senumpy.data.split import stratified_split
from senumpy.data.task import Task

DIGIT_NAMES = tuple("0123456789")


def digits(*, test_fraction: float = 0.25, rng: np.random.Generator | None = None) -> Task:
    """Make the plain task: one grey handwritten digit, ten classes.

    The 8 x 8 digits are doubled to 16 x 16, so that three poolings of 2 x 2 still leave a 2 x 2 map. They have one
    channel, because they are grey: make the network with `in_channels=1`.

    The same people wrote the training and the test digits. So the test accuracy speaks of new digits in known hands.

    Parameters
    ----------
    test_fraction : float
        The share of each class kept for the test, between 0 and 1.
    rng : numpy.random.Generator, optional
        Decides which digits are kept for the test. Without it, `np.random.default_rng(0)`: the same task every time.

    Returns
    -------
    Task
        Pictures of shape (N, 1, 16, 16): 1347 to learn from and 450 for the test unless told otherwise.

    Raises
    ------
    ValueError
        Where `test_fraction` is not between 0 and 1.

    Examples
    --------
    >>> task = digits()
    >>> task.x_train.shape, task.x_test.shape
    ((1347, 1, 16, 16), (450, 1, 16, 16))
    """
    images, labels = load_digits()
    train, test = stratified_split(labels, test_fraction, as_generator(rng, seed=0))
    x = enlarge_twice(images)[:, None]                                         # (N, 1, 16, 16)
    return Task(x[train], labels[train], x[test], labels[test], DIGIT_NAMES)


def enlarge_twice(images: np.ndarray) -> np.ndarray:
    """Draw every dot of the bundled digits as 2 x 2 dots, with the ink in [0, 1].

    Parameters
    ----------
    images : ndarray, uint8, shape (N, 8, 8)
        Ink in 0 to 16.

    Returns
    -------
    ndarray, float32, shape (N, 16, 16)
        Ink in 0 to 1.

    Examples
    --------
    >>> enlarge_twice(np.array([[[0, 16]]], dtype=np.uint8))
    array([[[0., 0., 1., 1.],
            [0., 0., 1., 1.]]], dtype=float32)
    """
    return images.repeat(2, axis=1).repeat(2, axis=2).astype(np.float32) / 16
