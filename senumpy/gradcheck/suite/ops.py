"""A probe for every operation: random shapes, numbers and options."""

import numpy as np

from senumpy import ops
from senumpy.gradcheck.checking import check
from senumpy.gradcheck.suite.draws import beside, distinct, images, sizes
from senumpy.gradcheck.suite.variants import VARIANTS


def _linear(rng, **options):
    N, D, M = sizes(rng, 3)
    inputs = {"x": rng.standard_normal((N, D)), "w": rng.standard_normal((M, D)), "b": rng.standard_normal(M)}
    return check(ops.linear_forward, ops.linear_backward, inputs, **options)


def _entrywise(name, *kinks):
    def case(rng, **options):
        x = beside(rng, sizes(rng, 4), *kinks)
        return check(getattr(ops, f"{name}_forward"), getattr(ops, f"{name}_backward"), {"x": x}, **options)

    return case


def _global_pool(name):
    def case(rng, **options):
        x = distinct(rng, sizes(rng, 4))
        return check(getattr(ops, f"{name}_forward"), getattr(ops, f"{name}_backward"), {"x": x}, **options)

    return case


def _pool(name, draw):
    def case(rng, **options):
        kernel_size = sizes(rng, 2, 1, 3)
        padding = [int(rng.integers(0, k // 2 + 1)) for k in kernel_size]
        how = {"stride": sizes(rng, 2, 1, 3), "padding": padding}
        if name == "avg_pool2d":
            how["count_include_pad"] = bool(rng.integers(2))

        def forward(x):
            return getattr(ops, f"{name}_forward")(x, kernel_size, **how)

        return check(forward, getattr(ops, f"{name}_backward"), {"x": draw(rng, sizes(rng, 4, 3, 7))}, **options)

    return case


def _scale(rng, **options):
    x = images(rng)
    return check(ops.scale_forward, ops.scale_backward, {"x": x, "s": rng.random(x.shape[:2])}, **options)


def _se(bias):
    def case(rng, **options):
        while True:
            x, hidden = images(rng, low=3), int(rng.integers(2, 5))
            C = x.shape[1]
            w1, w2 = rng.standard_normal((hidden, C)), rng.standard_normal((C, hidden))
            b1, b2 = (rng.standard_normal(hidden), rng.standard_normal(C)) if bias else (None, None)
            a = x.mean((2, 3)) @ w1.T + (0 if b1 is None else b1)  # (N, hidden)
            if hidden != C and np.abs(a).min() > 0.01 and 0 < np.mean(a > 0) < 1:
                break  # some hidden units on, some off, none near its kink
        inputs = {"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
        return check(ops.se_forward, ops.se_backward, inputs, **options)

    return case


def _conv2d(grouped):
    def case(rng, **options):
        groups = int(rng.integers(2, 4)) if grouped else 1
        N, c, f, H, W = sizes(rng, 5, 3, 7)
        KH, KW = sizes(rng, 2, 1, 3)
        padding = [int(rng.integers(0, K)) for K in (KH, KW)]  # every window meets the image
        how = {"stride": sizes(rng, 2, 1, 3), "padding": padding, "groups": groups}

        def forward(x, w, b):
            return ops.conv2d_forward(x, w, b, **how)

        x, w = rng.standard_normal((N, groups * c, H, W)), rng.standard_normal((groups * f, c, KH, KW))
        return check(forward, ops.conv2d_backward, {"x": x, "w": w, "b": rng.standard_normal(groups * f)}, **options)

    return case


def _batch_norm(training):
    def case(rng, **options):
        shape = sizes(rng, 4) if rng.integers(2) else sizes(rng, 2, 3, 9)
        C = shape[1]
        mean, var = rng.standard_normal(C), rng.uniform(0.5, 2, C)

        def forward(x, gamma, beta):
            return ops.batch_norm_forward(x, gamma, beta, mean.copy(), var.copy(), training=training)

        x = 1 + 2 * rng.standard_normal(shape)
        inputs = {"x": x, "gamma": rng.uniform(0.5, 2, C), "beta": rng.standard_normal(C)}
        return check(forward, ops.batch_norm_backward, inputs, **options)

    return case


def _softmax_cross_entropy(rng, **options):
    N, K = sizes(rng, 2, 3, 9)
    smoothing = float(rng.choice([0.0, 0.1]))

    def forward(logits, labels):
        return ops.softmax_cross_entropy_forward(logits, labels, label_smoothing=smoothing)

    inputs = {"logits": rng.standard_normal((N, K)), "labels": rng.integers(0, K, N)}
    return check(forward, ops.softmax_cross_entropy_backward, inputs, **options)


OPS = {
    "linear": _linear,
    "relu": _entrywise("relu", 0.0),
    "sigmoid": _entrywise("sigmoid"),
    "tanh": _entrywise("tanh"),
    "hard_sigmoid": _entrywise("hard_sigmoid", -3.0, 3.0),
    "hard_swish": _entrywise("hard_swish", -3.0, 3.0),
    "global_avg_pool": _global_pool("global_avg_pool"),
    "global_max_pool": _global_pool("global_max_pool"),
    "max_pool2d": _pool("max_pool2d", distinct),
    "avg_pool2d": _pool("avg_pool2d", lambda rng, shape: rng.standard_normal(shape)),
    "scale": _scale,
    "se": _se(bias=True),
    "se_without_biases": _se(bias=False),
    **VARIANTS,
    "conv2d": _conv2d(grouped=False),
    "conv2d_grouped": _conv2d(grouped=True),
    "batch_norm": _batch_norm(training=True),
    "batch_norm_evaluation": _batch_norm(training=False),
    "softmax_cross_entropy": _softmax_cross_entropy,
}
