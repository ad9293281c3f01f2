"""Every op once more, as slowly and as plainly as a textbook writes it: one number at a time, no broadcasting.

Nothing here is fast, and nothing here is shared with senumpy. That is the point: the same mistake is
unlikely to be made twice in two such different ways.
"""

import math
from decimal import Context, Decimal
from itertools import product

import numpy as np

DIGITS = Context(prec=50)


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def each(function, x):
    return np.array([function(float(v)) for v in x.flat]).reshape(x.shape)


def linear(x, w, b=None):
    out = np.zeros((len(x), len(w)))
    for n, m in product(range(len(x)), range(len(w))):
        out[n, m] = sum(float(x[n, d]) * float(w[m, d]) for d in range(x.shape[1])) + (0.0 if b is None else b[m])
    return out


def relu(x):
    return each(lambda v: v if v > 0 else 0.0, x)


def sigmoid(x):
    return each(lambda v: 1 / (1 + math.exp(-v)) if v > -700 else math.exp(v), x)


def tanh(x):
    return each(math.tanh, x)


def hard_swish(x):
    return np.where(x <= -3, 0, x) * hard_sigmoid(x)


def hard_sigmoid(x, slope=1 / 6):
    return each(lambda v: min(max(slope * v + 0.5, 0.0), 1.0), x)


def global_avg_pool(x):
    return np.array([[sum(map(float, channel.flat)) / channel.size for channel in image] for image in x])


def global_max_pool(x):
    return np.array([[max(map(float, channel.flat)) for channel in image] for image in x])


def windows(height, width, kernel_size, stride, padding):
    """Yield (oh, ow, [(h, w), ...]): the pixels of the unpadded image that each window touches, in row-major order."""
    (kh, kw), (sh, sw), (ph, pw) = pair(kernel_size), pair(stride), pair(padding)
    rows, columns = (height + 2 * ph - kh) // sh + 1, (width + 2 * pw - kw) // sw + 1
    for oh, ow in product(range(rows), range(columns)):
        touched = [(oh * sh - ph + i, ow * sw - pw + j) for i in range(kh) for j in range(kw)]
        yield oh, ow, [(h, w) for h, w in touched if 0 <= h < height and 0 <= w < width]


def pooled_shape(x, kernel_size, stride, padding):
    positions = list(windows(*x.shape[2:], kernel_size, stride, padding))
    return (*x.shape[:2], positions[-1][0] + 1, positions[-1][1] + 1)


def max_pool2d(x, kernel_size, *, stride=None, padding=0):
    stride = kernel_size if stride is None else stride
    out = np.zeros(pooled_shape(x, kernel_size, stride, padding))
    for n, c in product(range(x.shape[0]), range(x.shape[1])):
        for oh, ow, pixels in windows(*x.shape[2:], kernel_size, stride, padding):
            out[n, c, oh, ow] = max(float(x[n, c, h, w]) for h, w in pixels)
    return out


def max_pool2d_gradient(dout, x, kernel_size, *, stride=None, padding=0):
    """The whole gradient of a window goes to its first maximum: a convention, which no derivative could check."""
    stride = kernel_size if stride is None else stride
    dx = np.zeros(x.shape)
    for n, c in product(range(x.shape[0]), range(x.shape[1])):
        for oh, ow, pixels in windows(*x.shape[2:], kernel_size, stride, padding):
            values = [float(x[n, c, h, w]) for h, w in pixels]
            h, w = pixels[values.index(max(values))]
            dx[n, c, h, w] += float(dout[n, c, oh, ow])
    return dx


def avg_pool2d(x, kernel_size, *, stride=None, padding=0, count_include_pad=True):
    stride = kernel_size if stride is None else stride
    out = np.zeros(pooled_shape(x, kernel_size, stride, padding))
    for n, c in product(range(x.shape[0]), range(x.shape[1])):
        for oh, ow, pixels in windows(*x.shape[2:], kernel_size, stride, padding):
            count = math.prod(pair(kernel_size)) if count_include_pad else len(pixels)
            out[n, c, oh, ow] = sum(float(x[n, c, h, w]) for h, w in pixels) / count
    return out


def scale(x, s):
    out = np.zeros(x.shape)
    for n, c, h, w in np.ndindex(*x.shape):
        out[n, c, h, w] = float(x[n, c, h, w]) * float(s[n, c])
    return out


