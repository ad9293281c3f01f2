"""Small pairs of the kind a student writes, right and wrong, for the tests of the checker.

Each entry of RIGHT is (forward, backward, inputs). WRONG builds a wrong backward from the right one by name.
"""

import numpy as np


def rng():
    return np.random.default_rng(42)


def normal(*shape):
    return rng().standard_normal(shape)


# ---- a linear layer ------------------------------------------------------------------------------------------------


def linear_forward(x, w, b):
    return x @ w.T + b, (x, w)


def linear_backward(dout, cache):
    x, w = cache
    return dout @ w, dout.T @ x, dout.sum(0)


LINEAR = {"x": normal(3, 4), "w": normal(5, 4), "b": normal(5)}


# ---- squeeze-and-excitation, one step after the other --------------------------------------------------------------

SE = {
    "x": np.random.default_rng(3).standard_normal((3, 6, 4, 5)),
    "w1": np.random.default_rng(4).standard_normal((4, 6)),
    "b1": np.random.default_rng(5).standard_normal(4),
    "w2": np.random.default_rng(6).standard_normal((6, 4)),
    "b2": np.random.default_rng(7).standard_normal(6),
}


def se_forward(x, w1, b1, w2, b2):
    z = x.mean((2, 3))
    a = z @ w1.T + b1
    h = np.maximum(a, 0)
    s = 1 / (1 + np.exp(-(h @ w2.T + b2)))
    return x * s[:, :, None, None], (x, z, a, h, s, w1, w2)


def se_backward(dout, cache, mistake=""):
    x, z, a, h, s, w1, w2 = cache
    H, W = x.shape[2:]
    ds = (dout * x).sum((2, 3))
    if mistake == "ds is a mean":
        ds = ds / (H * W)
    de = ds * (1 if mistake == "no sigmoid derivative" else s * (1 - s))
    dw2, db2 = de.T @ h, de.sum(0)
    dh = de @ w2
    da = dh if mistake == "no mask" else dh * ((dh if mistake == "mask of the gradient" else a) > 0)
    dw1, db1 = da.T @ z, da.sum(0)
    gate = (da @ w1)[:, :, None, None] / (1 if mistake == "no 1/(HW)" else H * W)
    direct = dout * s[:, :, None, None]
    dx = {"no gate": direct, "no direct path": gate * np.ones_like(x), "dx doubled": 2 * (direct + gate)}.get(
        mistake, direct + gate
    )
    dw1 = -dw1 if mistake == "sign of dw1" else dw1.T if mistake == "dw1 transposed" else dw1
    db2 = {"db2 not summed": de, "db2 is a mean": de.mean(0)}.get(mistake, db2)
    dw2 = {"no dw2": None, "dw2 zero": np.zeros_like(dw2), "dw2 NaN": dw2 * np.nan}.get(mistake, dw2)
    return dx, dw1, db1, dw2, db2


# mistake -> what a hint must say, for the names at its beginning
SE_MISTAKES = {
    "ds is a mean": "dw1, db1, dw2, db2: 20 times too small (H W = 20)",
    "no sigmoid derivative": "path through the mean of each channel",
    "no mask": "all is wrong",
    "mask of the gradient": "all is wrong",
    "no 1/(HW)": "20 times too large (H W = 20): the mean's 1/(H W) is missing",
    "no gate": "gate's path, dz / (H W)) is missing",
    "no direct path": "dx: the direct path (dout times the gate) is missing",
    "dx doubled": "dx: twice the truth",
    "sign of dw1": "dw1: the truth with the sign turned round",
    "dw1 transposed": "dw1: transposed",
    "db2 not summed": "db2: not summed over axis 0 (the batch)",
    "db2 is a mean": "db2: 3 times too small (N = 3): a mean over the batch stands where a sum belongs",
    "no dw2": "",
    "dw2 zero": "dw2: zero, the truth is not",
    "dw2 NaN": "",
}


# ---- batch norm, with a variance from np.var, which no complex step survives ---------------------------------------

BATCH_NORM = {
    "x": 1 + 2 * np.random.default_rng(8).standard_normal((3, 4, 2, 5)),
    "gamma": np.random.default_rng(9).uniform(0.5, 2, 4),
    "beta": normal(4),
}
AXES = (0, 2, 3)


def batch_norm_forward(x, gamma, beta):
    i = 1 / np.sqrt(x.var(AXES, keepdims=True) + 1e-5)
    x_hat = (x - x.mean(AXES, keepdims=True)) * i
    return gamma[:, None, None] * x_hat + beta[:, None, None], (x_hat, i, gamma[:, None, None])


