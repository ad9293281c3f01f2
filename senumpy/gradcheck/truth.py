"""Which numerical derivative to believe: the complex step, but only after real differences have vouched for it.

The complex step is exact to the last digit, and it fails without a sound: where code takes ``abs``, ``var`` or ``std``,
the imaginary part that carries the derivative is lost. So each tensor's complex gradient is compared along random
directions with a plain real difference. Both are computed from forward alone; backward is not asked.
"""

import warnings

import numpy as np

from senumpy.gradcheck.differences import CORNER, TOLERANCES, Measured, by_differences, corners, largest_of
from senumpy.gradcheck.directions import STEPS_ALONG, TOLERANCE_ALONG, agrees_along_random_directions
from senumpy.gradcheck.numerical import numerical_gradient

BESIDE = 1e-13  # of an input: a step that is only just larger than rounding
SMALL = 1e-3  # a tensor's gradient counts as small below this part of the largest entry of all tensors


def measure(pair, probe, analytic, method, dtype, rng):
    """Return the numerical derivative of ``sum(dout * out)`` for each tensor that has one.

    Parameters
    ----------
    pair : Pair
    probe : Probe
    analytic : dict of arrays, None where backward returned nothing usable
    method : {"auto", "forward", "central", "five_point", "complex_step"}
    dtype : {"float64", "float32"}
        The precision that backward ran in.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to Measured
    """

    values, dout, entries = probe

    def output_of(name):
        return lambda a: pair.forward({**values, name: a})[0]

    def differences(name, method="central"):
        return by_differences(name, output_of(name), values[name], dout, entries[name], analytic[name], method, dtype)

    if method in ("forward", "central", "five_point"):
        return {name: differences(name, method) for name in pair.names}
    if method == "complex_step":
        return {name: _complex(output_of(name), values[name], dout, entries[name]) for name in pair.names}

    measured = {}
    for name in pair.names:
        try:
            measured[name] = _complex(output_of(name), values[name], dout, entries[name])
        except Exception as error:  # any reason that forward has against complex numbers is good enough
            measured[name] = differences(name)
            measured[name].notes.append(
                f"{name}: forward does not take complex numbers ({type(error).__name__}: {_first_line(error)}); "
                "central differences instead"
            )
    largest = max(largest_of(m.values) for m in measured.values())
    for name, m in measured.items():
        if m.method != "complex_step":
            continue
        scale = max(largest_of(m.values), SMALL * largest)
        at = output_of(name), values[name], dout
        measured[name] = _vouched(m, *at, entries[name], analytic[name], scale, name, rng)
        if measured[name] is None:
            measured[name] = differences(name)
            measured[name].notes.append(
                f"{name}: real differences do not confirm the complex step (forward takes abs, var or std, or drops "
                "the imaginary part?); central differences instead"
            )
    return measured


def _complex(f, x, dout, entries):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        return Measured(numerical_gradient(f, x, "complex_step", dout=dout, entries=entries), "complex_step")


def _vouched(measured, f, x, dout, entries, analytic, scale, name, rng):
    """Return the complex gradient if real differences agree with it, else None."""
    if not np.isfinite(measured.values.flat[entries]).all():
        return None
    if agrees_along_random_directions(f, x, measured.values, dout, scale, rng):
        contradicted = analytic is not None and _real_sides_with(analytic, measured.values, f, x, dout, scale)
        return None if contradicted else measured
    return _agreeing_off_the_corners(measured, f, x, dout, entries, analytic, scale, name)


def _real_sides_with(analytic, numeric, f, x, dout, scale):
    """Where complex step and backward differ most: do real differences clearly side with backward?

    The random directions cannot see an error of the complex step below their tolerance; this can.
    """
    gap = np.abs(np.where(np.isfinite(numeric), analytic - numeric, 0.0))
    worst = int(np.argmax(gap))
    if not TOLERANCES["complex_step"] * scale < gap.flat[worst] < np.inf:
        return False
    from_backward, from_complex = np.inf, np.inf
    for h in STEPS_ALONG:
        real = numerical_gradient(f, x, "five_point", h * max(1.0, abs(x.flat[worst])), dout=dout, entries=[worst])
        from_backward = min(from_backward, abs(real.flat[worst] - analytic.flat[worst]))
        from_complex = min(from_complex, abs(real.flat[worst] - numeric.flat[worst]))
    return from_backward < 0.1 * gap.flat[worst] < from_complex


def _agreeing_off_the_corners(measured, f, x, dout, entries, analytic, scale, name):
    """Vouch for a complex gradient at a probe that sits exactly on corners, where real differences mean nothing.

    There the complex step follows the branch that forward itself takes. Where a step to the other side follows
    another branch, either may be backward's convention, and the probe cannot judge.
    """
    at_corner, left, right = corners(f, x, dout, entries, scale)
    if not len(at_corner):
        return None
    smooth = np.setdiff1d(entries, at_corner)
    real = by_differences(name, f, x, dout, smooth, measured.values)
    if not np.all(np.abs(real.values - measured.values).flat[smooth] <= TOLERANCE_ALONG * scale):
        return None
    here, scale = measured.values.flat[at_corner], max(scale, largest_of(real.values))

    def slopes(g, x):
        return numerical_gradient(g, x, "complex_step", dout=dout, entries=at_corner).flat[at_corner]

    # Where a corner is met only up to rounding, complex arithmetic may round to its other side than real one does.
    others = [slopes(lambda a: np.conj(f(np.conj(a))), x), slopes(f, x * (1 + BESIDE)), slopes(f, x * (1 - BESIDE))]
    one_sided = np.minimum(np.abs(here - left), np.abs(here - right)) <= 10 * CORNER * scale
    words = f"{len(at_corner)} entries of {name} lie exactly on a corner (a ReLU at 0, a tie in a max pool)"
    one_branch = np.abs(np.array(others) - here).max() <= TOLERANCE_ALONG * scale
    if one_branch and one_sided.all() and len(smooth):
        measured.warnings.append(f"{words}: compared with the slope of the branch that forward takes there")
        return measured
    if analytic is not None:
        sides = np.array([here, *others, left, right])  # anything between them is a subgradient
        low, high = sides.min(axis=0) - TOLERANCE_ALONG * scale, sides.max(axis=0) + TOLERANCE_ALONG * scale
        measured.values.flat[at_corner] = np.clip(analytic.flat[at_corner], low, high)
    measured.blind_spots.append(f"{words}: there the probe cannot judge, move it off the corner")
    return measured


def _first_line(error):
    return str(error).partition("\n")[0][:100]
