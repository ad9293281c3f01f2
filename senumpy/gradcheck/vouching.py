"""How far do real differences vouch for the complex step? As far as that, and no further, the check may go.

A slope that the complex step gives along a random direction is held against real differences there. Mostly they
confirm it to 1e-10 of the largest gradient entry or better. Where corners or rounding leave less, the tolerance of the
check grows with it. Where they contradict it, the probe sits exactly on a corner, or forward is not analytic. A look
from a little way off tells which, and in the second case real differences have to do the work.
"""

from senumpy.gradcheck.branches import settle_corners
from senumpy.gradcheck.differences import TOLERANCES
from senumpy.gradcheck.directions import DIRECTIONS, confirm, off_the_corners, random_direction
from senumpy.gradcheck.numerical import STEPS, directional_derivative

TWICE = 2  # along a random direction, an entry moves by half a step at least


def vouch(measured, f, x, dout, noise, scale, name, entries, analytic, rng):
    """Note in ``measured.floor`` how far off the complex gradient could be; return a sentence if it cannot be used.

    Parameters
    ----------
    measured : Measured
        From the complex step.
    f : callable
        From an array like x to the output.
    x, dout : array
    noise : float
        The rounding error of ``sum(dout * f(x))``, see `rounding`.
    scale : float
        The largest gradient entry.
    name : str
    entries : array of int
        Those that were differentiated.
    analytic : array or None
    rng : numpy.random.Generator
    """
    to, contradicted, inside = _look(f, x, dout, noise, scale, rng)
    measured.floor = TWICE * to
    if not inside:
        measured.blind_spots.append(
            f"{name}: every real step leaves forward's domain (a root or a logarithm at its edge?), so nothing vouches "
            "for the complex step"
        )
        measured.floor = 0.0
    if not contradicted:
        return ""
    beside = _look(f, off_the_corners(x, rng), dout, noise, scale, rng)
    if not beside.contradicted and beside.inside:
        measured.floor = TWICE * beside.to
        settle_corners(measured, f, x, dout, entries, analytic, scale, noise, name)
        return ""
    off = f"off by {to / scale:.0e} of the gradient" if scale > 0 else "it says zero, they do not"
    return (
        f"real differences do not confirm the complex step ({off}: does forward take abs, var or std, or drop the "
        "imaginary part of a term?)"
    )


def _look(f, x, dout, noise, scale, rng):
    """Hold the complex step against real differences along random directions, and return what the worst one says."""
    goal = TOLERANCES["complex_step"] * scale / TWICE
    worst = None
    for _ in range(DIRECTIONS):
        u = random_direction(x, rng)
        expected = directional_derivative(f, x, u, "complex_step", STEPS["complex_step"], dout)
        found = confirm(f, x, u, expected, dout, noise, goal)
        too_far = found.contradicted and TWICE * found.to > TOLERANCES["central"] * scale
        found = found._replace(contradicted=too_far)
        if too_far or not found.inside:
            return found
        worst = found if worst is None or found.to > worst.to else worst
    return worst
