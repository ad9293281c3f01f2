"""Mistakes in a residual unit with gates: out = relu(s conv(x) + x). Two paths lead back to x, and are added."""

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def residual_forward(x, w, s):
    """A unit as small as it can be: one 3 x 3 convolution, a gate for each channel, the addition, the ReLU."""
    u, cache_conv = ops.conv2d_forward(x, w, padding=1)
    residual, cache_scale = ops.scale_forward(u, s)
    out, cache_relu = ops.relu_forward(residual + x)
    return out, (cache_conv, cache_scale, cache_relu)


def residual_backward(dout, cache):
    cache_conv, cache_scale, cache_relu = cache
    dsum = ops.relu_backward(dout, cache_relu)
    du, ds = ops.scale_backward(dsum, cache_scale)
    dx_branch, dw, _ = ops.conv2d_backward(du, cache_conv)
    dx = dx_branch + dsum
    return dx, dw, ds


def _no_shortcut(dout, cache):
    cache_conv, cache_scale, cache_relu = cache
    dsum = ops.relu_backward(dout, cache_relu)
    du, ds = ops.scale_backward(dsum, cache_scale)
    dx_branch, dw, _ = ops.conv2d_backward(du, cache_conv)
    dx = dx_branch
    return dx, dw, ds


def _shortcut_around_relu(dout, cache):
    cache_conv, cache_scale, cache_relu = cache
    dsum = ops.relu_backward(dout, cache_relu)
    du, ds = ops.scale_backward(dsum, cache_scale)
    dx_branch, dw, _ = ops.conv2d_backward(du, cache_conv)
    dx = dx_branch + dout
    return dx, dw, ds


def _gate_on_shortcut(dout, cache):
    cache_conv, cache_scale, cache_relu = cache
    dsum = ops.relu_backward(dout, cache_relu)
    du, ds = ops.scale_backward(dsum, cache_scale)
    dx_branch, dw, _ = ops.conv2d_backward(du, cache_conv)
    dx = dx_branch + du
    return dx, dw, ds


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint=""):
    right = (residual_forward, residual_backward)
    draw = probes.residual
    return Mistake(f"residual_{name}", "residual", residual_forward, backward, right, draw, seed, what, story, hint)


GALLERY = [
    _mistake(
        "no_shortcut",
        _no_shortcut,
        1,
        what="dx has the branch's path only: the input that was added unchanged is forgotten.",
        story="The unit's forward has one line, `out += identity`, and nothing in it looks like a layer whose backward "
        "could be missing. Deep networks then train as badly as without shortcuts.",
    ),
    _mistake(
        "shortcut_around_relu",
        _shortcut_around_relu,
        2,
        what="The shortcut hands on dout itself; it must be the gradient behind the last ReLU, with its zeros.",
        story="Comes from drawings in which the shortcut runs from the unit's beginning to its very end. The ReLU "
        "stands after the addition, so both paths go through its mask.",
    ),
    _mistake(
        "gate_on_shortcut",
        _gate_on_shortcut,
        3,
        what="The shortcut's gradient is multiplied by the gates, which stand on the branch alone.",
        story="The gradient `du` is at hand, has the right shape, and `dx = dx_branch + du` reads well. It would be "
        "right for an SE block after the addition.",
    ),
]
