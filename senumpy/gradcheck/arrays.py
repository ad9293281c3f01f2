"""What counts as an array here: plain numbers, without a mask that would be lost or np.matrix's own rules."""

import numpy as np

from senumpy.arguments import check_plain


def require_function(name, function):
    """Raise a ValueError unless this can be called."""
    if not callable(function):
        raise ValueError(f"{name} must be a function, got {function!r}")


def plain(name, value, kinds="fiub"):
    """Return value as an array of plain real numbers.

    Raises
    ------
    ValueError
        For None, text, objects, complex numbers, masked arrays and np.matrix.

    Examples
    --------
    >>> plain("x", [1, 2.5])
    array([1. , 2.5])
    """
    check_plain(name, value)
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype.kind not in kinds:
        got = repr(value) if array.ndim == 0 else f"an array of {array.dtype}"
        raise ValueError(f"{name} must be an array of real numbers, got {got}")
    return array
