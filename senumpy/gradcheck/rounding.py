"""How finely does forward compute? What a difference of two outputs shows below that is rounding, not slope.

Mostly it is the rounding of the output's own numbers. But a forward may work more coarsely than its output tells: it
adds and subtracts something large, or casts to float32 and back. Neither can be seen in one output; both show when
the inputs are moved by very little. Subtracting leaves noise where a straight line should be. A cast leaves stairs: the
output stands still, and then moves by a whole step.
"""

import numpy as np

from senumpy.gradcheck.numerical import change, length

TINY = 1e-13  # a move, as a part of each input: above the rounding of float64, far below that of float32
COARSER = (1e-8, 1e-6, 1e-4, 1e-2)  # stairs of float32 are 1e-7 wide, those of float16 1e-3
POINTS = 7  # in a row; their third differences are 4, and sqrt(20) times as large as the noise of one point
SAFETY = 4
MANY = 0.2  # of the outputs must have moved: steps of a size that leaves the others where they are are no rounding


def rounding(f, x, dout, rng):
    """Estimate the rounding error of ``sum(dout * f(x))``: what is left when the inputs move next to nothing.

    Examples
    --------
    >>> rng, x = np.random.default_rng(0), np.array([0.3, -0.7, 1.9])
    >>> f = lambda x: x**2
    >>> exact = rounding(f, x, np.ones(3), rng)
    >>> coarse = rounding(lambda x: f(x.astype(np.float32)).astype(float), x, np.ones(3), rng)
    >>> large = rounding(lambda x: f(x) + 1e9, x, np.ones(3), rng)
    >>> exact < 1e-14, 1e-9 < coarse < 1e-4, 1e-7 < large < 1e-4
    (True, True, True)
    """
    inward = -x * rng.uniform(0.5, 1.0, x.shape)  # towards 0, which is where most domains end, and never there
    inward = np.where(np.isfinite(inward), inward, 0.0)
    with np.errstate(all="ignore"):
        out = f(x.copy())
        eps = float(np.finfo(out.dtype).eps)
        own = SAFETY * eps * length(dout * np.where(np.isfinite(out), out, 0.0))
        for moves in (inward, -inward):
            row = [change(f(x + k * TINY * moves), out) for k in range(1, POINTS)]
            thirds = np.diff([0.0, *(float(np.sum(dout * moved)) for moved in row)], 3)
            if np.isfinite(thirds).all():
                noise = SAFETY * length(thirds) / float(np.sqrt(20 * thirds.size))
                return max(own, noise, _stairs(f, x, dout, moves, out, row[0], eps))
        return own


def _stairs(f, x, dout, moves, out, tiny, eps):
    """Return the height of the stairs of an output that ignores a tiny move and follows a larger one, or 0."""
    for part in COARSER:
        moved = change(f(x + part * moves), out)
        expected = np.abs(moved) * (TINY / part)
        visible = np.isfinite(expected) & (expected > 64 * eps * np.abs(out))
        if visible.sum() < MANY * out.size:
            continue
        ignored = np.abs(np.abs(tiny) - expected) > 0.9 * expected
        if 2 * np.sum(ignored & visible) <= visible.sum():
            return 0.0
        return SAFETY * length((dout * moved)[visible]) * float(np.sqrt(out.size / visible.sum()))
    return 0.0
