"""Mistakes in pooling: who won, how many shared, and what happens where windows overlap or reach over the border."""

import numpy as np

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake


def _global_avg_pool_no_mean(dout, cache):
    ((N, C, H, W),) = cache
    dx = np.broadcast_to(dout[:, :, None, None], (N, C, H, W)).copy()
    return dx


def _global_max_pool_like_mean(dout, cache):
    _, (N, C, H, W) = cache
    dx = np.broadcast_to(dout[:, :, None, None] / (H * W), (N, C, H, W)).copy()
    return dx


def _max_pool_2x2_forward(x):
    out, _ = ops.max_pool2d_forward(x, 2)
    return out, (x, out)


def _max_pool_2x2_right(x):
    return ops.max_pool2d_forward(x, 2)


def _max_pool_tie_to_both(dout, cache):
    x, out = cache
    dx = np.zeros_like(x)
    for i in range(2):
        for j in range(2):
            dx[:, :, i::2, j::2] = dout * (x[:, :, i::2, j::2] == out)
    return dx


def _max_pool_overlapping_forward(x):
    return ops.max_pool2d_forward(x, 3, stride=2)


def _max_pool_overwritten(dout, cache):
    winner, *_, x_shape = cache
    dx = np.zeros(x_shape, dtype=dout.dtype)
    for number, (i, j) in enumerate(np.ndindex(3, 3)):
        rows, columns = slice(i, i + 2 * dout.shape[2], 2), slice(j, j + 2 * dout.shape[3], 2)
        won = winner == number
        dx[:, :, rows, columns][won] = dout[won]
    return dx


def _max_pool_padded_forward(x):
    return ops.max_pool2d_forward(x, 2, padding=1)


def _max_pool_padding_kept(dout, cache):
    winner, *_, (N, C, H, W) = cache
    dx = np.zeros((N, C, H + 2, W + 2), dtype=dout.dtype)  # room for a border of 1
    for number, (i, j) in enumerate(np.ndindex(2, 2)):
        rows, columns = slice(i, i + 2 * dout.shape[2], 2), slice(j, j + 2 * dout.shape[3], 2)
        dx[:, :, rows, columns] = dout * (winner == number)
    return dx[:, :, :H, :W]


def _avg_pool_padded_forward(x):
    return ops.avg_pool2d_forward(x, 2, padding=1, count_include_pad=False)


def _avg_pool_counts_padding(dout, cache):
    count, *rest = cache
    return ops.avg_pool2d_backward(dout, (np.full_like(count, 4), *rest))


# The answers. Do not read on before you have found them yourself.


def _mistake(name, op, forward, backward, draw, seed, *, right_forward=None, what, story, hint=""):
    right = (right_forward or forward, getattr(ops, f"{op}_backward"))
    return Mistake(name, op, forward, backward, right, draw, seed, what, story, hint)


GALLERY = [
    _mistake(
        "global_avg_pool_no_mean",
        "global_avg_pool",
        ops.global_avg_pool_forward,
        _global_avg_pool_no_mean,
        probes.images,
        1,
        what="Every pixel gets dout in full; its share in the mean is 1 / (H W).",
        story="Seen in public re-implementations of SE blocks. Broadcasting does the spreading and hides the division.",
        hint="dx: 35 times too large (H W = 35): the mean's 1/(H W) is missing",
    ),
    _mistake(
        "global_max_pool_like_mean",
        "global_max_pool",
        ops.global_max_pool_forward,
        _global_max_pool_like_mean,
        probes.images,
        2,
        what="The gradient is spread over all pixels, as for a mean; a maximum hands all of it to the winner.",
        story="Forward was changed from mean to max for an experiment, and backward was not.",
    ),
    _mistake(
        "max_pool2d_tie_to_both",
        "max_pool2d",
        _max_pool_2x2_forward,
        _max_pool_tie_to_both,
        probes.images_with_ties,
        3,
        right_forward=_max_pool_2x2_right,
        what="Where two entries of a window tie, both get the whole gradient: it is counted twice.",
        story="The comparison `x == out` is the shortest way to find the winner. Random numbers have no ties, but "
        "after a ReLU a window often holds several zeros.",
        hint="dx: a tie is given to several",
    ),
    _mistake(
        "max_pool2d_overwritten",
        "max_pool2d",
        _max_pool_overlapping_forward,
        _max_pool_overwritten,
        probes.images,
        4,
        what="A pixel that wins in two overlapping windows gets the gradient of the last one; the two must be added.",
        story="Written for 2 x 2 windows that do not overlap, where it is right; later used for 3 x 3 with stride 2.",
    ),
    _mistake(
        "max_pool2d_padding_kept",
        "max_pool2d",
        _max_pool_padded_forward,
        _max_pool_padding_kept,
        probes.images,
        5,
        what="The border is cut off at the far side only, so the whole gradient sits one pixel too far down and right.",
        story="A well-known public collection of NumPy layers has max pooling wrong with padding, and its test "
        "commented out.",
        hint="dx: shifted by 1 along axis 2 and by 1 along axis 3",
    ),
    _mistake(
        "avg_pool2d_counts_padding",
        "avg_pool2d",
        _avg_pool_padded_forward,
        _avg_pool_counts_padding,
        probes.images,
        6,
        what="Backward divides by the size of the kernel everywhere; forward did not count the padding at the border.",
        story="The two ways to count exist side by side in most libraries, and both passes must take the same.",
        hint="dx: wrong only along the border of the image",
    ),
]
