"""A probe that sits exactly on a kink: the complex step takes the branch that forward takes, and backward may too."""

import numpy as np

from senumpy.finite import largest_of
from senumpy.gradcheck.differences import KINK, kinks
from senumpy.gradcheck.numerical import numerical_gradient

BESIDE = 1e-13  # of an input: a step that is only just larger than rounding
ALIKE = 1e-5  # slopes of one branch, seen from both of its sides


def settle_kinks(measured, f, x, dout, entries, analytic, scale, noise, name):
    """Judge the entries that lie exactly on kinks, where real differences mean nothing.

    There the complex step follows the branch that forward itself takes. Where a step to the other side follows another
    branch, either may be backward's convention, and the probe cannot judge.
    """
    at_kink, left, right = kinks(f, x, dout, entries, scale, noise)
    if not len(at_kink):
        if len(entries) < x.size:
            measured.blind_spots.append(
                f"{name}: entries that were not drawn lie on a kink or close beside it (a ReLU at 0, a tie in a max "
                "pool): there the probe cannot judge, move it off the kink"
            )
        return
    here, scale = measured.values.flat[at_kink], max(scale, largest_of(left), largest_of(right))

    def slopes(g, x):
        return numerical_gradient(g, x, "complex_step", dout=dout, entries=at_kink).flat[at_kink]

    # Where a kink is met only up to rounding, complex arithmetic may round to its other side than real one does.
    others = [slopes(lambda a: np.conj(f(np.conj(a))), x), slopes(f, x * (1 + BESIDE)), slopes(f, x * (1 - BESIDE))]
    one_sided = np.minimum(np.abs(here - left), np.abs(here - right)) <= 10 * KINK * scale
    words = f"{len(at_kink)} entries of {name} lie on a kink or close beside it (a ReLU at 0, a tie in a max pool)"
    one_branch = np.abs(np.array(others) - here).max() <= ALIKE * scale
    if one_branch and one_sided.all() and len(at_kink) < len(entries):
        measured.warnings.append(f"{words}: compared with the slope of the branch that forward takes there")
        return
    if analytic is not None:
        sides = np.array([here, *others, left, right])  # anything between them is a subgradient
        low, high = sides.min(axis=0) - ALIKE * scale, sides.max(axis=0) + ALIKE * scale
        measured.values.flat[at_kink] = np.clip(analytic.flat[at_kink], low, high)
    measured.blind_spots.append(f"{words}: there the probe cannot judge, move it off the kink")
