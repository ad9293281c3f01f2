"""Where weights begin: random, and of a size that neither blows the signal up nor lets it fade."""

import numpy as np

from senumpy import backend


def he_normal(shape, rng, dtype):
    """Draw weights with standard deviation ``sqrt(2 / fan_in)``, for layers before a ReLU.

    A ReLU halves the mean square of its input, and the 2 makes up for it (He et al., arXiv 1502.01852, equation 10).
    ``fan_in`` is the number of inputs to one output: ``D`` for a linear layer, ``C KH KW`` for a convolution.
    """
    fan_in = int(np.prod(shape[1:]))
    return normal(shape, (2 / fan_in) ** 0.5, rng, dtype)


def normal(shape, std, rng, dtype):
    """Draw weights from a normal distribution: in NumPy, then moved, so that every backend gets the same numbers."""
    return backend.asarray((std * rng.standard_normal(shape)).astype(dtype))
