"""A wrong argument is cheapest to mend at the door, while we still know what the caller meant."""

import operator

import numpy as np


def check_count(name: str, value: int, least: int = 1) -> int:
    """Return `value` as an int, or say why it is no whole number of at least `least`.

    Raises
    ------
    ValueError
        If `value` is not a whole number, or too small.

    Examples
    --------
    >>> check_count("batch_size", 32)
    32
    >>> check_count("batch_size", 0)
    Traceback (most recent call last):
        ...
    ValueError: batch_size must be a whole number of at least 1, but it is 0.
    """
    try:
        count = operator.index(value)
    except TypeError:
        count = None
    if count is None or count < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, but it is {value!r}.")
    return count


def check_rng(rng: np.random.Generator | None) -> np.random.Generator:
    """Return the generator, or a fixed one where there is none, so that everybody gets the same task by default.

    Raises
    ------
    ValueError
        If `rng` is neither a Generator nor None.

    Examples
    --------
    >>> bool(check_rng(None).integers(100) == np.random.default_rng(0).integers(100))
    True
    >>> check_rng(7)
    Traceback (most recent call last):
        ...
    ValueError: rng must be a numpy.random.Generator, but it is of type int; write np.random.default_rng(7).
    """
    if rng is None:
        return np.random.default_rng(0)
    if not isinstance(rng, np.random.Generator):
        seed = rng if isinstance(rng, int) else 0
        raise ValueError(f"rng must be a numpy.random.Generator, but it is of type {type(rng).__name__}; "
                         f"write np.random.default_rng({seed}).")
    return rng
