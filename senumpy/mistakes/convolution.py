"""Mistakes in a convolution: four axes on each side, and a kernel that turns round on the way back."""

from functools import partial

import numpy as np

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _padded_forward(x, w, b):
    return ops.conv2d_forward(x, w, b, padding=1)


def _strided_forward(x, w, b):
    return ops.conv2d_forward(x, w, b, stride=2)


def _kernel_axes_swapped(dout, cache):
    dx, dw, db = ops.conv2d_backward(dout, cache)
    dw = dw.swapaxes(2, 3)
    return dx, dw, db


def _kernel_not_flipped(dout, cache):
    x, w, *_ = cache
    _, dw, db = ops.conv2d_backward(dout, cache)
    KH, KW = w.shape[2:]
    dx, _ = ops.conv2d_forward(dout, w.swapaxes(0, 1), padding=(KH - 1, KW - 1))
    return dx, dw, db


def _bias_not_summed(dout, cache):
    dx, dw, _ = ops.conv2d_backward(dout, cache)
    return dx, dw, dout.sum(axis=(2, 3))


def _weights_averaged(dout, cache):
    dx, dw, db = ops.conv2d_backward(dout, cache)
    return dx, dw / len(dout), db


def _padding_kept(dout, cache):
    x, w, *_ = cache
    _, dw, db = ops.conv2d_backward(dout, cache)
    N, C, H, W = x.shape
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))  # (N, C, H + 2, W + 2)
    _, cache_padded = ops.conv2d_forward(padded, w)
    dx, _, _ = ops.conv2d_backward(dout, cache_padded)
    return dx[:, :, :H, :W], dw, db


def _stride_forgotten(dout, cache):
    x, w, *_ = cache
    dx, _, db = ops.conv2d_backward(dout, cache)
    OH, OW = dout.shape[2:]
    dw = np.zeros_like(w)
    for k, m in np.ndindex(*w.shape[2:]):
        seen = x[:, :, k : k + OH, m : m + OW]  # (N, C, OH, OW), what this tap saw
        dw[:, :, k, m] = np.einsum("nfij,ncij->fc", dout, seen)
    return dx, dw, db


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, forward=ops.conv2d_forward, what, story, hint="", **sizes):
    right = (forward, ops.conv2d_backward)
    draw = partial(probes.convolution, **sizes)
    return Mistake(f"conv2d_{name}", "conv2d", forward, backward, right, draw, seed, what, story, hint)


GALLERY = [
    _mistake(
        "kernel_axes_swapped",
        _kernel_axes_swapped,
        1,
        KH=3,
        KW=3,
        what="The kernel's rows and columns are exchanged in dw.",
        story="A public course framework unpacks `KW, KH = pair(...)`. Square kernels hide such a swap, and all "
        "kernels are square until somebody needs another one.",
        hint="dw: axes 2 and 3 are exchanged",
    ),
    _mistake(
        "kernel_not_flipped",
        _kernel_not_flipped,
        2,
        what="dx correlates dout with the kernel as it is; on the way back the kernel must be turned round.",
        story="The gradient of a convolution is a convolution, people say. They rarely say that it is a flipped one.",
    ),
    _mistake(
        "bias_not_summed",
        _bias_not_summed,
        3,
        what="db is summed over the image but not over the batch.",
        story="`sum((2, 3))` where `sum((0, 2, 3))` belongs: one missing number. One image hides it but for a shape.",
        hint="db: not summed over axis 0 (the batch)",
    ),
    _mistake(
        "weights_averaged",
        _weights_averaged,
        4,
        N=3,
        what="dw is divided by N, although the loss has already done so.",
        story="Averages twice, as in a linear layer; only a learning rate that seems too low gives it away.",
        hint="dw: 3 times too small (N = 3): a mean over the batch stands where a sum belongs",
    ),
    _mistake(
        "padding_kept",
        _padding_kept,
        5,
        forward=_padded_forward,
        what="The border is cut off at the far side only, so dx sits one pixel too far down and right.",
        story="Slicing `[:H]` gives the right shape; `[P : P + H]` gives the right pixels.",
        hint="dx: shifted by 1 along axis 2 and by 1 along axis 3",
    ),
    _mistake(
        "stride_forgotten",
        _stride_forgotten,
        6,
        forward=_strided_forward,
        H=6,
        W=8,
        what="dw is gathered from neighbouring pixels, stride 1; forward moved on by two.",
        story="Backward was written before forward learned to stride. The slices have the right shape at any stride.",
    ),
]
