"""How far do real differences vouch for the complex step? As far as that, and no further, the check may go.

A slope that the complex step gives along a random direction is held against real differences there. Mostly they
confirm it to 1e-10 of the largest gradient entry or better. Where kinks or rounding leave less, the tolerance of the
check grows with it. Where they contradict it, the probe sits exactly on a kink, or forward is not analytic. A look
from a little way off tells which, and in the second case real differences have to do the work.
"""

from senumpy.gradcheck.branches import settle_kinks
from senumpy.gradcheck.differences import TOLERANCES
from senumpy.gradcheck.directions import DIRECTIONS, confirm, off_the_kinks, random_direction
from senumpy.gradcheck.numerical import directional_derivative, tiny_step

TWICE = 2  # along a random direction, an entry moves by half a step at least
CLEARER = 0.01  # so much better a view from beside the probe says that the probe sits on a kink, or all but


def vouch(measured, f, x, dout, noise, scale, name, entries, analytic, rng):
    """Note in ``measured.floor`` how far off the complex gradient could be; return a sentence if it cannot be used."""
    found, size = _look(f, x, dout, noise, scale, rng)
    measured.floor = TWICE * found.to
    if not found.inside:
        measured.blind_spots.append(
            f"{name}: every real step leaves forward's domain (a root or a logarithm at its edge?), so nothing vouches "
            "for the complex step"
        )
        measured.floor = 0.0
    measured.analytic = not found.contradicted
    if measured.floor <= TOLERANCES["central"] * scale:
        return ""
    beside, its_size = _look(f, off_the_kinks(x, rng), dout, noise, scale, rng)
    if beside.inside and beside.to * size < CLEARER * found.to * its_size:
        measured.floor, measured.analytic = TWICE * beside.to, True
        settle_kinks(measured, f, x, dout, entries, analytic, scale, noise, name)
        return ""
    if not found.contradicted:
        return ""
    off = f"off by {found.to / scale:.0e} of the gradient" if scale > 0 else "it says zero, they do not"
    return (
        f"real differences do not confirm the complex step ({off}: does forward take abs, var or std, or drop the "
        "imaginary part of a term?)"
    )


def _look(f, x, dout, noise, scale, rng):
    """Hold the complex step against real differences along random directions.

    Return what the worst direction says, and the largest slope of all.
    """
    goal = TOLERANCES["complex_step"] * scale / TWICE
    worst, size = None, 0.0
    for _ in range(DIRECTIONS):
        u = random_direction(x, rng)
        expected = directional_derivative(f, x, u, "complex_step", tiny_step(x), dout)
        found, size = confirm(f, x, u, expected, dout, noise, goal), max(size, abs(expected))
        if worst is None or found.to > worst.to or not found.inside:
            worst = found
        if not found.inside or found.contradicted and TWICE * found.to > TOLERANCES["central"] * scale:
            break
    return worst, size
