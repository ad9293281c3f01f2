"""What must hold whatever the numbers, sizes and places in memory are: asked with cases that nobody thought of."""

import numpy as np
import pytest

from senumpy import ops
from senumpy.layers import BatchNorm2d, Conv2d, GlobalAvgPool, Linear, MaxPool2d, ReLU, SEBlock, Sequential
from senumpy.training import load_weights, save_weights

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is an optional test extra")
st = hypothesis.strategies

# The same cases every time: a failure that comes and goes on somebody else's machine teaches nobody anything.
every = hypothesis.settings(deadline=None, derandomize=True, max_examples=25, database=None)
SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.tuples(st.integers(1, 4), st.integers(2, 6), st.integers(1, 6), st.integers(1, 6))


def normal(rng, *shape):
    return rng.standard_normal(shape)


def _se(rng, N, C, H, W):
    hidden = int(rng.integers(1, 4))
    return (normal(rng, N, C, H, W), normal(rng, hidden, C), None, normal(rng, C, hidden), normal(rng, C)), {}


def _conv2d(rng, N, C, H, W):
    K = int(rng.integers(1, min(H, W, 3) + 1))
    options = {"stride": int(rng.integers(1, 4)), "padding": int(rng.integers(0, K))}
    return (normal(rng, N, C, H, W), normal(rng, 3, C, K, K), normal(rng, 3)), options


def _batch_norm(rng, N, C, H, W):
    arrays = normal(rng, N, C, H, W), rng.uniform(0.5, 2, C), normal(rng, C), normal(rng, C), rng.uniform(0.5, 2, C)
    return arrays, {"training": False}


OPS = {  # how to draw the arrays of an op, the data first, and its options
    "linear": lambda rng, N, C, H, W: ((normal(rng, N, C), normal(rng, 5, C), normal(rng, 5)), {}),
    "relu": lambda rng, *shape: ((normal(rng, *shape),), {}),
    "sigmoid": lambda rng, *shape: ((normal(rng, *shape),), {}),
    "tanh": lambda rng, *shape: ((normal(rng, *shape),), {}),
    "hard_swish": lambda rng, *shape: ((4 * normal(rng, *shape),), {}),
    "hard_sigmoid": lambda rng, *shape: ((4 * normal(rng, *shape),), {}),
    "global_avg_pool": lambda rng, *shape: ((normal(rng, *shape),), {}),
    "global_max_pool": lambda rng, *shape: ((normal(rng, *shape),), {}),
    "scale": lambda rng, N, C, H, W: ((normal(rng, N, C, H, W), normal(rng, N, C)), {}),
    "se": _se,
    "conv2d": _conv2d,
    "batch_norm": _batch_norm,
    "max_pool2d": lambda rng, *shape: ((normal(rng, *shape), min(shape[2:])), {}),
    "avg_pool2d": lambda rng, *shape: ((normal(rng, *shape), min(shape[2:])), {}),
}
each_op = pytest.mark.parametrize("name", OPS)


def both(name):
    return getattr(ops, f"{name}_forward"), getattr(ops, f"{name}_backward")


def as_tuple(gradients):
    return gradients if isinstance(gradients, tuple) else (gradients,)


def assert_equal(one, other, tolerance=1e-12):
    one, other = as_tuple(one), as_tuple(other)
    for a, b in zip(one, other, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * (1 + np.abs(b).max()))


def elsewhere(rng, a):
    """The same numbers in another order of memory."""
    if not isinstance(a, np.ndarray) or a.ndim == 0:
        return a
    order = rng.permutation(a.ndim)
    laid = np.ascontiguousarray(a.transpose(order)).transpose(np.argsort(order))
    twice = np.repeat(laid, 2, axis=-1)[..., ::2]
    return twice[::-1].copy()[::-1] if rng.integers(2) else twice


@each_op
@every
@hypothesis.given(SEEDS, SHAPES)
def test_the_place_in_memory_decides_nothing(name, seed, shape):
    rng = np.random.default_rng(seed)
    forward, backward = both(name)
    arrays, options = OPS[name](rng, *shape)
    out, cache = forward(*arrays, **options)
    dout = normal(rng, *out.shape)
    moved, moved_cache = forward(*(elsewhere(rng, a) for a in arrays), **options)
    assert_equal(moved, out)
    assert_equal(backward(elsewhere(rng, dout), moved_cache), backward(dout, cache))