def batch_norm_backward(dout, cache, mistake=""):
    x_hat, i, gamma = cache
    M = x_hat.size // x_hat.shape[1]
    through_mean = dout.mean(AXES, keepdims=True) * (mistake != "no mean")
    through_variance = x_hat * (dout * x_hat).mean(AXES, keepdims=True)
    through_variance = through_variance * {"no variance": 0, "M - 1": M / (M - 1)}.get(mistake, 1)
    dx = (1 if mistake == "no gamma" else gamma) * i * (dout - through_mean - through_variance)
    return dx, (dout * x_hat).sum(AXES), dout.sum(AXES)


BATCH_NORM_MISTAKES = {
    "no mean": "dx: the path through the mean of each channel is missing",
    "no variance": "dx: the path through the variance of each channel is missing",
    "M - 1": "M - 1 where M = 30 belongs",
    "no gamma": "dx: the factor gamma is missing",
}


# ---- what else students write --------------------------------------------------------------------------------------


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def softmax_backward(dout, p):
    return p * (dout - (dout * p).sum(-1, keepdims=True))


def layer_norm_forward(x):
    mean, std = x.mean(1, keepdims=True), x.std(1, keepdims=True)
    x_hat = (x - mean) / std
    return x_hat, (x_hat, std)


def layer_norm_backward(dout, cache):
    x_hat, std = cache
    return (dout - dout.mean(1, keepdims=True) - x_hat * (dout * x_hat).mean(1, keepdims=True)) / std


def norm_forward(x):
    length = np.linalg.norm(x)
    return length, (x, length)


def loop_forward(x, w):
    """Fills an array of real numbers: an assignment of complex ones fails."""
    out = np.zeros((x.shape[0], w.shape[0]))
    for n in range(x.shape[0]):
        for m in range(w.shape[0]):
            out[n, m] = np.sum(x[n] * w[m])
    return out, (x, w)


def embedding_backward(dout, cache):
    index, shape = cache
    dtable = np.zeros(shape, dout.dtype)
    np.add.at(dtable, index, dout)
    return dtable


def row_max_forward(x):
    return x.max(1), (x.shape, x.argmax(1))


def row_max_backward(dout, cache):
    shape, winner = cache
    dx = np.zeros(shape, dout.dtype)
    dx[np.arange(shape[0]), winner] = dout
    return dx


def huber_forward(x):
    small = np.abs(x) < 1
    return np.sum(np.where(small, x**2 / 2, np.abs(x) - 0.5)), (x, small)


RIGHT = {
    "linear": (linear_forward, linear_backward, LINEAR),
    "se": (se_forward, se_backward, SE),
    "batch norm with np.var": (batch_norm_forward, batch_norm_backward, BATCH_NORM),
    "softmax": (lambda x: (softmax(x), softmax(x)), softmax_backward, {"x": normal(3, 5)}),
    "layer norm with np.std": (layer_norm_forward, layer_norm_backward, {"x": normal(3, 7)}),
    "euclidean norm": (norm_forward, lambda dout, cache: dout * cache[0] / cache[1], {"x": normal(3, 4)}),
    "loop over a real array": (loop_forward, lambda d, c: (d @ c[1], d.T @ c[0]), {k: LINEAR[k] for k in ("x", "w")}),
    "abs": (lambda x: (np.abs(x), x), lambda dout, x: dout * np.sign(x), {"x": normal(3, 4)}),
    "leaky relu": (
        lambda x: (np.where(x > 0, x, 0.1 * x), x),
        lambda dout, x: dout * np.where(x > 0, 1, 0.1),
        {"x": normal(3, 4)},
    ),
    "row maximum": (row_max_forward, row_max_backward, {"x": normal(3, 5)}),
    "embedding": (
        lambda table, index: (table[index], (index, table.shape)),
        embedding_backward,
        {"table": normal(5, 3), "index": np.array([4, 0, 0, 2, 3, 1])},
    ),
    "huber loss": (huber_forward, lambda d, c: d * np.where(c[1], c[0], np.sign(c[0])), {"x": 2 * normal(3, 4)}),
    "logarithm": (lambda x: (np.log(x), x), lambda dout, x: dout / x, {"x": np.exp(normal(3, 4))}),
    "product of numbers": (
        lambda a, b: (a * b, (a, b)),
        lambda dout, c: (dout * c[1], dout * c[0]),
        {"a": np.array(1.5), "b": -0.7},
    ),
    "gather real parts": (  # drops the imaginary part without a word
        lambda x: (np.real(x) ** 3, x),
        lambda dout, x: 3 * dout * x**2,
        {"x": normal(3, 4)},
    ),
    "absent bias": (
        lambda x, w, b: (x @ w.T if b is None else x @ w.T + b, (x, w)),
        lambda dout, c: (dout @ c[1], dout.T @ c[0], None),
        {**LINEAR, "b": None},
    ),
}
