"""Batch norm: four numbers on paper, statistics over many steps, large means in float32 and real statistics."""

import numpy as np
import oracles
import pytest
from comparing import assert_close

from senumpy import ops


def parameters(C, dtype=np.float64):
    """gamma, beta, running mean and variance as a new layer has them."""
    return np.ones(C, dtype), np.zeros(C, dtype), np.zeros(C, dtype), np.ones(C, dtype)


def test_two_numbers_on_paper():
    """Mean 2, variance 1; eps = 3 makes the divisor 2. PyTorch's running variance is the unbiased one, 2."""
    _, _, running_mean, running_var = parameters(1)
    gamma, beta = np.array([2.0]), np.array([10.0])
    x = np.array([[1.0], [3.0]])
    out, cache = ops.batch_norm_forward(x, gamma, beta, running_mean, running_var, training=True, eps=3.0)
    np.testing.assert_array_equal(out, [[9.0], [11.0]])
    assert_close(running_mean, [0.2], 1e-15)
    assert_close(running_var, [1.1], 1e-15)

    dx, dgamma, dbeta = ops.batch_norm_backward(np.array([[1.0], [0.0]]), cache)
    assert_close(dx, [[0.375], [-0.375]], 1e-15)
    assert_close(dgamma, [-0.5], 1e-15)
    assert_close(dbeta, [1.0], 1e-15)


def test_evaluation_uses_the_running_statistics_and_leaves_them_alone():
    running_mean, running_var = np.array([1.0]), np.array([4.0])
    x = np.array([[5.0], [1.0]])
    arguments = np.array([3.0]), np.array([7.0]), running_mean, running_var
    out, cache = ops.batch_norm_forward(x, *arguments, training=False, eps=1e-300)
    np.testing.assert_array_equal(out, [[13.0], [7.0]])
    np.testing.assert_array_equal((running_mean, running_var), [[1.0], [4.0]])
    dx, dgamma, dbeta = ops.batch_norm_backward(np.array([[1.0], [2.0]]), cache)
    np.testing.assert_array_equal(dx, [[1.5], [3.0]])  # gamma / 2: each value only moves its own output
    np.testing.assert_array_equal(dgamma, [2.0])
    np.testing.assert_array_equal(dbeta, [3.0])


@pytest.mark.parametrize("shape", [(6, 3), (3, 3, 4, 5)])
@pytest.mark.parametrize("momentum", [0.1, 0.5, 0.0, 1.0])
def test_running_statistics_over_several_steps(shape, momentum):
    torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    rng = np.random.default_rng(1)
    gamma, beta, running_mean, running_var = parameters(3)
    layer = (torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d)(3, momentum=momentum).double()
    expected_mean, expected_var = running_mean.copy(), running_var.copy()
    for step in range(4):
        x = rng.standard_normal(shape) * (1 + step) + step
        out, _ = ops.batch_norm_forward(x, gamma, beta, running_mean, running_var, training=True, momentum=momentum)
        assert_close(out, layer(torch.from_numpy(x)).detach().numpy())
        expected_mean, expected_var = oracles.running_statistics(x, expected_mean, expected_var, momentum=momentum)
        for mine, theirs, plain in (
            (running_mean, layer.running_mean, expected_mean),
            (running_var, layer.running_var, expected_var),
        ):
            assert_close(mine, theirs.numpy())
            assert_close(mine, plain)
    layer.eval()
    out, _ = ops.batch_norm_forward(x, gamma, beta, running_mean, running_var, training=False)
    assert_close(out, layer(torch.from_numpy(x)).detach().numpy())


@pytest.mark.parametrize("mean", [100.0, 1000.0, -1000.0])
@pytest.mark.parametrize("shape", [(64, 3), (8, 3, 9, 7)])
def test_large_means_in_float32(mean, shape):
    """E[x^2] - E[x]^2 would be 6 % wrong at mean 100 and negative at mean 1000."""
    rng = np.random.default_rng(2)
    x = (mean + rng.standard_normal(shape)).astype(np.float32)
    dout = rng.standard_normal(shape).astype(np.float32)
    results = {}
    for dtype in (np.float32, np.float64):
        gamma, beta, running_mean, running_var = parameters(3, dtype)
        arguments = gamma, beta, running_mean, running_var
        out, cache = ops.batch_norm_forward(x.astype(dtype), *arguments, training=True, momentum=1.0)
        gradients = ops.batch_norm_backward(dout.astype(dtype), cache)
        results[dtype] = (out, *gradients, running_mean / abs(mean), running_var)
    tolerance = 1e-4 if abs(mean) < 500 else 5e-4
    for name, narrow, wide in zip(("out", "dx", "dgamma", "dbeta", "mean", "var"), *results.values(), strict=True):
        assert_close(narrow, wide, tolerance, name)


def test_a_constant_channel_becomes_beta():
    """Its variance is zero: eps keeps the division finite, in the gradient too."""
    gamma, _, running_mean, running_var = parameters(2, np.float32)
    x = np.full((4, 2, 3, 3), 1000.1, np.float32)
    beta = np.array([0.5, -2.0], np.float32)
    out, cache = ops.batch_norm_forward(x, gamma, beta, running_mean, running_var, training=True)
    np.testing.assert_allclose(out, np.broadcast_to(beta[:, None, None], x.shape), atol=0.05)
    assert all(np.all(np.isfinite(g)) for g in ops.batch_norm_backward(np.ones_like(x), cache))


