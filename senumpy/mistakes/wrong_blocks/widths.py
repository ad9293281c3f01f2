"""Wrong blocks, first kind: the two small layers have a wrong width, and the shapes fit all the same."""

import numpy as np

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import WrongBlock


def _reduction_as_width(channels, reduction, rng):
    hidden = reduction
    w1 = rng.standard_normal((hidden, channels))
    w2 = rng.standard_normal((channels, hidden))
    return w1, w2


def _no_hidden_units(x, reduction=16):
    N, C, H, W = x.shape
    hidden = C // reduction
    w1, w2 = np.ones((hidden, C)), np.ones((C, hidden))
    z = x.mean(axis=(2, 3))  # (N, C)
    h = np.maximum(z @ w1.T, 0)  # (N, hidden)
    s = 1 / (1 + np.exp(-(h @ w2.T)))  # (N, C)
    out = x * s[:, :, None, None]
    return out, s


def _no_hidden_units_backward(dout, s):
    return dout * s[:, :, None, None]  # h has no entries: no path leads through the gate


def _one_gate_for_all(x, w1, w2):
    z, cache_pool = ops.global_avg_pool_forward(x)
    a, cache_linear1 = ops.linear_forward(z, w1)  # w1 is (C // r, C)
    h, cache_relu = ops.relu_forward(a)
    e, cache_linear2 = ops.linear_forward(h, w2)  # w2 is (C // r, C // r)
    s, cache_sigmoid = ops.sigmoid_forward(e)
    out = x * s[:, :, None, None]
    return out, (x, s, cache_pool, cache_linear1, cache_relu, cache_linear2, cache_sigmoid)


def _one_gate_for_all_backward(dout, cache):
    x, s, cache_pool, cache_linear1, cache_relu, cache_linear2, cache_sigmoid = cache
    ds = (dout * x).sum(axis=(1, 2, 3))[:, None]  # (N, 1)
    dh, dw2, _ = ops.linear_backward(ops.sigmoid_backward(ds, cache_sigmoid), cache_linear2)
    dz, dw1, _ = ops.linear_backward(ops.relu_backward(dh, cache_relu), cache_linear1)
    dx = dout * s[:, :, None, None] + ops.global_avg_pool_backward(dz, cache_pool)
    return dx, dw1, dw2


# The answers. Do not read on before you have found them yourself.

RIGHT = (ops.se_forward, ops.se_backward)


def _inputs(**sizes):
    return probes.se(np.random.default_rng(21), bias=False, **sizes)


def _reduction_as_width_probe(channels, reduction):
    w1, w2 = _reduction_as_width(channels, reduction, np.random.default_rng(22))
    return probes.read_only({**_inputs(C=channels), "w1": w1, "w2": w2})


def _one_gate_probe():
    inputs = _inputs(C=4, hidden=1)
    return probes.read_only({"x": inputs["x"], "w1": inputs["w1"], "w2": inputs["w2"][:1]})


GALLERY = [
    WrongBlock(
        name="reduction_as_width",
        forward=ops.se_forward,
        backward=ops.se_backward,
        right=RIGHT,
        probe=_reduction_as_width_probe(channels=6, reduction=2),
        right_probe=_inputs(C=6, hidden=3),
        code=_reduction_as_width,
        what="The hidden layer has r units; it should have C // r.",
        story="Seen in public re-implementations. With C = 256 and r = 16 the two are the same number, 16.",
        tell="The shape of w1: (r, C) instead of (C // r, C). All layers of a network get the same hidden width.",
    ),
    WrongBlock(
        name="no_hidden_units",
        forward=_no_hidden_units,
        backward=_no_hidden_units_backward,
        right=RIGHT,
        probe=probes.read_only({"x": _inputs()["x"]}),
        right_probe=_inputs(),
        code=_no_hidden_units,
        what="C // r is 0, so the layers have no units and no weights, and every gate is sigmoid(0) = 1/2.",
        story="Seen in public re-implementations, on networks with fewer than r = 16 channels. It runs, it trains, and "
        "the block does nothing but halve.",
        tell="Every gate is exactly 1/2, whatever the image. Asking for C >= r when the block is made prevents it.",
    ),
    WrongBlock(
        name="one_gate_for_all",
        forward=_one_gate_for_all,
        backward=_one_gate_for_all_backward,
        right=RIGHT,
        probe=_one_gate_probe(),
        right_probe=_inputs(C=4, hidden=1),
        code=_one_gate_for_all,
        what="The second layer is built with C // r outputs instead of C. Where C // r = 1 the product broadcasts, and "
        "all channels share one gate.",
        story="A second layer of the wrong width is seen in public re-implementations; mostly it stops with a shape "
        "error, here it does not.",
        tell="All gates of an image are equal. Comparing the shape of s with (N, C) before the product prevents it.",
    ),
]
