"""Mistakes in batch norm: every value moves the mean and the variance, and so moves all the others."""

import numpy as np

from senumpy import ops
from senumpy.mistakes import probes
from senumpy.mistakes.mistake import Mistake

AXES = (0, 2, 3)


def _right_forward(x, gamma, beta):
    C = len(gamma)
    return ops.batch_norm_forward(x, gamma, beta, np.zeros(C), np.ones(C), training=True)


def _forward(x, gamma, beta):
    """The right values; the cache keeps what the paper's formula needs, each factor with the axes of x."""
    out, (_, _, _, inv_std, *_) = _right_forward(x, gamma, beta)
    inv_std = inv_std[:, None, None]  # (C, 1, 1)
    x_hat = (x - x.mean(AXES, keepdims=True)) * inv_std
    return out, (x_hat, inv_std, gamma[:, None, None])


def _no_variance(dout, cache):
    x_hat, inv_std, gamma = cache
    dx = gamma * inv_std * (dout - dout.mean(AXES, keepdims=True))
    return dx, (dout * x_hat).sum(AXES), dout.sum(AXES)


def _no_mean(dout, cache):
    x_hat, inv_std, gamma = cache
    dx = gamma * inv_std * (dout - x_hat * (dout * x_hat).mean(AXES, keepdims=True))
    return dx, (dout * x_hat).sum(AXES), dout.sum(AXES)


def _m_minus_1(dout, cache):
    x_hat, inv_std, gamma = cache
    M = x_hat.size // x_hat.shape[1]
    mean, slope = dout.mean(AXES, keepdims=True), (dout * x_hat).sum(AXES, keepdims=True) / (M - 1)
    dx = gamma * inv_std * (dout - mean - x_hat * slope)
    return dx, (dout * x_hat).sum(AXES), dout.sum(AXES)


def _statistics_constant(dout, cache):
    x_hat, inv_std, gamma = cache
    dx = gamma * inv_std * dout
    return dx, (dout * x_hat).sum(AXES), dout.sum(AXES)


def _gamma_forgotten(dout, cache):
    x_hat, inv_std, gamma = cache
    mean, slope = dout.mean(AXES, keepdims=True), (dout * x_hat).mean(AXES, keepdims=True)
    dx = inv_std * (dout - mean - x_hat * slope)
    return dx, (dout * x_hat).sum(AXES), dout.sum(AXES)


def _gamma_averaged(dout, cache):
    x_hat, inv_std, gamma = cache
    mean, slope = dout.mean(AXES, keepdims=True), (dout * x_hat).mean(AXES, keepdims=True)
    dx = gamma * inv_std * (dout - mean - x_hat * slope)
    return dx, (dout * x_hat).mean(AXES), dout.mean(AXES)


# The answers. Do not read on before you have found them yourself.


def _mistake(name, backward, seed, *, what, story, hint=""):
    right = (_right_forward, ops.batch_norm_backward)
    name, op = f"batch_norm_{name}", "batch_norm"
    return Mistake(name, op, _forward, backward, right, probes.batch_norm, seed, what, story, hint)


GALLERY = [
    _mistake(
        "no_variance",
        _no_variance,
        1,
        what="The path through the variance is missing: a value also changes by how much all are divided.",
        story="The term is the hardest one to derive and the easiest to lose.",
        hint="dx: the path through the variance of each channel is missing",
    ),
    _mistake(
        "no_mean",
        _no_mean,
        2,
        what="The path through the mean is missing: a value also changes what is taken off all others.",
        story="In a derivation by hand the mean appears twice, once inside the variance, where its share is zero. "
        "Sometimes both are struck out.",
        hint="dx: the path through the mean of each channel is missing",
    ),
    _mistake(
        "m_minus_1",
        _m_minus_1,
        3,
        what="Backward divides by M - 1, forward by M.",
        story="The running variance is the unbiased one, with M - 1, and it stands next to the biased one in the code.",
        hint="M - 1 where M = 24 belongs",
    ),
    _mistake(
        "statistics_constant",
        _statistics_constant,
        4,
        what="Mean and variance are taken for constants, as in evaluation.",
        story="It is the right formula for evaluation, used in training. The network still learns, a little worse.",
    ),
    _mistake(
        "gamma_forgotten",
        _gamma_forgotten,
        5,
        what="The factor gamma is missing in dx.",
        story="gamma starts at 1, where a check at the start of training sees nothing.",
        hint="dx: the factor gamma is missing",
    ),
    _mistake(
        "gamma_averaged",
        _gamma_averaged,
        6,
        what="dgamma and dbeta are means over batch and image; they are sums.",
        story="Everything else in batch norm is a mean.",
        hint="dgamma, dbeta: 24 times too small (N H W = 24)",
    ),
]
