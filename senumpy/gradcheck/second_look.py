"""A backward that forgot a mask is right wherever the mask lets everything through. So look once more from elsewhere.

With every ReLU on, a missing mask cannot be seen; nor can a missing factor gamma while gamma is 1, nor the whole path
through a gate while the gate is saturated. The probe belongs to the caller, and the verdict on it stands. But a
gradient that goes wrong as soon as the inputs move says that the probe was blind, and the report should say so.
"""

import numpy as np

from senumpy.gradcheck.directions import confirm, random_direction, size_of
from senumpy.gradcheck.numerical import length
from senumpy.gradcheck.pairs import random_dout
from senumpy.gradcheck.promises import fingerprint
from senumpy.gradcheck.rounding import rounding
from senumpy.gradcheck.truth import SMALL

TOLERANCE = 1e-4  # along one direction; a forgotten term is larger by orders of magnitude
TOGETHER = 6  # with more inputs than this, all are moved at once
NUDGE = 0.01  # of the size of an input
LARGE = 8  # where activations are flat; they bend around size 1
FLAT = 1e-6  # of the largest gradient entry at the probe itself: below it, the place looked at tells nothing


def look_elsewhere(pair, values, largest, rng):
    """Return a sentence for the first place nearby at which backward is wrong, as a list of none or one.

    Inputs whose entries are all equal are scattered. All inputs together are replaced by random numbers, or brought to
    size 1. Each in turn is negated, shuffled, made large and given ties. A place where forward raises or gives
    something that is not finite is outside its domain and is passed over.
    """
    for words, moved in _moved(pair.names, values, rng):
        directions = {name: _unit(random_direction(values[name], rng)) for name in pair.names}
        if wrong := _wrong_there(pair, {**values, **moved}, directions, largest, rng):
            return [
                f"{words}, {wrong}, although it is right at this probe: does a mask let everything through here (all "
                "ReLUs on), is a gate saturated, or is a factor 1? Check at another probe"
            ]
    for name in pair.names if len(pair.names) <= TOGETHER else pair.names[:1]:
        tied, direction = _with_ties(values[name], rng)
        if wrong := _wrong_there(pair, {**values, name: tied}, {name: direction}, largest, rng):
            return [
                f"With entries of {name} that tie, {wrong}, although it is right at this probe: is the gradient of a "
                "maximum given to several? Check at a probe with ties"
            ]
    return []


def _moved(names, values, rng):
    """Yield (words, inputs), everything nudged a little as well, so that a probe on a kink leaves it."""
    size = {name: size_of(values[name]) for name in names}
    near = {name: values[name] + NUDGE * size[name] * rng.standard_normal(values[name].shape) for name in names}
    constant = [name for name in names if values[name].size > 1 and np.ptp(values[name]) == 0]
    if constant:
        scattered = {name: values[name] + LARGE * rng.standard_normal(values[name].shape) for name in constant}
        yield f"With the entries of {' and '.join(constant)} scattered", {**near, **scattered}
    yield "With random numbers for every input", {n: rng.standard_normal(values[n].shape) for n in names}
    yield "With every input of size 1", {name: _of_size(1, near[name]) for name in names}
    if len(names) > TOGETHER:
        yield "With the signs of some inputs turned round", {n: rng.choice([-1.0, 1.0]) * near[n] for n in names}
        yield "With the entries of every input shuffled", {name: _shuffled(near[name], rng) for name in names}
        return
    for name in names:
        yield f"With the sign of {name} turned round", {**near, name: -near[name]}
        yield f"With the entries of {name} shuffled", {**near, name: _shuffled(near[name], rng)}
        yield f"With {name} of size {LARGE}", {**near, name: _of_size(LARGE, near[name])}


def _of_size(target, x):
    return x * (target / size_of(x))


def _shuffled(x, rng):
    return rng.permutation(x.ravel()).reshape(x.shape)


def _with_ties(x, rng):
    """Return x with two values only, and a direction that leaves ties as they are.

    At a tie a maximum has a kink, whoever gets its gradient. But entries that tie and move together stay tied. Along
    such a direction there is no kink: the shares of a window's gradient must add up to one.
    """
    finite = np.isfinite(x)
    known = np.where(finite, x, 0.0)
    high = known > np.median(known)
    tied = known.mean() + (known.std() or 1.0) * np.where(high, 1.4, -0.6)  # not opposite: |x| has no ties of its own
    moves = rng.standard_normal(2)
    return np.where(finite, tied, x), _unit(np.where(high, *moves))


def _unit(direction):
    return direction / length(direction)


def _wrong_there(pair, values, directions, largest, rng):
    """Return what backward does wrong at other inputs, in a few words, or None.

    Each gradient is held against real differences along its direction.
    """
    with np.errstate(all="ignore"):
        try:
            out, cache = pair.forward(values)
            if not np.isfinite(out).all():
                return None
            dout = random_dout(out, rng)
            given, before = (values, dout.copy()), fingerprint((values, dout))
            gradients, _ = pair.backward(given[1], cache)
            sizes = {name: float(np.max(np.abs(gradient))) for name, gradient in gradients.items()}
            if fingerprint(given) != before:
                return "backward changes its inputs or dout"
            here = max(sizes.values())
            if not np.isfinite(list(sizes.values())).all() or here <= FLAT * largest:
                return None
            for name, direction in directions.items():

                def output(a, name=name):
                    return pair.forward({**values, name: a})[0]

                x, allowed = values[name], TOLERANCE * max(sizes[name], SMALL * here)
                slope, noise = float(np.sum(gradients[name] * direction)), rounding(output, x, dout, rng)
                found = confirm(output, x, direction, slope, dout, noise, allowed)
                if found.contradicted and found.to > allowed:
                    return f"the gradient of {name} is wrong"
        except Exception:  # outside the domain, in whatever words forward says so
            return None
