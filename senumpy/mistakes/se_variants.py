"""Mistakes in the block's variants: a line of forward was changed, and the line that belongs to it in backward not."""

from functools import partial

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake

_max_forward = partial(ops.se_variant_forward, squeeze="max")
_none_forward = partial(ops.se_variant_forward, squeeze="none")
_tanh_forward = partial(ops.se_variant_forward, gate="tanh")
_sum_forward = partial(ops.se_variant_forward, combine="sum")
_fixed_forward = ops.fixed_gates_forward
_gates_added_forward = partial(ops.apply_gates_forward, combine="sum")


def _maximum_shared_out(dout, cache):
    _, cache_squeeze, cache_layer1, cache_relu, cache_layer2, cache_gate, cache_apply = cache
    dx_direct, ds = ops.apply_gates_backward(dout, cache_apply)
    de = ops.sigmoid_backward(ds, cache_gate)
    dh, dw2, db2 = ops.linear_backward(de, cache_layer2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_layer1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _mean_left_in(dout, cache):
    _, cache_squeeze, cache_layer1, cache_relu, cache_layer2, cache_gate, cache_apply = cache
    dx_direct, ds = ops.apply_gates_backward(dout, cache_apply)
    de = ops.sigmoid_backward(ds, cache_gate)
    dh, dw2, db2 = ops.conv2d_backward(de, cache_layer2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.conv2d_backward(da, cache_layer1)
    N, C, H, W = dout.shape
    dx = dx_direct + dz / (H * W)
    return dx, dw1, db1, dw2, db2


def _slope_of_sigmoid(dout, cache):
    _, cache_squeeze, cache_layer1, cache_relu, cache_layer2, cache_gate, cache_apply = cache
    dx_direct, ds = ops.apply_gates_backward(dout, cache_apply)
    (s,) = cache_gate
    de = ds * s * (1 - s)
    dh, dw2, db2 = ops.linear_backward(de, cache_layer2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_layer1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, cache_squeeze)
    return dx, dw1, db1, dw2, db2


def _still_scaled(dout, cache):
    _, cache_squeeze, cache_layer1, cache_relu, cache_layer2, cache_gate, cache_apply = cache
    x, s, _ = cache_apply
    dx_direct, ds = dout * s[:, :, None, None], dout.sum(axis=(2, 3))
    de = ops.sigmoid_backward(ds, cache_gate)
    dh, dw2, db2 = ops.linear_backward(de, cache_layer2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_layer1)
    dx = dx_direct + ops.global_avg_pool_backward(dz, cache_squeeze)
    return dx, dw1, db1, dw2, db2


def _averaged_over_images(dout, cache):
    gate, cache_gate, cache_apply = cache
    dx, ds = ops.apply_gates_backward(dout, cache_apply)
    db = ops.sigmoid_backward(ds.mean(axis=0), cache_gate)
    return dx, db


def _times_the_other(dout, cache):
    x, s, _ = cache
    dx = dout.copy()
    ds = (dout * x).sum(axis=(2, 3))
    return dx, ds


# The answers. Do not read on before you have found them yourself.


def _mistake(name, op, forward, backward, draw, seed, *, what, story, hint=""):
    right = (forward, getattr(ops, f"{op}_backward"))
    return Mistake(f"{op}_{name}", op, forward, backward, right, draw, seed, what, story, hint)


GALLERY = [
    _mistake(
        "maximum_shared_out",
        "se_variant",
        _max_forward,
        _maximum_shared_out,
        probes.se_of_maxima,
        1,
        what="dz is shared out over all pixels, as for a mean; a maximum hands all of it to the pixel that won.",
        story="The squeeze was changed from mean to maximum to repeat table 11 of the paper, one line of forward. "
        "Networks with this backward pass train, and the table then says something about the mistake.",
    ),
    _mistake(
        "mean_left_in",
        "se_variant",
        _none_forward,
        _mean_left_in,
        probes.se_of_pixels,
        2,
        what="The gate's path is divided by H W, although nothing was averaged: every pixel decided on its own gate.",
        story="The squeeze was taken out for table 16 of the paper, and its 1 / (H W) stayed behind. The gate's path "
        "then all but vanishes.",
    ),
    _mistake(
        "slope_of_sigmoid",
        "se_variant",
        _tanh_forward,
        _slope_of_sigmoid,
        probes.se,
        3,
        what="s (1 - s) is the sigmoid's derivative; that of tanh is 1 - s^2.",
        story="Another gate function in forward, for table 12 of the paper. Where s is negative the gradient even "
        "points the other way.",
        hint="every gradient is wrong: look at the first step of backward",
    ),
    _mistake(
        "still_scaled",
        "se_variant",
        _sum_forward,
        _still_scaled,
        probes.se,
        4,
        what="The direct path is s dout; what was added, not multiplied, lets dout through as it is.",
        story="The product became a sum in forward and in ds, and its other factor was overlooked.",
        hint="dx: the direct path (dout times the gate) is wrong; the rest is right",
    ),
    _mistake(
        "averaged_over_images",
        "fixed_gates",
        _fixed_forward,
        _averaged_over_images,
        probes.fixed_gates,
        5,
        what="db is the mean over the images where the sum belongs: one vector was used for N of them.",
        story="The loss is a mean over the batch already, in dout; here it is taken once more.",
        hint="db: 3 times too small (N = 3)",
    ),
    _mistake(
        "times_the_other",
        "apply_gates",
        _gates_added_forward,
        _times_the_other,
        probes.gates,
        6,
        what="ds is the sum of dout times x; the other summand has no say in the gradient of this one.",
        story="The product rule, from habit.",
    ),
]
