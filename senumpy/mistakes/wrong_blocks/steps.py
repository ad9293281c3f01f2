"""Wrong blocks, second kind: a step of squeeze, excite or scale is left out, or gets the wrong thing to work on."""

import numpy as np

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import WrongBlock


def _excite(z, w1, b1, w2, b2):
    a, cache_linear1 = ops.linear_forward(z, w1, b1)
    h, cache_relu = ops.relu_forward(a)
    e, cache_linear2 = ops.linear_forward(h, w2, b2)
    s, cache_sigmoid = ops.sigmoid_forward(e)
    return s, (cache_linear1, cache_relu, cache_linear2, cache_sigmoid)


def _excite_backward(ds, cache):
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid = cache
    de = ops.sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = ops.linear_backward(de, cache_linear2)
    da = ops.relu_backward(dh, cache_relu)
    dz, dw1, db1 = ops.linear_backward(da, cache_linear1)
    return dz, dw1, db1, dw2, db2


def _never_called(x, w1, b1, w2, b2):
    out = x.copy()
    return out, (w1, b1, w2, b2)


def _never_called_backward(dout, cache):
    return dout.copy(), *(np.zeros_like(weights) for weights in cache)


def _pooling_never_called(x, w1, b1, w2, b2):
    N, C, H, W = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)  # (N * H * W, C)
    s, cache = _excite(pixels, w1, b1, w2, b2)  # (N * H * W, C)
    out = (pixels * s).reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)
    return out, (pixels, s, cache)


def _pooling_never_called_backward(dout, cache):
    pixels, s, cache = cache
    N, C, H, W = dout.shape
    dout = dout.transpose(0, 2, 3, 1).reshape(-1, C)  # (N * H * W, C)
    dpixels, *gradients = _excite_backward(dout * pixels, cache)
    dx = (dout * s + dpixels).reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)
    return dx, *gradients


def _squeeze_feeds_both_layers(x, w1, b1, w2, b2):
    z, cache_pool = ops.global_avg_pool_forward(x)
    s, _ = ops.linear_forward(z, w1, b1)
    s, _ = ops.relu_forward(s)
    s, cache_linear2 = ops.linear_forward(z, w2, b2)
    s, cache_sigmoid = ops.sigmoid_forward(s)
    out, cache_scale = ops.scale_forward(x, s)
    return out, (cache_pool, w1, b1, cache_linear2, cache_sigmoid, cache_scale)


def _squeeze_feeds_both_layers_backward(dout, cache):
    cache_pool, w1, b1, cache_linear2, cache_sigmoid, cache_scale = cache
    dx_direct, ds = ops.scale_backward(dout, cache_scale)
    dz, dw2, db2 = ops.linear_backward(ops.sigmoid_backward(ds, cache_sigmoid), cache_linear2)
    dx = dx_direct + ops.global_avg_pool_backward(dz, cache_pool)
    return dx, np.zeros_like(w1), np.zeros_like(b1), dw2, db2


def _accidental_broadcast(x, w1, b1, w2, b2):
    z, cache_pool = ops.global_avg_pool_forward(x)
    s, cache = _excite(z, w1, b1, w2, b2)  # (N, C)
    out = x * s
    return out, (x, s, cache_pool, cache)


def _accidental_broadcast_backward(dout, cache):
    x, s, cache_pool, cache = cache
    dz, *gradients = _excite_backward((dout * x).sum(axis=(0, 1)), cache)
    dx = dout * s + ops.global_avg_pool_backward(dz, cache_pool)
    return dx, *gradients


# The answers. Do not read on before you have found them yourself.


def _block(forward, backward, *, what, story, tell, **sizes):
    inputs = probes.se(np.random.default_rng(23), **sizes)
    return WrongBlock(
        name=forward.__name__[1:],
        forward=forward,
        backward=backward,
        right=(ops.se_forward, ops.se_backward),
        probe=inputs,
        right_probe=inputs,
        code=forward,
        what=what,
        story=story,
        tell=tell,
    )


GALLERY = [
    _block(
        _never_called,
        _never_called_backward,
        what="The block is declared, its weights exist, and forward never calls it.",
        story="Seen in public re-implementations. Two papers' worth of numbers can be the same network twice.",
        tell="The gradients of all its weights are zero, and the report of a check says so.",
    ),
    _block(
        _pooling_never_called,
        _pooling_never_called_backward,
        what="The squeeze is left out: each pixel computes gates of its own from its own channels.",
        story="Seen in public re-implementations: with 1 x 1 convolutions for layers, a pooling that is declared and "
        "never called leaves every shape as it was.",
        tell="Shuffle the pixels of an image: the gates of a right block stay as they are, up to rounding.",
    ),
    _block(
        _squeeze_feeds_both_layers,
        _squeeze_feeds_both_layers_backward,
        hidden=6,
        what="The second layer reads the squeeze again; what the first layer found is overwritten.",
        story="Seen in public re-implementations: one variable name for everything, and a copied line. Shapes fit "
        "where the two layers are square.",
        tell="The gradient of w1 is zero, and the report of a check says so.",
    ),
    _block(
        _accidental_broadcast,
        _accidental_broadcast_backward,
        N=4,
        C=6,
        H=4,
        W=6,
        what="The gates (N, C) scale the last two axes (H, W) instead of the first two.",
        story="Seen in public re-implementations. It needs N = H and C = W, which a test with round numbers provides.",
        tell="Change the batch size: a shape error stops it. A check warns that axes of equal size can be swapped.",
    ),
]
