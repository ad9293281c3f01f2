"""Mistakes in scaling channels by gates: forward broadcast, and backward has to know over which axes."""

from functools import partial

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _mean_for_sum(dout, cache):
    x, s = cache
    dx = dout * s[:, :, None, None]
    ds = (dout * x).mean(axis=(2, 3))
    return dx, ds


def _gate_not_applied(dout, cache):
    x, s = cache
    dx = dout.copy()
    ds = (dout * x).sum(axis=(2, 3))
    return dx, ds


def _accidental_broadcast(dout, cache):
    x, s = cache
    dx = dout * s
    ds = (dout * x).sum(axis=(2, 3))
    return dx, ds


def _not_summed(dout, cache):
    x, s = cache
    dx = dout * s[:, :, None, None]
    ds = dout * x
    return dx, ds


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint="", **sizes):
    right = (ops.scale_forward, ops.scale_backward)
    draw = partial(probes.gates, **sizes)
    return Mistake(f"scale_{name}", "scale", ops.scale_forward, backward, right, draw, seed, what, story, hint)


GALLERY = [
    _mistake(
        "mean_for_sum",
        _mean_for_sum,
        1,
        what="ds is the mean over the pixels where the sum belongs: one gate was used at H W places.",
        story="The squeeze before it is a mean, and the hand writes the same again. The gates then learn H W times too "
        "slowly.",
        hint="ds: 20 times too small (H W = 20)",
    ),
    _mistake(
        "not_summed",
        _not_summed,
        2,
        what="ds keeps the H W numbers of each gate side by side, where their sum belongs.",
        story="An entrywise product has an entrywise derivative; that one of the factors was broadcast is forgotten.",
        hint="ds: not summed over axis 2, 3",
    ),
    _mistake(
        "gate_not_applied",
        _gate_not_applied,
        3,
        what="dx is dout; the product rule asks for dout times the other factor, s.",
        story="Treats the gates as if they were added. Gates near 1 hide it.",
        hint="dx: the factor s is missing",
    ),
    _mistake(
        "accidental_broadcast",
        _accidental_broadcast,
        4,
        N=4,
        C=5,
        what="The gates (N, C) meet the last two axes of dout, (H, W), instead of the first two.",
        story="Seen in public re-implementations of SE blocks. NumPy lines shapes up from the right, and where N = H "
        "and C = W it does not complain.",
    ),
]