def test_normalised_values_have_mean_zero_and_variance_one():
    x = np.random.default_rng(3).normal(5, 3, (4, 3, 6, 7))
    out, _ = ops.batch_norm_forward(x, *parameters(3), training=True, eps=1e-12)
    assert_close(out.mean((0, 2, 3)), np.zeros(3))
    assert_close(out.var((0, 2, 3)), np.ones(3))


def test_gradients_of_a_training_step_sum_to_zero():
    """Shifting or stretching a whole channel changes nothing, so dx has no such component."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal((4, 3, 5, 6))
    _, cache = ops.batch_norm_forward(x, *parameters(3), training=True, eps=1e-12)
    dx, _, _ = ops.batch_norm_backward(rng.standard_normal(x.shape), cache)
    assert np.abs(dx).max() > 0.1
    assert_close(dx.sum((0, 2, 3)), np.zeros(3))
    assert_close((dx * x).sum((0, 2, 3)), np.zeros(3), 1e-9)


@pytest.mark.parametrize("training", [True, False])
def test_complex_input_leaves_the_running_statistics_real(training):
    rng = np.random.default_rng(5)
    x = rng.standard_normal((4, 3)) + 1e-30j * rng.standard_normal((4, 3))
    gamma, beta, running_mean, running_var = parameters(3)
    ops.batch_norm_forward(x, gamma, beta, running_mean, running_var, training=training)
    other_mean, other_var = np.zeros(3), np.ones(3)
    ops.batch_norm_forward(x.real.copy(), gamma, beta, other_mean, other_var, training=training)
    assert running_mean.dtype == running_var.dtype == np.float64
    assert_close(running_mean, other_mean)
    assert_close(running_var, other_var)


@pytest.mark.parametrize("training", [True, False])
def test_statistics_and_options_in_float64_do_not_turn_float32_into_float64(training):
    gamma, beta, _, _ = parameters(3, np.float32)
    _, _, running_mean, running_var = parameters(3, np.float64)
    x = np.random.default_rng(7).standard_normal((4, 3, 2, 2)).astype(np.float32)
    options = {"training": training, "eps": np.float64(1e-5), "momentum": np.float64(0.1)}
    out, cache = ops.batch_norm_forward(x, gamma, beta, running_mean, running_var, **options)
    gradients = ops.batch_norm_backward(x, cache)
    assert {array.dtype for array in (out, *gradients)} == {np.dtype(np.float32)}
    assert running_mean.dtype == running_var.dtype == np.float64


@pytest.mark.parametrize("momentum", [0.1, 0.5, 0.9])
def test_running_statistics_follow_their_formula_at_infinity(momentum):
    """One pixel of 1e20 makes a variance of infinity in float32: it stays that, and is not turned into NaN."""
    x = np.random.default_rng(8).standard_normal((4, 2, 3, 3)).astype(np.float32)
    huge = x.copy()
    huge[1, 0, 2, 2] = 1e20
    gamma, beta, mean, var = parameters(2, np.float32)
    expected = np.float32([1.0, 1.0])
    with np.errstate(over="ignore"):
        for batch in (x, huge, x, huge, x):
            ops.batch_norm_forward(batch, gamma, beta, mean, var, training=True, momentum=momentum)
            variances = np.float32([np.inf if batch is huge else x[:, 0].var(ddof=1), x[:, 1].var(ddof=1)])
            expected = (1 - momentum) * expected + momentum * variances
    assert np.isposinf(var[0]) and np.isposinf(expected[0]) and np.isfinite(mean).all()
    assert_close(var[1:], expected[1:], 1e-6)
    out, _ = ops.batch_norm_forward(x, gamma, beta, mean, var, training=False)
    assert np.isfinite(out).all() and not out[:, 0].any(), "divided by an infinite deviation: zero, as in PyTorch"


@pytest.mark.parametrize("value", [1e20, 1e30, 3e38, -3e38, np.inf, -np.inf])
@pytest.mark.parametrize("momentum", [0.1, 1.0])
def test_an_infinite_statistic_is_infinite_and_no_nan(value, momentum):
    """The sum of squares leaves float32, and what the mean's rounding leaves behind may do so as well when squared."""
    x = np.random.default_rng(8).standard_normal((4, 2, 3, 3)).astype(np.float32)
    x[1, 0, 2, 2] = value
    gamma, beta, mean, var = parameters(2, np.float32)
    mean_before = mean.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        out, _ = ops.batch_norm_forward(x, gamma, beta, mean, var, training=True, momentum=momentum)
    of_batch = x.mean(axis=(0, 2, 3), dtype=np.float64)
    np.testing.assert_allclose(mean, (1 - momentum) * mean_before + momentum * of_batch, rtol=1e-5)
    if np.isfinite(value):
        assert np.isposinf(var[0]) and np.isfinite(out).all(), "as in PyTorch"
    assert np.isfinite(var[1]) and np.isfinite(out[:, 1]).all(), "the other channel knows nothing of it"


@pytest.mark.parametrize("sign", [1, -1])
def test_running_statistics_may_lie_further_apart_than_the_largest_number(sign):
    x = np.float32([[3e38], [3e38]]) * np.float32(sign)
    mean, var = np.float32([-3e38 * sign]), np.ones(1, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        ops.batch_norm_forward(x / 2, *parameters(1, np.float32)[:2], mean, var, training=True, momentum=0.5)
    assert_close(mean / 1e38, np.float32([-0.75 * sign]), 1e-5)


def test_nan_stays_in_its_channel():
    x = np.random.default_rng(6).standard_normal((4, 2, 3, 3))
    x[1, 0, 2, 2] = np.nan
    out, _ = ops.batch_norm_forward(x, *parameters(2), training=True)
    assert np.all(np.isnan(out[:, 0])) and np.all(np.isfinite(out[:, 1]))
