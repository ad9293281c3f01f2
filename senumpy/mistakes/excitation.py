"""Mistakes inside the excitation of an SE block: two small layers, two activations, and an order to be kept."""

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _forward(x, w1, b1, w2, b2):
    """The right block; its cache also keeps z, a, h, e and s, with which one can go wrong."""
    out, cache = ops.se_forward(x, w1, b1, w2, b2)
    (z, *_), (h,), _, (s,), _ = cache
    a, _ = ops.linear_forward(z, w1, b1)  # (N, C // r)
    e, _ = ops.linear_forward(h, w2, b2)  # (N, C)
    return out, (*cache, z, a, h, e, s)


def _sigmoid_at_pre_activation(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale, z, a, h, e, s = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ds * e * (1 - e)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _sigmoid_forgotten(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale, z, a, h, e, s = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ds
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _mask_forgotten(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale, z, a, h, e, s = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = dh
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _mask_by_gradient(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale, z, a, h, e, s = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = dh * (dh > 0)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _weights_see_pre_activation(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale, z, a, h, e, s = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, _, db2 = ops.linear_backward(de, cache_linear2)
    dw2 = de.T @ a
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint=""):
    right = (ops.se_forward, ops.se_backward)
    return Mistake(f"se_{name}", "se", _forward, backward, right, probes.se, seed, what, story, hint)


GALLERY = [
    _mistake(
        "sigmoid_at_pre_activation",
        _sigmoid_at_pre_activation,
        11,
        what="The derivative of the sigmoid is s (1 - s) with s its output; here it is taken at its input e.",
        story="Seen in public re-implementations of SE blocks. Both e and s have the shape (N, C), and both are in the "
        "cache.",
        hint="every gradient is wrong: look at the first step of backward",
    ),
    _mistake(
        "sigmoid_forgotten",
        _sigmoid_forgotten,
        12,
        what="The derivative of the sigmoid, s (1 - s), is left out.",
        story="The usual consequence of thinking of the sigmoid as a part of the linear layer. It makes the gate's "
        "gradients at least four times too large.",
        hint="every gradient is wrong: look at the first step of backward",
    ),
    _mistake(
        "mask_forgotten",
        _mask_forgotten,
        13,
        what="The gradient passes the hidden ReLU unmasked.",
        story="With biases started at 1, or with few hidden units, all are often on, and the mask is not missed.",
        hint="from db2 back to dw2 all is right, from db1 back to dx all is wrong",
    ),
    _mistake(
        "mask_by_gradient",
        _mask_by_gradient,
        14,
        what="The hidden ReLU is masked by the sign of its output's gradient instead of its own sign.",
        story="dh stands in the line above, h in the cache.",
        hint="from db2 back to dw2 all is right, from db1 back to dx all is wrong",
    ),
    _mistake(
        "weights_see_pre_activation",
        _weights_see_pre_activation,
        16,
        what="dw2 is built from a, the input of the ReLU; the second layer has seen h, its output.",
        story="Renaming variables in a long cache. Hidden units that are on hide it: there a = h.",
        hint="dw2: a mask is not applied",
    ),
]
