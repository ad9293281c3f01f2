"""Which numerical derivative to believe: the complex step, as far as real differences vouch for it.

The complex step is exact to the last digit, and it fails without a sound: where code takes ``abs``, ``var``, ``std`` or
the real part, the imaginary part that carries the derivative is lost. So it is held against real differences first.
Both are computed from forward alone; backward is not asked.
"""

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.differences import Measured, by_differences
from senumpy.gradcheck.numerical import numerical_gradient, stays_complex
from senumpy.gradcheck.rounding import rounding
from senumpy.gradcheck.vouching import vouch

SMALL = 1e-3  # a tensor's gradient counts as small below this part of the largest entry of all tensors


def measure(pair, probe, analytic, method, dtype, rng):
    """Return the numerical derivative of ``sum(dout * out)`` for each tensor that has one."""
    values, dout, entries = probe
    at, noise = {}, {}
    for name in pair.names:
        at[name] = (lambda a, name=name: pair.forward({**values, name: a})[0]), values[name], dout
        noise[name] = rounding(*at[name], rng)

    def differences(name, method="central", why=""):
        measured = by_differences(name, *at[name], entries[name], analytic[name], noise[name], method, dtype)
        measured.notes += [f"{name}: {why}; central differences instead"] if why else []
        return measured

    if method in ("forward", "central", "five_point"):
        return {name: differences(name, method) for name in pair.names}

    measured, doubts = {}, {}
    for name in pair.names:
        measured[name], doubts[name] = _by_complex_step(*at[name], entries[name])
        if method == "complex_step" and doubts[name]:
            raise ValueError(f'the complex step cannot differentiate by {name}: {doubts[name]}; use method="auto"')
    largest = max((largest_of(m.values) for m in measured.values() if m), default=0.0)
    for name, m in measured.items():
        if m:
            scale = max(largest_of(m.values), SMALL * largest)
            doubts[name] = vouch(m, *at[name], noise[name], scale, name, entries[name], analytic[name], rng)
        if not doubts[name]:
            continue
        if method == "auto":
            measured[name] = differences(name, why=doubts[name])
            measured[name].analytic = False
        else:
            m.blind_spots.append(f"{name}: {doubts[name]}")
    return measured


def _by_complex_step(f, x, dout, entries):
    """Return ``(Measured or None, what speaks against it)``: the complex derivative, before anybody vouched for it."""
    try:
        if not stays_complex(f, x):
            return None, "forward answers complex numbers with real ones (it drops the imaginary part, or takes abs)"
        values = numerical_gradient(f, x, "complex_step", dout=dout, entries=entries)
    except Exception as error:  # any reason that forward has against complex numbers is good enough
        words = f"{type(error).__name__}: {_first_line(error)}"
        return None, f"forward does not take complex numbers ({words})"
    if not np.isfinite(values.flat[entries]).all():
        return None, "the complex step is not finite here"
    return Measured(values, "complex_step"), ""


def _first_line(error):
    return str(error).partition("\n")[0][:100]
