"""A derivative is a question put to the function itself: move one number a little, and see how the output moves."""

import numpy as np

from senumpy.arguments import check_number
from senumpy.gradcheck.arrays import plain, require_function

STEPS = {"forward": 1e-8, "central": 1e-5, "five_point": 1e-3, "complex_step": 1e-30}
SMALL_BESIDE = 1e-8  # a part whose square is lost in rounding


def numerical_gradient(f, x, method="central", h=None, *, dout=None, entries=None):
    """Differentiate f entry by entry, in float64, without looking at any backward pass.

    ==============  ==============================================  ==========  ========================
    method          quotient                                        default h   what limits the accuracy
    ==============  ==============================================  ==========  ========================
    forward         (f(x + h) - f(x)) / h                           1e-8        about 1e-7 to 1e-8
    central         (f(x + h) - f(x - h)) / 2h                      1e-5        about 1e-10
    five_point      (8 f(x + h) - 8 f(x - h)                        1e-3        about 1e-12
                    - f(x + 2h) + f(x - 2h)) / 12h
    complex_step    Im f(x + ih) / h                                1e-30       rounding of f, 1e-16
    ==============  ==============================================  ==========  ========================

    A difference has two errors. The curve of f bends away from the quotient: that error falls with h, as h, h^2 and
    h^4 in the first three rows. And the subtraction loses digits: that error grows as 1e-16 / h. The default steps
    are where the two meet: the square root, the third and the fifth root of 1e-16, rounded to a power of ten. Entries
    larger than 1 take a step larger by their size. The complex step subtracts nothing, so h only has to be so small
    that h^2 disappears beside x^2; for entries below 1e-22 it is smaller still. In return f must take complex numbers
    and be analytic around x: no ``abs``, ``var``, ``std``.
    (Squire and Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40, 1998.)

    Parameters
    ----------
    f : callable
        Takes an array like x. Returns one number, or an array if ``dout`` is given.
    x : array
        Where to differentiate. f gets copies, x itself is never changed.
    method : {"central", "forward", "five_point", "complex_step"}
    h : float, optional
        The step, the same for every entry.
    dout : array, optional
        Weights of the outputs: then the function differentiated is ``sum(dout * f(x))``. The difference of the
        outputs is taken before the sum, so that outputs which did not move add no rounding error.
    entries : iterable of int, optional
        Flat indices of the entries to differentiate; the others come back as NaN.

    Returns
    -------
    gradient : float64 array like x

    Raises
    ------
    ValueError
        For an unknown method, a step that is not positive, an x that is not an array of real numbers, or an f that
        returns an array without ``dout``.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> numerical_gradient(lambda x: np.sum(x**3), x).round(6)
    array([ 3., 12., 27.])
    >>> numerical_gradient(lambda x: np.sum(x**3), x, method="complex_step")
    array([ 3., 12., 27.])
    """
    require_function("f", f)
    check_method(method)
    h = None if h is None else check_number("the step h", h, "above 0", lambda h: h > 0)
    dout = None if dout is None else plain("dout", dout)
    x = plain("x", x).astype(np.float64)
    gradient = np.full(x.shape, np.nan)
    for i in range(x.size) if entries is None else _places(entries, x.size):
        here = x.flat[i]
        usual = tiny_step(here) if method == "complex_step" else STEPS[method] * max(1.0, abs(here))
        step = usual if h is None else h
        gradient.flat[i] = slope(lambda t, i=i: f(_moved(x, i, t)), method, step, dout)
    return gradient


def directional_derivative(f, x, direction, method, h, dout=None):
    """Differentiate f at x along a direction: one quotient speaks for all entries at once.

    >>> x, u = np.array([1.0, 2.0]), np.array([0.6, 0.8])
    >>> directional_derivative(lambda x: x[0] * x[1], x, u, "complex_step", 1e-30)
    2.0
    """
    require_function("f", f)
    check_method(method)
    h = check_number("the step h", h, "above 0", lambda h: h > 0)
    x, direction = plain("x", x), plain("direction", direction)
    if direction.shape != x.shape:
        raise ValueError(f"direction must have the shape of x, {x.shape}, got {direction.shape}")
    return slope(lambda t: f(x + t * direction), method, h, None if dout is None else plain("dout", dout))


