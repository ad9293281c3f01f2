"""How the error of a gradient check depends on the step of the difference, for a right gradient and for a wrong one."""

from typing import NamedTuple

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.arrays import require_function
from senumpy.gradcheck.numerical import STEPS, numerical_gradient, stays_complex
from senumpy.gradcheck.pairs import Pair, random_dout

SMALLEST = 1e-17  # stands for an error of zero, which no logarithm can reach
ENTRIES = 20  # so many are looked at, drawn at random


class StepErrors(NamedTuple):
    """What `step_errors` measured: the error at each step, by gradient and by numerical method.

    Attributes
    ----------
    name : str
        The input that was differentiated.
    steps : array
    errors : dict of str to dict of str to list
        For "right", and for "wrong" where one was given: for each method the largest error at each step, relative to
        the largest entry of the gradient. NaN where the step leaves the domain.
    """

    name: str
    steps: np.ndarray
    errors: dict


def step_errors(forward, backward, inputs, *, wrong=None):
    """Measure the error of the first input's gradient against the step of the difference, by every numerical method.

    A right gradient gives a V: on the right, the function bends away from the quotient; on the left, the subtraction
    loses digits. The complex step subtracts nothing and has no left branch; it is left out where forward does not take
    complex numbers. A wrong gradient is a flat line at its own error: no step makes it right.

    Parameters
    ----------
    forward, backward, inputs
        The pair and its probe, as for `senumpy.gradcheck.check`.
    wrong : callable, optional
        A wrong backward for the same forward, to be measured beside the right one.

    Returns
    -------
    StepErrors

    Raises
    ------
    ValueError
        For a gradient that cannot be compared.

    Examples
    --------
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> measured = step_errors(lambda x: (x**3, x), lambda dout, x: 3 * x**2 * dout, {"x": x})
    >>> max(measured.errors["right"]["complex_step"][:10]) < 1e-15
    True
    """
    rng = np.random.default_rng(0)
    pair = Pair(forward, backward, inputs)
    if wrong is not None:
        require_function("wrong", wrong)
    name = pair.names[0]
    values = pair.cast("float64")
    dout = random_dout(pair.forward(values)[0], rng)
    entries = np.sort(rng.choice(values[name].size, min(ENTRIES, values[name].size), replace=False))
    steps = 10.0 ** np.arange(-15, 0, 0.5)
    numeric = {method: _numeric(pair, values, name, method, steps, dout, entries) for method in STEPS}
    gradients = {"right": pair, **({"wrong": Pair(forward, wrong, inputs)} if wrong is not None else {})}
    errors = {}
    for title, one in gradients.items():
        analytic = _gradient(one, values, name, dout).flat[entries]
        errors[title] = {
            method: [_relative(analytic, row) for row in rows] for method, rows in numeric.items() if rows is not None
        }
    return StepErrors(name, steps, errors)


def _numeric(pair, values, name, method, steps, dout, entries):
    """Return the derivatives for each step, or None where forward does not take complex numbers."""

    def f(a):
        return pair.forward({**values, name: a})[0]

    try:
        if method == "complex_step" and not stays_complex(f, values[name]):
            return None
        return [numerical_gradient(f, values[name], method, h, dout=dout, entries=entries).flat[entries] for h in steps]
    except Exception:  # any reason that forward has against complex numbers is good enough
        if method != "complex_step":
            raise


def _gradient(pair, values, name, dout):
    gradients, miscounted = pair.backward(dout.copy(), pair.forward(values)[1])
    gradient = gradients[name]
    if gradient is None or gradient.shape != values[name].shape:
        got = "None" if gradient is None else f"shape {gradient.shape}"
        raise ValueError(miscounted or f"d{name} must have the shape of {name}, {values[name].shape}, got {got}")
    return gradient


def _relative(analytic, numeric):
    if not np.isfinite(numeric).all():
        return np.nan  # the step has left the domain
    scale = max(largest_of(analytic), largest_of(numeric))
    return max(SMALLEST, largest_of(analytic - numeric) / scale) if scale > 0 else SMALLEST
