"""A backward that forgot a mask is right wherever the mask lets everything through. So look once more from elsewhere.

With every ReLU on, a missing mask cannot be seen; nor can a missing factor gamma while gamma is 1. The probe belongs
to the caller, and the verdict on it stands. But a gradient that goes wrong as soon as the inputs move says that the
probe was blind, and the report should say so.
"""

import warnings

import numpy as np

from senumpy.gradcheck.pairs import random_dout
from senumpy.gradcheck.truth import SMALL, agrees_along_random_directions

TOLERANCE = 1e-4  # along one direction; a forgotten term is larger by orders of magnitude
TOGETHER = 6  # with more inputs than this, all are moved at once
NUDGE = 0.01  # of the size of an input
FLAT = 1e-6  # of the largest gradient entry at the probe itself: below it, the place looked at tells nothing


def look_elsewhere(pair, values, largest, rng):
    """Return a sentence for the first place nearby at which backward is wrong, as a list of none or one.

    Each input in turn is negated, multiplied by four and, where all its entries are equal, scattered. A place where
    forward raises or gives something that is not finite is outside its domain and is passed over.

    Parameters
    ----------
    pair : Pair
    values : dict of arrays in float64
    largest : float
        The largest gradient entry at the probe.
    rng : numpy.random.Generator
    """
    for words, moved in _places(pair.names, values, rng):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                wrong = _wrong_tensors(pair, {**values, **moved}, largest, rng)
            except Exception:  # outside the domain, in whatever words forward says so
                continue
        if wrong:
            return [
                f"{words}, the gradient of {wrong[0]} is wrong, although it is right at this probe: does a mask let "
                "everything through here (all ReLUs on), or is a factor 1? Check at another probe"
            ]
    return []


def _places(names, values, rng):
    """Yield (words, inputs), everything nudged a little as well, so that a probe on a corner leaves it."""
    size = {name: float(np.sqrt(np.mean(values[name] ** 2))) for name in names}
    near = {name: values[name] + NUDGE * size[name] * rng.standard_normal(values[name].shape) for name in names}
    constant = [name for name in names if values[name].size > 1 and np.ptp(values[name]) == 0]
    if constant:
        scattered = {name: values[name] + rng.standard_normal(values[name].shape) for name in constant}
        yield f"With the entries of {' and '.join(constant)} scattered", {**near, **scattered}
    if len(names) > TOGETHER:
        yield "With the signs of some inputs turned round", {n: rng.choice([-1.0, 1.0]) * near[n] for n in names}
        return
    for name in names:
        yield f"With the sign of {name} turned round", {**near, name: -near[name]}
        yield f"With {name} four times as large", {**near, name: 4 * near[name]}


def _wrong_tensors(pair, values, largest, rng):
    out, cache = pair.forward(values)
    if not np.isfinite(out).all():
        return []
    dout = random_dout(out, rng)
    gradients, _ = pair.backward(dout, cache)
    sizes = {name: float(np.max(np.abs(gradient))) for name, gradient in gradients.items()}
    if not np.isfinite(list(sizes.values())).all():
        return []
    here = max(sizes.values())
    if here <= FLAT * largest:
        return []

    def fits(name):
        def output(a):
            return pair.forward({**values, name: a})[0]

        scale = max(sizes[name], SMALL * here)
        return agrees_along_random_directions(
            output, values[name], gradients[name], dout, scale, rng, directions=1, tolerance=TOLERANCE
        )

    return [name for name in pair.names if not fits(name)]
