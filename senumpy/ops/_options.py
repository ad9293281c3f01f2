"""Numbers and switches that people set: a rate, a momentum, with or without a bias. Looked at before they are used."""

import math
import numbers

import numpy as np

from senumpy.ops._checks import pair


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


def check_window(kernel_size, stride, padding):
    """Return the three as pairs (height, width), or raise a ValueError; without a stride it is the kernel size.

    >>> check_window(3, None, (0, 1))
    ((3, 3), (3, 3), (0, 1))
    """
    kernel_size = pair("kernel_size", kernel_size, 1)
    stride = kernel_size if stride is None else pair("stride", stride, 1)
    padding = pair("padding", padding, 0)
    if any(2 * p > k for p, k in zip(padding, kernel_size, strict=True)):
        raise ValueError(
            f"padding must be at most half the kernel, got padding {padding} for kernel {kernel_size}: "
            "a window must not lie in the padding alone"
        )
    return kernel_size, stride, padding
