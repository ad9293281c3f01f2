"""Numbers at which mistakes show: all sizes differ, masks have both sides, nothing is zero, one or equal by accident.

Every function draws the inputs of one operation. The arrays are read-only, because a gallery is to be looked at.
"""

import numpy as np


def read_only(inputs):
    """Return inputs, a dict of arrays and None, after locking the arrays."""
    for array in inputs.values():
        if array is not None:
            array.setflags(write=False)
    return inputs


def linear(rng, N=3, D=4, M=5):
    """Draw x (N, D), w (M, D) and b (M,)."""
    return read_only({"x": rng.standard_normal((N, D)), "w": rng.standard_normal((M, D)), "b": rng.standard_normal(M)})


def numbers(rng, N=3, D=6, spread=2.0):
    """Draw x (N, D), at least one number on each side of 0, 3 and -3 and none of them near."""
    x = spread * rng.standard_normal((N, D))
    x.flat[:4] = (-3.5, -1.5, 1.5, 3.5)
    for kink in (-3, 0, 3):
        x = np.where(np.abs(x - kink) < 0.05, x + 0.1, x)
    return read_only({"x": rng.permuted(x)})


def images(rng, N=2, C=3, H=5, W=7):
    """Draw x (N, C, H, W), no two numbers closer than 0.1: no ties."""
    size = N * C * H * W
    return read_only({"x": 0.1 * (rng.permutation(size) - size / 2 + 0.25).reshape(N, C, H, W)})


def images_with_ties(rng, N=2, C=3, H=4, W=6):
    """Draw x (N, C, H, W) of whole numbers, so few that windows of a max pool hold ties, as after a ReLU."""
    return read_only({"x": rng.integers(1, 4, (N, C, H, W)).astype(np.float64)})


def gates(rng, N=2, C=3, H=4, W=5):
    """Draw x (N, C, H, W) and gates s (N, C) between 0 and 1."""
    return read_only({"x": rng.standard_normal((N, C, H, W)), "s": rng.uniform(0.1, 0.9, (N, C))})


def se(rng, N=3, C=6, H=2, W=5, hidden=4, bias=True):
    """Draw x (N, C, H, W) and the weights of an SE block, some hidden units on, some off, none near its kink."""
    while True:
        x = rng.standard_normal((N, C, H, W))
        w1, w2 = rng.standard_normal((hidden, C)), rng.standard_normal((C, hidden))
        b1, b2 = rng.standard_normal(hidden), rng.standard_normal(C)
        a = x.mean((2, 3)) @ w1.T + (b1 if bias else 0)  # (N, hidden)
        if np.abs(a).min() > 0.01 and 0 < np.mean(a > 0) < 1:
            return read_only({"x": x, "w1": w1, "b1": b1 if bias else None, "w2": w2, "b2": b2 if bias else None})


def se_of_maxima(rng, N=3, C=6, H=2, W=5, hidden=4):
    """Draw the same for a block that squeezes by the maximum: no two pixels are closer than 0.02."""
    while True:
        x = 0.2 * images(rng, N, C, H, W)["x"]
        w1, w2 = rng.standard_normal((hidden, C)), 0.3 * rng.standard_normal((C, hidden))
        b1, b2 = rng.standard_normal(hidden), rng.standard_normal(C)
        a = x.max((2, 3)) @ w1.T + b1  # (N, hidden)
        if np.abs(a).min() > 0.01 and 0 < np.mean(a > 0) < 1:
            return read_only({"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2})


def se_of_pixels(rng, N=3, C=6, H=2, W=5, hidden=4):
    """Draw the same for a block without a squeeze: its weights are kernels of one pixel."""
    while True:
        inputs = dict(se(rng, N, C, H, W, hidden))
        a = np.einsum("nchw,mc->nmhw", inputs["x"], inputs["w1"]) + inputs["b1"][:, None, None]
        if np.abs(a).min() > 1e-3:
            inputs.update({name: inputs[name][:, :, None, None] for name in ("w1", "w2")})
            return read_only(inputs)


def fixed_gates(rng, N=3, C=5, H=2, W=4):
    """Draw x (N, C, H, W) and b (C,)."""
    return read_only({"x": rng.standard_normal((N, C, H, W)), "b": rng.standard_normal(C)})


def residual(rng, N=2, C=3, H=4, W=5):
    """Draw x (N, C, H, W), w (C, C, 3, 3) and gates s (N, C)."""
    x, w = rng.standard_normal((N, C, H, W)), 0.5 * rng.standard_normal((C, C, 3, 3))
    return read_only({"x": x, "w": w, "s": rng.uniform(0.1, 0.9, (N, C))})


def convolution(rng, N=2, C=4, H=5, W=6, F=5, KH=2, KW=3):
    """Draw x (N, C, H, W), w (F, C, KH, KW) and b (F,)."""
    x, w = rng.standard_normal((N, C, H, W)), rng.standard_normal((F, C, KH, KW))
    return read_only({"x": x, "w": w, "b": rng.standard_normal(F)})


def batch_norm(rng, N=3, C=5, H=2, W=4):
    """Draw x (N, C, H, W) with mean 1 and deviation 2, and gamma and beta that are not 1 and 0."""
    x = 1 + 2 * rng.standard_normal((N, C, H, W))
    return read_only({"x": x, "gamma": rng.uniform(0.5, 2, C), "beta": rng.standard_normal(C)})


def scores(rng, N=4, K=6):
    """Draw logits (N, K) and labels (N,)."""
    return read_only({"logits": rng.standard_normal((N, K)), "labels": rng.integers(0, K, N)})
