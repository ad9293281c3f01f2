"""What the layers ask of their arguments, and the words they use when they do not get it."""

import numpy as np


def check_sizes(**sizes):
    """Raise a ValueError unless every size is an integer of at least 1."""
    for name, size in sizes.items():
        if not hasattr(size, "__index__") or isinstance(size, bool) or size < 1:
            raise ValueError(f"{name} must be an integer of at least 1, got {size!r}")


def check_dtype(dtype):
    """Raise a ValueError unless weights of this type can be trained."""
    if np.dtype(dtype).kind != "f":
        raise ValueError(f"dtype must be a floating-point type such as numpy.float32, got {np.dtype(dtype)}")


def as_generator(rng):
    """Return the generator, or a new one from the operating system's entropy where there is none."""
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, got {rng!r}: use numpy.random.default_rng(seed)")
    return rng
