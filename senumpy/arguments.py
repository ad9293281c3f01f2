"""A wrong argument is cheapest to mend at the door, while we still know what the caller meant: one wording for all."""

import math
import numbers
import operator

import numpy as np


def check_count(name, value, least=1):
    """Return a whole number of at least ``least`` as an int.

    >>> check_count("batch_size", 32)
    32
    >>> check_count("batch_size", 0)
    Traceback (most recent call last):
    ...
    ValueError: batch_size must be an integer of at least 1, got 0
    """
    try:
        count = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        count = None
    if count is None or count < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    return count


def check_sizes(**sizes):
    """Raise a ValueError unless every size is an integer of at least 1."""
    for name, size in sizes.items():
        check_count(name, size)


def check_number(name, value, wanted, fits):
    """Return ``value`` as a Python float, or raise a ValueError that says what is ``wanted``.

    A NumPy scalar is a number like any other here, but it must not go further: ``np.float64(0.1)`` turns float32 arrays
    into float64, a Python float does not.

    >>> check_number("momentum", 0.9, "at least 0 and below 1", lambda m: 0 <= m < 1)
    0.9
    """
    number = _as_float(value)
    if not (math.isfinite(number) and fits(number)):
        raise ValueError(f"{name} must be a number {wanted}, got {value!r}")
    return number


def _as_float(value):
    """Return a real number, or an array that is one, as a float, and NaN for everything else, masked numbers too."""
    if isinstance(value, np.ma.MaskedArray):
        return math.nan
    if getattr(value, "shape", None) == () and getattr(getattr(value, "dtype", None), "kind", "") in "fiu":
        value = value.item()
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # an integer beyond all floats
        return math.inf


def check_flag(name, value):
    """Return a switch as True or False, or raise a ValueError: to Python the text ``"False"`` is as true as any other.

    >>> check_flag("bias", True)
    True
    """
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def check_plain(name, a):
    """Raise a ValueError for the two kinds of arrays of NumPy that look like others and compute by rules of their own.

    Some formulas would count what a mask hides, and others would not; ``*`` between matrices is a matrix product.
    Whatever else ``a`` is, an array or not, passes.
    """
    if isinstance(a, np.ma.MaskedArray):
        raise ValueError(f"{name} is a masked array: fill the mask first, {name}.filled(0)")
    if isinstance(a, np.matrix):
        raise ValueError(f"{name} is a numpy.matrix: make it an ordinary array first, numpy.asarray({name})")


def check_dtype(dtype):
    """Raise a ValueError unless weights of this type are ours: float32 or float64, in the machine's byte order."""
    try:
        known = dtype is not None and np.dtype(dtype) in (np.dtype(np.float32), np.dtype(np.float64))
    except TypeError:  # not a type at all
        known = False
    if not known:
        raise ValueError(f"dtype must be numpy.float32 or numpy.float64, got {dtype!r}")


def as_generator(rng, seed=None):
    """Return the generator, or where there is none a new one: from a seed, or from the operating system's entropy.

    >>> as_generator(7)
    Traceback (most recent call last):
    ...
    ValueError: rng must be a numpy.random.Generator, got 7: write numpy.random.default_rng(7)
    """
    if rng is None:
        return np.random.default_rng(seed)
    if not isinstance(rng, np.random.Generator):
        write = rng if isinstance(rng, int) and not isinstance(rng, bool) else 0
        raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}: write numpy.random.default_rng({write})")
    return rng
