"""Mistakes where the two paths of an SE block meet: the input is used twice, so its gradient is a sum of two."""

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _no_gate_path(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct
    return dx, dw1, db1, dw2, db2


def _no_mean(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dx_direct + dz[:, :, None, None]
    return dx, dw1, db1, dw2, db2


def _path_overwritten(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale = cache
    dx, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx[:] = ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _gate_not_applied(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale = cache
    _, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    dx = dout + ops.global_avg_pool_backward(dz, (dout.shape,))
    return dx, dw1, db1, dw2, db2


def _mean_over_batch(dout, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    N, C, H, W = dout.shape
    dx = dx_direct + dz[:, :, None, None] / (N * H * W)
    return dx, dw1, db1, dw2, db2


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint=""):
    right = (ops.se_forward, ops.se_backward)
    return Mistake(f"se_{name}", "se", ops.se_forward, backward, right, probes.se, seed, what, story, hint)


GALLERY = [
    _mistake(
        "no_gate_path",
        _no_gate_path,
        1,
        what="dx has the direct path only: the gate is taken for a constant, although x decides on it.",
        story="Seen in public re-implementations of SE blocks. The gate's share is small, so training goes on, only "
        "worse; and a check with an absolute tolerance passes it once the loss is small.",
        hint="dx: the path through the mean of each channel (in an SE block the gate's path, dz / (H W)) is missing",
    ),
    _mistake(
        "no_mean",
        _no_mean,
        2,
        what="dz goes to every pixel in full; the mean's 1 / (H W) is forgotten.",
        story="Seen in public re-implementations of SE blocks. Broadcasting spreads dz over the pixels and looks as if "
        "it had done all the work.",
        hint="10 times too large (H W = 10): the mean's 1/(H W) is missing",
    ),
    _mistake(
        "path_overwritten",
        _path_overwritten,
        3,
        what="The second path is written over the first; two paths into the same array have to be added.",
        story="An early version of a public autograd engine did so: `t.grad = g` where `t.grad += g` belongs. Nothing "
        "is wrong until a value is used twice, and an SE block uses x twice.",
        hint="dx: the direct path (dout times the gate) is missing",
    ),
    _mistake(
        "gate_not_applied",
        _gate_not_applied,
        4,
        what="The direct path is dout; it must be dout times the gate.",
        story="Mistakes the block for a residual connection, where the direct path is indeed dout.",
        hint="dx: the direct path (dout times the gate) is",
    ),
    _mistake(
        "mean_over_batch",
        _mean_over_batch,
        5,
        what="The gate's path is divided by N H W; the squeeze is a mean over H W, each image for itself.",
        story="Borrowed from batch norm, whose means do run over the batch. With one image nothing is wrong.",
        hint="3 times too small (N = 3)",
    ),
]
