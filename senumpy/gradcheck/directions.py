"""One real difference along a random direction speaks for all entries of a gradient at once."""

import numpy as np

from senumpy.gradcheck.numerical import directional_derivative

STEPS_ALONG = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
TOLERANCE_ALONG = 1e-5
DIRECTIONS = 4


def agrees_along(f, x, gradient, direction, dout, allowed, method="five_point"):
    """Tell whether ``sum(gradient * direction)`` is within ``allowed`` of a real difference along a direction.

    It may agree at any of several steps: a long step can cross a corner, a short one loses digits.

    Parameters
    ----------
    f : callable
        From an array like x to the output.
    x, gradient, direction, dout : array
        The direction has length 1.
    allowed : float
    method : {"five_point", "central"}
        Central differences cost half, and are good to six digits or so.

    Examples
    --------
    >>> x, u = np.array([3.0, 0.0]), np.array([0.6, 0.8])
    >>> agrees_along(lambda x: x**2, x, 2 * x, u, np.ones(2), 1e-9)
    True
    """
    expected = float(np.sum(gradient * direction))
    size = float(np.sqrt(np.mean(x * x)))
    steps = [h * max(1.0, size) for h in STEPS_ALONG] + [h * size for h in STEPS_ALONG if 0 < size < 0.1]
    return any(abs(directional_derivative(f, x, direction, method, h, dout) - expected) <= allowed for h in steps)


def agrees_along_random_directions(f, x, gradient, dout, scale, rng, directions=DIRECTIONS, tolerance=TOLERANCE_ALONG):
    """Tell whether a gradient (NaN where unknown) fits real differences along random unit directions."""
    known = np.isfinite(gradient)
    if not known.any():
        return False
    gradient = np.where(known, gradient, 0.0)
    return all(
        agrees_along(f, x, gradient, unit(np.where(known, rng.standard_normal(x.shape), 0.0)), dout, tolerance * scale)
        for _ in range(directions)
    )


def unit(direction):
    """Return a direction of length 1."""
    return direction / np.linalg.norm(direction)