def slope(g, method, h, dout=None):
    """Return the derivative of ``sum(dout * g(t))`` at t = 0, where g takes a number (complex for the complex step)."""

    def weigh(moved):
        if dout is None and np.ndim(moved):
            raise ValueError(
                f"f must return one number, got an array of shape {np.shape(moved)}: sum it up, or give dout"
            )
        if dout is not None and np.shape(dout) != np.shape(moved):
            raise ValueError(f"dout must have the shape of f's output, {np.shape(moved)}, got {np.shape(dout)}")
        return float(np.sum(moved if dout is None else dout * moved))

    with np.errstate(all="ignore"):  # a step may leave the domain; NaN is then the honest answer
        if method == "complex_step":
            out = g(1j * h)
            return weigh(np.where(np.isinf(np.real(out)), 0.0, np.imag(out))) / h
        if method == "forward":
            return weigh(change(g(h), g(0.0))) / h
        if method == "central":
            return weigh(change(g(h), g(-h))) / (2 * h)
        return (8 * weigh(change(g(h), g(-h))) - weigh(change(g(2 * h), g(-2 * h)))) / (12 * h)


def tiny_step(x):
    """Return a step for the complex step: 1e-30, or less beside numbers that are nearly as small as that.

    >>> tiny_step(np.array([0.0, -2.0])), float(tiny_step(1e-150))
    (1e-30, 1e-158)
    """
    return min(STEPS["complex_step"], SMALL_BESIDE * smallest_of(x))


def smallest_of(x):
    """Return the smallest absolute entry that is not zero, infinity if there is none."""
    return float(np.min(np.abs(x), initial=np.inf, where=np.not_equal(x, 0)))


def stays_complex(f, x):
    """Tell whether f answers complex numbers with complex ones. If not, it has dropped the derivative with the rest.

    >>> stays_complex(np.exp, np.ones(2)), stays_complex(np.abs, np.ones(2))
    (True, False)
    """
    with np.errstate(all="ignore"):
        return np.iscomplexobj(f(x + 1j * tiny_step(x)))


def change(there, here):
    """Return ``there - here``, and 0 where both are the same infinity, as behind the mask of a softmax.

    >>> change(np.array([2.0, -np.inf]), np.array([1.5, -np.inf]))
    array([0.5, 0. ])
    """
    there, here = np.asarray(there), np.asarray(here)
    with np.errstate(all="ignore"):
        return np.where(there == here, 0.0, there - here)


def length(v):
    """Return the Euclidean length, of numbers whose squares would underflow too.

    >>> length(np.array([3e-200, 4e-200]))
    5e-200
    """
    largest = float(np.max(np.abs(v), initial=0.0))
    return largest * float(np.sqrt(np.sum((v / largest) ** 2))) if 0 < largest < np.inf else largest


def check_method(method, *, also=()):
    """Raise a ValueError unless ``method`` is one we know."""
    if method not in (*STEPS, *also):
        raise ValueError(f"the method must be one of {', '.join((*also, *STEPS))}, got {method!r}")


def _places(entries, size):
    """Return flat indices as a list, or raise a ValueError for what is none."""
    entries = list(entries)
    if not all(hasattr(i, "__index__") and -size <= i < size for i in entries):
        raise ValueError(f"entries must be flat indices of an x of {size} numbers, got {entries!r}")
    return entries


def _moved(x, i, t):
    moved = x.astype(np.result_type(x, type(t)))  # astype copies: f may keep or change what it gets
    moved.flat[i] += t
    return moved
