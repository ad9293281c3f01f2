"""Mistakes at the end of the chain, where backward begins: a wrong factor here is a wrong learning rate everywhere."""

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _not_averaged(dout, cache):
    p, target = cache
    return dout * (p - target)


def _label_forgotten(dout, cache):
    p, target = cache
    return dout * p / len(p)


def _upstream_forgotten(dout, cache):
    p, target = cache
    return (p - target) / len(p)


def _sign_turned(dout, cache):
    p, target = cache
    return dout * (target - p) / len(p)


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint=""):
    op = "softmax_cross_entropy"
    right = (ops.softmax_cross_entropy_forward, ops.softmax_cross_entropy_backward)
    return Mistake(f"{op}_{name}", op, right[0], backward, right, probes.scores, seed, what, story, hint)


GALLERY = [
    _mistake(
        "not_averaged",
        _not_averaged,
        1,
        what="The loss is a mean over the batch, its gradient here is not: 1 / N is missing.",
        story="Trains well with a small learning rate, and diverges when somebody doubles the batch.",
        hint="dlogits: 4 times too large (N = 4): a sum over the batch stands where a mean belongs",
    ),
    _mistake(
        "label_forgotten",
        _label_forgotten,
        2,
        what="The gradient is p; it must be p minus the target.",
        story="The 1 at the label is usually subtracted in a line of its own, and lines get lost.",
    ),
    _mistake(
        "upstream_forgotten",
        _upstream_forgotten,
        3,
        what="dout is ignored, as if the loss were always the end of the chain.",
        story="It usually is, with dout = 1. Then somebody scales the loss, or adds a second one.",
        hint="backward(0) is not 0",
    ),
    _mistake(
        "sign_turned",
        _sign_turned,
        4,
        what="The gradient points the other way: target minus p.",
        story="Pairs with an update that adds instead of subtracting. Each looks odd alone; together they train.",
        hint="dlogits: the truth with the sign turned round",
    ),
]
