"""What the layers ask of their arguments, and the words they use when they do not get it."""

import numpy as np


def check_sizes(**sizes):
    """Raise a ValueError unless every size is an integer of at least 1."""
    for name, size in sizes.items():
        if not hasattr(size, "__index__") or isinstance(size, bool) or size < 1:
            raise ValueError(f"{name} must be an integer of at least 1, got {size!r}")


def check_dtype(dtype):
    """Raise a ValueError unless weights of this type are ours: float32 or float64, in the machine's byte order."""
    try:
        known = dtype is not None and np.dtype(dtype) in (np.dtype(np.float32), np.dtype(np.float64))
    except TypeError:  # not a type at all
        known = False
    if not known:
        raise ValueError(f"dtype must be numpy.float32 or numpy.float64, got {dtype!r}")


def as_generator(rng):
    """Return the generator, or a new one from the operating system's entropy where there is none."""
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}: use numpy.random.default_rng(seed)")
    return rng