@each_op
@every
@hypothesis.given(SEEDS, SHAPES)
def test_each_image_is_worked_on_by_itself(name, seed, shape):
    """Output and input gradient of an image are those that it has alone; parameters' gradients add up."""
    rng = np.random.default_rng(seed)
    forward, backward = both(name)
    arrays, options = OPS[name](rng, *shape)
    out, cache = forward(*arrays, **options)
    dout = normal(rng, *out.shape)
    gradients = as_tuple(backward(dout, cache))
    by_image = 2 if name == "scale" else 1  # scale's gates are one row per image as well
    sums = [0] * len(gradients)
    for n in range(shape[0]):
        alone = [a[n : n + 1] if i < by_image else a for i, a in enumerate(arrays)]
        out_n, cache_n = forward(*alone, **options)
        assert_equal(out_n, out[n : n + 1])
        for i, g in enumerate(as_tuple(backward(dout[n : n + 1], cache_n))):
            if i < by_image:
                assert_equal(g, gradients[i][n : n + 1])
            elif g is not None:
                sums[i] = sums[i] + g
    for i in range(by_image, len(gradients)):
        if gradients[i] is not None:
            assert_equal(sums[i], gradients[i])


@each_op
@every
@hypothesis.given(SEEDS, SHAPES, st.floats(-8, 8))
def test_backward_is_linear_in_dout(name, seed, shape, factor):
    rng = np.random.default_rng(seed)
    forward, backward = both(name)
    arrays, options = OPS[name](rng, *shape)
    out, cache = forward(*arrays, **options)
    a, b = normal(rng, *out.shape), normal(rng, *out.shape)
    of_sum = as_tuple(backward(a + factor * b, cache))
    of_a, of_b = as_tuple(backward(a, cache)), as_tuple(backward(b, cache))
    assert_equal(of_sum, tuple(None if x is None else x + factor * y for x, y in zip(of_a, of_b, strict=True)), 1e-11)


@every
@hypothesis.given(SEEDS, SHAPES, st.booleans())
def test_channels_that_change_places_with_their_weights_change_nothing_else(seed, shape, training):
    """An SE block, a convolution and batch norm know a channel by its weights alone."""
    rng = np.random.default_rng(seed)
    N, C, H, W = shape
    hypothesis.assume(not training or N * H * W > 1)
    order = rng.permutation(C)
    arrays, _ = _se(rng, *shape)
    x, w1, _, w2, b2 = arrays
    out, cache = ops.se_forward(*arrays)
    moved, moved_cache = ops.se_forward(x[:, order], w1[:, order], None, w2[order], b2[order])
    assert_equal(moved, out[:, order])
    dout = normal(rng, *shape)
    dx, dw1, _, dw2, db2 = ops.se_backward(dout, cache)
    moved = ops.se_backward(dout[:, order], moved_cache)
    assert_equal((moved[0], moved[1], moved[3], moved[4]), (dx[:, order], dw1[:, order], dw2[order], db2[order]))

    gamma, beta, mean, var = rng.uniform(0.5, 2, C), normal(rng, C), normal(rng, C), rng.uniform(0.5, 2, C)
    out, _ = ops.batch_norm_forward(x, gamma, beta, mean.copy(), var.copy(), training=training)
    statistics = [a[order].copy() for a in (gamma, beta, mean, var)]
    assert_equal(ops.batch_norm_forward(x[:, order], *statistics, training=training)[0], out[:, order], 1e-9)

    w = normal(rng, 3, C, 1, 1)
    assert_equal(ops.conv2d_forward(x[:, order], w[:, order])[0], ops.conv2d_forward(x, w)[0])


def network(rng, se=True):
    rows = [Conv2d(3, 8, 3, padding=1, rng=rng), BatchNorm2d(8), ReLU()] + ([SEBlock(8, 2, rng=rng)] if se else [])
    return Sequential(*rows, MaxPool2d(2), GlobalAvgPool(), Linear(8, 5, rng=rng))


@every
@hypothesis.given(SEEDS, st.booleans())
def test_what_is_saved_comes_back(tmp_path_factory, seed, se):
    rng = np.random.default_rng(seed)
    model, other = network(rng, se), network(rng, se)
    for array in (*model.params.values(), *model.buffers.values()):
        array[...] = rng.standard_normal(array.shape) * 10.0 ** rng.integers(-30, 30)
        array[...] = np.abs(array)
    load_weights(other, save_weights(model, tmp_path_factory.mktemp("saved") / "w.npz"))
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], array)


@every
@hypothesis.given(SEEDS, st.integers(1, 5))
def test_a_network_in_evaluation_answers_each_image_by_itself(seed, n):
    rng = np.random.default_rng(seed)
    model, x = network(rng).eval(), rng.standard_normal((n, 3, 8, 6)).astype(np.float32)
    together = model.forward(x)
    for i in range(n):
        np.testing.assert_allclose(model.forward(x[i : i + 1]), together[i : i + 1], rtol=0, atol=1e-5)
