"""The squeeze-and-excitation block: look at the whole image, then decide how much of each channel to let through.

    squeeze   z = mean of each channel over the image             (N, C)       SENet, equation 2
    excite    s = sigmoid(W2 relu(W1 z))                          (N, C)       SENet, equation 3
    scale     out = s x                                           (N, C, H, W) SENet, equation 4

The input is used twice: it is what gets scaled, and through z it also decides on the scale. So two gradient paths
lead back to it, and the backward pass adds them. Everything else is the chain rule through the steps, read upwards.
"""

from senumpy.ops._checks import check_array
from senumpy.ops.activations import relu_backward, relu_forward, sigmoid_backward, sigmoid_forward
from senumpy.ops.fast.pixels import spread
from senumpy.ops.global_pooling import global_avg_pool_forward
from senumpy.ops.linear import linear_backward, linear_forward
from senumpy.ops.scale import scale_backward, scale_forward


def se_forward(x, w1, b1, w2, b2):
    """Weight the channels of each image by gates computed from the image itself.

    ``out = s x`` with ``s = sigmoid(W2 relu(W1 z + b1) + b2)`` and ``z_nc = (1 / HW) sum_hw x_nchw``
    (SENet, equations 2 to 4; the paper's ablations have no biases: pass None).

    Parameters
    ----------
    x : array (N, C, H, W)
    w1 : array (C // r, C)
        Reduces C channel means to C // r numbers; r is the paper's reduction ratio.
    b1 : array (C // r,) or None
    w2 : array (C, C // r)
    b2 : array (C,) or None

    Returns
    -------
    out : array (N, C, H, W)

    Raises
    ------
    ValueError
        For shapes that do not fit together.

    Examples
    --------
    With all weights zero every gate is sigmoid(0) = 1/2:

    >>> import numpy as np
    >>> x, w1, w2 = np.ones((1, 4, 2, 2)), np.zeros((2, 4)), np.zeros((4, 2))
    >>> se_forward(x, w1, None, w2, None)[0][0, :, 0, 0]
    array([0.5, 0.5, 0.5, 0.5])
    """
    _check_arguments(x, w1, b1, w2, b2)
    z, _ = global_avg_pool_forward(x)  # (N, C)          squeeze, equation 2
    a, cache_linear1 = linear_forward(z, w1, b1)  # (N, C // r)     excite, equation 3
    h, cache_relu = relu_forward(a)
    e, cache_linear2 = linear_forward(h, w2, b2)  # (N, C)
    s, cache_sigmoid = sigmoid_forward(e)
    out, cache_scale = scale_forward(x, s)  # (N, C, H, W)    scale, equation 4
    return out, (cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale)


def se_backward(dout, cache):
    """Return the gradients of x, w1, b1, w2 and b2 (None where there was no bias).

    The two paths into x: directly, ``s dout``, and through the gate, ``dz / (HW)`` for every pixel of the channel.

    >>> import numpy as np
    >>> x, w1, w2 = np.ones((1, 4, 2, 2)), np.zeros((2, 4)), np.zeros((4, 2))
    >>> _, cache = se_forward(x, w1, None, w2, None)
    >>> dx, dw1, db1, dw2, db2 = se_backward(np.ones((1, 4, 2, 2)), cache)
    >>> float(dx[0, 0, 0, 0]), dw2.shape, db2
    (0.5, (4, 2), None)
    """
    cache_linear1, cache_relu, cache_linear2, cache_sigmoid, cache_scale = cache

    dx_direct, ds = scale_backward(dout, cache_scale)  # (N, C, H, W) and (N, C)
    de = sigmoid_backward(ds, cache_sigmoid)
    dh, dw2, db2 = linear_backward(de, cache_linear2)  # (N, C // r)
    da = relu_backward(dh, cache_relu)
    dz, dw1, db1 = linear_backward(da, cache_linear1)  # (N, C)

    *_, H, W = dout.shape
    dx_gate = spread(dz / (H * W), W)  # (N, C, 1, W), the mean's gradient: the same share for every pixel
    dx = dx_direct  # (N, C, H, W)
    dx += dx_gate
    return dx, dw1, db1, dw2, db2


def _check_arguments(x, w1, b1, w2, b2):
    check_array("x", x, "N C H W")
    check_array("w1", w1, ("C // r", x.shape[1]), beside=f"x of shape {x.shape}")
    check_array("w2", w2, w1.shape[::-1], beside=f"w1 of shape {w1.shape}")
    if b1 is not None:
        check_array("b1", b1, w1.shape[:1], beside=f"w1 of shape {w1.shape}")
    if b2 is not None:
        check_array("b2", b2, w2.shape[:1], beside=f"w2 of shape {w2.shape}")