def se(x, w1, b1, w2, b2):
    return scale(x, sigmoid(linear(relu(linear(global_avg_pool(x), w1, b1)), w2, b2)))


def conv2d(x, w, b=None, *, stride=1, padding=0, groups=1):
    """The seven nested loops (two of them hide in np.ndindex and in the sum)."""
    (sh, sw), (ph, pw) = pair(stride), pair(padding)
    (N, C, H, W), (F, _, KH, KW) = x.shape, w.shape
    out = np.zeros((N, F, (H + 2 * ph - KH) // sh + 1, (W + 2 * pw - KW) // sw + 1))
    for n, f, oh, ow in np.ndindex(*out.shape):
        first_channel = f // (F // groups) * (C // groups)
        total = 0.0 if b is None else float(b[f])
        for c, i, j in product(range(C // groups), range(KH), range(KW)):
            h, v = oh * sh - ph + i, ow * sw - pw + j
            if 0 <= h < H and 0 <= v < W:
                total += float(w[f, c, i, j]) * float(x[n, first_channel + c, h, v])
        out[n, f, oh, ow] = total
    return out


def channel_moments(x):
    """Mean, variance (divided by the count) and count of the values of every channel."""
    for c in range(x.shape[1]):
        values = [float(v) for v in x[:, c].flat]
        mean = sum(values) / len(values)
        yield mean, sum((v - mean) ** 2 for v in values) / len(values), len(values)


def apply_gates(x, s, *, combine="product"):
    out = np.zeros(x.shape)
    for n, c, h, w in np.ndindex(*x.shape):
        gate = float(s[n, c, h, w]) if s.ndim == 4 else float(s[n, c])
        out[n, c, h, w] = {"product": float(x[n, c, h, w]) * gate, "sum": float(x[n, c, h, w]) + gate}[combine]
    return out


def gates_of(e, gate, slope=None):
    if slope is not None:
        return hard_sigmoid(e, slope)
    return {"sigmoid": sigmoid, "tanh": tanh, "relu": relu, "hard_sigmoid": hard_sigmoid}[gate](e)


def se_variant(x, w1, b1, w2, b2, *, squeeze="avg", gate="sigmoid", slope=None, combine="product"):
    if squeeze == "none":
        e = conv2d(relu(conv2d(x, w1, b1)), w2, b2)
    else:
        z = {"avg": global_avg_pool, "max": global_max_pool}[squeeze](x)
        e = linear(relu(linear(z, w1, b1)), w2, b2)
    return apply_gates(x, gates_of(e, gate, slope), combine=combine)


def fixed_gates(x, b, *, gate="sigmoid", slope=None, combine="product"):
    s = gates_of(b, gate, slope)
    return apply_gates(x, np.array([s for _ in x]), combine=combine)


def batch_norm(x, gamma, beta, running_mean, running_var, *, training, momentum=0.1, eps=1e-5):
    out = np.zeros(x.shape)
    for c, (mean, var, _) in enumerate(channel_moments(x)):
        if not training:
            mean, var = float(running_mean[c]), float(running_var[c])
        for n in range(len(x)):
            for position in np.ndindex(*x.shape[2:]):
                normal = (float(x[(n, c, *position)]) - mean) / math.sqrt(var + eps)
                out[(n, c, *position)] = float(gamma[c]) * normal + float(beta[c])
    return out


def running_statistics(x, running_mean, running_var, *, momentum=0.1):
    """What the running statistics become after one training step: new arrays."""
    mean, var = running_mean.astype(float), running_var.astype(float)
    for c, (batch_mean, batch_var, count) in enumerate(channel_moments(x)):
        mean[c] = (1 - momentum) * mean[c] + momentum * batch_mean
        var[c] = (1 - momentum) * var[c] + momentum * batch_var * count / (count - 1)
    return mean, var


def softmax_cross_entropy(logits, labels, *, label_smoothing=0.0):
    """With exponentials of fifty digits that cannot overflow, so that no maximum has to be taken off first."""
    total, (N, K) = 0.0, logits.shape
    for n in range(N):
        powers = [Decimal(float(v)).exp(DIGITS) for v in logits[n]]
        partition = sum(powers[1:], start=powers[0])
        for k in range(K):
            target = (1 - label_smoothing) * (k == labels[n]) + label_smoothing / K
            total -= target * float(DIGITS.divide(powers[k], partition).ln(DIGITS))
    return np.array(total / N)
