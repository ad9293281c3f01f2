"""Mistakes in activations: the right derivative, taken at the wrong place."""

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _relu_forward(x):
    out, _ = ops.relu_forward(x)
    return out, x


def _sigmoid_forward(x):
    out, _ = ops.sigmoid_forward(x)
    return out, x


def _tanh_forward(x):
    out, _ = ops.tanh_forward(x)
    return out, x


def _relu_not_masked(dout, x):
    dx = dout.copy()
    return dx


def _relu_masked_by_gradient(dout, x):
    dx = dout * (dout > 0)
    return dx


def _relu_in_place(dout, x):
    dout[x <= 0] = 0
    return dout


def _relu_of_gradient(dout, x):
    dx = dout * (x > 0) * (dout > 0)
    return dx


def _sigmoid_at_pre_activation(dout, x):
    dx = dout * x * (1 - x)
    return dx


def _tanh_at_pre_activation(dout, x):
    dx = dout * (1 - x * x)
    return dx


def _hard_sigmoid_not_clipped(dout, cache):
    dx = dout / 6
    return dx


def _hard_sigmoid_without_slope(dout, cache):
    x, _ = cache
    dx = dout * ((x > -3) & (x < 3))
    return dx


def _hard_swish_gate_only(dout, cache):
    x, gate = cache
    dx = dout * gate
    return dx


def _hard_swish_slope_everywhere(dout, cache):
    x, gate = cache
    dx = dout * (gate + x / 6)
    return dx


# The answers. Do not read on before you have found them yourself.


def _mistake(name, op, forward, backward, seed, *, what, story, hint=""):
    right = (getattr(ops, f"{op}_forward"), getattr(ops, f"{op}_backward"))
    return Mistake(name, op, forward, backward, right, probes.numbers, seed, what, story, hint)


GALLERY = [
    _mistake(
        "relu_not_masked",
        "relu",
        _relu_forward,
        _relu_not_masked,
        1,
        what="The gradient passes everywhere, also where ReLU let nothing through.",
        story="A layer that was the identity while it was tested: as long as all inputs are positive nothing is wrong.",
        hint="dx: a mask is not applied",
    ),
    _mistake(
        "relu_masked_by_gradient",
        "relu",
        _relu_forward,
        _relu_masked_by_gradient,
        2,
        what="The mask asks for the sign of dout; it must ask for the sign of x.",
        story="Backward has dout at hand and x only in the cache. (On purpose, this is the `deconvnet` way to draw "
        "what a network looks at. It is not a gradient.)",
        hint="dx: a mask is in the wrong places",
    ),
    _mistake(
        "relu_of_gradient",
        "relu",
        _relu_forward,
        _relu_of_gradient,
        3,
        what="Negative gradients are cut off as well, as if backward had to pass through a ReLU, too.",
        story="Known as guided backpropagation, which makes crisp pictures of a network. Left in the code by those who "
        "train afterwards, it is a mistake.",
        hint="dx: zero at",
    ),
    _mistake(
        "relu_in_place",
        "relu",
        _relu_forward,
        _relu_in_place,
        4,
        what="The numbers are right, but they are written into dout, which belongs to the caller.",
        story="Saves a copy. Where dout is used twice, as around a skip connection or in an SE block, the second user "
        "gets the masked one.",
        hint="backward changed dout",
    ),
    _mistake(
        "sigmoid_at_pre_activation",
        "sigmoid",
        _sigmoid_forward,
        _sigmoid_at_pre_activation,
        5,
        what="The derivative s (1 - s) is taken at the input x; s is the output.",
        story="Seen in public re-implementations of SE blocks. The formula is known to all, its letter to few.",
    ),
    _mistake(
        "tanh_at_pre_activation",
        "tanh",
        _tanh_forward,
        _tanh_at_pre_activation,
        6,
        what="The derivative 1 - t^2 is taken at the input x; t is the output.",
        story="The sibling of the sigmoid's mistake. Near 0, where tanh(x) is almost x, it hardly shows.",
    ),
    _mistake(
        "hard_sigmoid_not_clipped",
        "hard_sigmoid",
        ops.hard_sigmoid_forward,
        _hard_sigmoid_not_clipped,
        7,
        what="The slope 1/6 is used outside of -3 to 3, too, where the function is flat.",
        story="Only large inputs tell, and fresh networks have none: it goes wrong in the middle of training.",
        hint="dx: a mask is not applied",
    ),
    _mistake(
        "hard_sigmoid_without_slope",
        "hard_sigmoid",
        ops.hard_sigmoid_forward,
        _hard_sigmoid_without_slope,
        8,
        what="The mask is there, the slope 1/6 is not.",
        story="Written by analogy with ReLU, whose slope is 1 and needs no mention.",
        hint="dx: 6 times the truth at every entry",
    ),
    _mistake(
        "hard_swish_gate_only",
        "hard_swish",
        ops.hard_swish_forward,
        _hard_swish_gate_only,
        9,
        what="The gate is taken for a constant, although x decides on it: half of the product rule is missing.",
        story="The SE block's mistake in one number: what is scaled and what decides on the scale are the same x.",
    ),
    _mistake(
        "hard_swish_slope_everywhere",
        "hard_swish",
        ops.hard_swish_forward,
        _hard_swish_slope_everywhere,
        10,
        what="The product rule's second term x / 6 is added outside of -3 to 3, too, where the gate is flat.",
        story="Worked out where the curve bends; the two ends, where the derivative is 0 and 1, are left out.",
    ),
]
