"""What else the paper tried: the squeeze-and-excitation block again, with three of its lines chosen by a word.

    squeeze   z = mean or maximum of each channel, or x itself     "avg", "max", "none"
    excite    s = gate(W2 relu(W1 z))                              "sigmoid", "tanh", "relu", "hard_sigmoid"
    combine   out = s x, or x + s                                  "product", "sum"

Hold it beside `se`: the steps are the same, and so are the two gradient paths into x. Without a squeeze there is
nothing to share out, so W1 and W2 become 1 x 1 convolutions over all pixels, and every pixel has a gate of its own.
"""

from senumpy.ops._checks import check_array
from senumpy.ops.activations import relu_backward, relu_forward, sigmoid_backward, sigmoid_forward
from senumpy.ops.convolution import conv2d_backward, conv2d_forward
from senumpy.ops.gate_functions import hard_sigmoid_backward, hard_sigmoid_forward, tanh_backward, tanh_forward
from senumpy.ops.gating import apply_gates_backward, apply_gates_forward
from senumpy.ops.global_pooling import (
    global_avg_pool_backward,
    global_avg_pool_forward,
    global_max_pool_backward,
    global_max_pool_forward,
)
from senumpy.ops.linear import linear_backward, linear_forward


def _no_squeeze_forward(x):
    return x, ()


def _no_squeeze_backward(dz, cache):
    return dz


LINEAR, CONVOLUTION = (linear_forward, linear_backward), (conv2d_forward, conv2d_backward)
SQUEEZES = {  # the squeeze, forward and backward, and the layers that its result goes through
    "avg": (global_avg_pool_forward, global_avg_pool_backward, *LINEAR),
    "max": (global_max_pool_forward, global_max_pool_backward, *LINEAR),
    "none": (_no_squeeze_forward, _no_squeeze_backward, *CONVOLUTION),
}
GATES = {
    "sigmoid": (sigmoid_forward, sigmoid_backward),
    "tanh": (tanh_forward, tanh_backward),
    "relu": (relu_forward, relu_backward),
    "hard_sigmoid": (hard_sigmoid_forward, hard_sigmoid_backward),
}


def se_variant_forward(x, w1, b1, w2, b2, *, squeeze="avg", gate="sigmoid", slope=None, combine="product"):
    """Weight the channels of each image by gates, with another squeeze, gate function or combination.

    ``out = s x`` or ``x + s`` with ``s = gate(W2 relu(W1 z + b1) + b2)`` (SENet, tables 11, 12 and 16). By default it
    is `se_forward`.

    Parameters
    ----------
    x : array (N, C, H, W)
    w1 : array (C // r, C), or (C // r, C, 1, 1) without a squeeze
    b1 : array (C // r,) or None
    w2 : array (C, C // r), or (C, C // r, 1, 1) without a squeeze
    b2 : array (C,) or None
    squeeze : "avg", "max" or "none"
    gate : "sigmoid", "tanh", "relu" or "hard_sigmoid"
    slope : float, optional
        Of the hard sigmoid, and of no other: 1/6 by default.
    combine : "product" or "sum"

    Returns
    -------
    out : array (N, C, H, W)

    Raises
    ------
    ValueError
        For shapes that do not fit together, or another word.

    Examples
    --------
    With all weights zero every gate is tanh(0) = 0:

    >>> import numpy as np
    >>> x, w1, w2 = np.ones((1, 4, 2, 2)), np.zeros((2, 4)), np.zeros((4, 2))
    >>> se_variant_forward(x, w1, None, w2, None, gate="tanh")[0][0, :, 0, 0]
    array([0., 0., 0., 0.])
    """
    squeeze_forward, _, layer_forward, _ = chosen("squeeze", squeeze, SQUEEZES)
    _check_arguments(x, w1, b1, w2, b2, squeeze)
    z, cache_squeeze = squeeze_forward(x)  # (N, C)        the first word; x itself without a squeeze
    a, cache_layer1 = layer_forward(z, w1, b1)  # (N, C // r)   with H and W behind it, as all below, without a squeeze
    h, cache_relu = relu_forward(a)
    e, cache_layer2 = layer_forward(h, w2, b2)  # (N, C)
    s, cache_gate = gates_of(e, gate, slope)  # (N, C)        the second word
    out, cache_apply = apply_gates_forward(x, s, combine=combine)  # (N, C, H, W)  the third word
    words = squeeze, gate
    return out, (words, cache_squeeze, cache_layer1, cache_relu, cache_layer2, cache_gate, cache_apply)


def se_variant_backward(dout, cache):
    """Return the gradients of x, w1, b1, w2 and b2 (None where there was no bias).

    The two paths into x: directly, ``s dout`` or, in a sum, ``dout``; and through the gate and the squeeze.

    >>> import numpy as np
    >>> x, w1, w2 = np.ones((1, 4, 2, 2)), np.zeros((2, 4)), np.zeros((4, 2))
    >>> _, cache = se_variant_forward(x, w1, None, w2, None, combine="sum")
    >>> dx, dw1, db1, dw2, db2 = se_variant_backward(np.ones((1, 4, 2, 2)), cache)
    >>> float(dx[0, 0, 0, 0]), dw2.shape, db2
    (1.0, (4, 2), None)
    """
    (squeeze, gate), cache_squeeze, cache_layer1, cache_relu, cache_layer2, cache_gate, cache_apply = cache
    _, squeeze_backward, _, layer_backward = SQUEEZES[squeeze]
    _, gate_backward = GATES[gate]

    dx_direct, ds = apply_gates_backward(dout, cache_apply)  # (N, C, H, W) and (N, C)
    de = gate_backward(ds, cache_gate)
    dh, dw2, db2 = layer_backward(de, cache_layer2)  # (N, C // r)
    da = relu_backward(dh, cache_relu)
    dz, dw1, db1 = layer_backward(da, cache_layer1)  # (N, C)

    dx_gate = squeeze_backward(dz, cache_squeeze)  # (N, C, H, W)
    dx = dx_direct + dx_gate
    return dx, dw1, db1, dw2, db2


def gates_of(e, gate, slope=None):
    """Return the gates and what the gate function's backward needs; ``slope`` is the hard sigmoid's alone."""
    forward, _ = chosen("gate", gate, GATES)
    if slope is None:
        return forward(e)
    if gate != "hard_sigmoid":
        raise ValueError(
            f'slope is the hard sigmoid\'s, but the gate is {gate!r}: leave it out, or gate="hard_sigmoid"'
        )
    return forward(e, slope)


def chosen(name, word, table):
    """Return the entry of a word, or raise a ValueError that lists the words."""
    if not isinstance(word, str) or word not in table:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, table))}, got {word!r}")
    return table[word]


def _check_arguments(x, w1, b1, w2, b2, squeeze):
    kernel = (1, 1) if squeeze == "none" else ()  # without a squeeze the weights are those of 1 x 1 convolutions
    check_array("x", x, "N C H W")
    check_array("w1", w1, ("C // r", x.shape[1], *kernel), beside=f"x of shape {x.shape}, squeeze={squeeze!r}")
    check_array("w2", w2, (x.shape[1], len(w1), *kernel), beside=f"w1 of shape {w1.shape}")
    if b1 is not None:
        check_array("b1", b1, w1.shape[:1], beside=f"w1 of shape {w1.shape}")
    if b2 is not None:
        check_array("b2", b2, w2.shape[:1], beside=f"w2 of shape {w2.shape}")
