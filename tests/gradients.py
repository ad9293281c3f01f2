"""Derivatives by brute force, one entry at a time: what the tests of the ops lean on instead of senumpy.gradcheck.

Both functions differentiate the number ``sum(dout * function(**arrays))`` with respect to ``arrays[name]``.
Only that one array turns complex (or moves), so an op that allocates with the dtype of x alone is caught.
"""

import numpy as np


def complex_step(function, arrays, name, dout, h=1e-30):
    """Im f(x + ih) / h: no subtraction, so no rounding error, and h may be as small as we like."""
    moved = arrays[name].astype(complex)
    slope = np.empty(moved.shape)
    for index in np.ndindex(*moved.shape):
        moved[index] += 1j * h
        out = function(**{**arrays, name: moved})
        slope[index] = np.sum(dout * np.imag(out)) / h
        moved[index] = moved[index].real
    return slope


def central_difference(function, arrays, name, dout, h=1e-5):
    """(f(x + h) - f(x - h)) / 2h: knows nothing of complex numbers, and is right to about nine digits."""
    moved = arrays[name].copy()
    slope = np.empty(moved.shape)
    for index in np.ndindex(*moved.shape):
        here = moved[index]
        moved[index] = here + h
        above = function(**{**arrays, name: moved})
        moved[index] = here - h
        below = function(**{**arrays, name: moved})
        slope[index] = np.sum(dout * (above - below)) / (2 * h)
        moved[index] = here
    return slope


def along_one_direction(model, x, dout, rng):
    """Yield ``(name, slope, backward's slope, largest gradient)`` for the input and every parameter of a model.

    Each is moved along one random direction at once, by one complex step: what a large network has time for.
    """
    model.forward(x)
    gradients = {"x": model.backward(dout), **model.grads}
    places = {**model._places("_params"), "x": ({"x": x}, "x")}
    largest = max(np.abs(g).max() for g in gradients.values())
    for name, (arrays, key) in places.items():
        here = arrays[key]
        direction = rng.standard_normal(here.shape) / here.size**0.5
        arrays[key] = here + 1e-30j * direction
        out = model.forward(arrays[key] if name == "x" else x)
        arrays[key] = here
        yield name, np.sum(dout * np.imag(out)) / 1e-30, np.sum(gradients[name] * direction), largest
