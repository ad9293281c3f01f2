"""Right to the digits that the type allows, where a plain sum in float32 would not be: long rows, large means."""

import numpy as np
import pytest
from op_cases import CASES

from senumpy import ops
from senumpy.ops.fast.windows import planes_of, taps

MILLION = 1_000_000
SHAPES = {
    "one long row": (1, 2, 1, MILLION),
    "one long column": (1, 2, MILLION, 1),
    "a square": (1, 2, 1000, 1000),
    "sound": (1, 8, 1, 441_000),
}


def positive(shape, seed=0):
    """Numbers that are all positive: nothing cancels, and each sum grows far beyond its parts."""
    return np.random.default_rng(seed).random(shape, np.float32)


def relative(got, truth):
    return np.abs(got - truth).max() / np.abs(truth).max()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_means_and_gate_gradients_over_very_many_pixels(shape):
    x, s = positive(shape), np.ones(shape[:2], np.float32)
    z, _ = ops.global_avg_pool_forward(x)
    _, ds = ops.scale_backward(x, ops.scale_forward(x, s)[1])
    assert relative(z, x.mean((2, 3), dtype=np.float64)) < 3e-7
    assert relative(ds, (x.astype(np.float64) ** 2).sum((2, 3))) < 3e-7


@pytest.mark.parametrize("shape", [(1, 1, 1, 20 * MILLION), (20 * MILLION, 1, 1, 1)])
def test_twenty_million_ones_have_the_mean_one(shape):
    x = np.ones(shape, np.float32)
    assert ops.global_avg_pool_forward(x)[0].max() == 1.0
    _, _, db = ops.linear_backward(x.reshape(-1, 1), (x.reshape(-1, 1)[:, :0], np.ones((1, 0), np.float32), True))
    assert db[0] == 20 * MILLION


@pytest.mark.parametrize("shape", [(1, 2, 1, MILLION), (1, 2, 1000, 1000)])
def test_the_gradient_of_a_bias(shape):
    dout, w = positive(shape), np.ones((2, 1, 1, 1), np.float32)
    _, cache = ops.conv2d_forward(dout[:, :1], w, np.zeros(2, np.float32))
    _, _, db = ops.conv2d_backward(dout, cache, need_dx=False)
    assert relative(db, dout.sum((0, 2, 3), dtype=np.float64)) < 3e-7


def test_the_gradient_of_kernels_over_a_million_pixels():
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal((1, 2, 1000, 1000)) + 1, rng.standard_normal((2, 2, 3, 3))
    dout = rng.random((1, 2, 998, 998))
    exact = ops.conv2d_backward(dout, ops.conv2d_forward(x, w)[1])[1]
    x, w, dout = (a.astype(np.float32) for a in (x, w, dout))
    dw = ops.conv2d_backward(dout, ops.conv2d_forward(x, w)[1], need_dx=False)[1]
    assert np.abs(dw - exact).max() < 6e-7 * np.abs(exact).max()


def test_average_pooling_over_large_windows_agrees_with_the_global_mean():
    x = positive((1, 2, 200, 200))
    out, _ = ops.avg_pool2d_forward(x, 200)
    assert relative(out[..., 0, 0], x.mean((2, 3), dtype=np.float64)) < 1e-7


@pytest.mark.parametrize("shape", [(MILLION, 2), (1, 2, 1, MILLION), (256, 2, 32, 32)])
def test_batch_norm_statistics_of_very_many_values(shape):
    x, C = positive(shape), 2
    mean, var = np.zeros(C, np.float32), np.zeros(C, np.float32)
    ops.batch_norm_forward(x, np.ones(C, np.float32), np.zeros(C, np.float32), mean, var, training=True, momentum=1.0)
    axes = (0, *range(2, x.ndim))
    assert relative(mean, x.mean(axes, dtype=np.float64)) < 3e-7
    assert relative(var, x.var(axes, dtype=np.float64, ddof=1)) < 1e-6


@pytest.mark.parametrize("value", [0.1, 200.3, 10000.1, -1e6])
@pytest.mark.parametrize("shape", [(256, 2, 32, 32), (64, 2, 7, 5), (1000, 2)])
def test_a_constant_channel_comes_out_as_nothing(value, shape):
    x, one = np.full(shape, value, np.float32), np.ones(2, np.float32)
    out, _ = ops.batch_norm_forward(x, one, 0 * one, 0 * one, one.copy(), training=True)
    assert np.abs(out).max() <= 8 * np.spacing(np.float32(1))


@pytest.mark.parametrize("eps", [1e-5, 1e-20])
def test_a_constant_channel_has_no_negative_variance(eps):
    x, one = np.full((64, 2, 7, 5), 10000.1, np.float32), np.ones(2, np.float32)
    var = 0 * one
    out, _ = ops.batch_norm_forward(x, one, 0 * one, 0 * one, var, training=True, momentum=1.0, eps=eps)
    assert np.isfinite(out).all() and (var >= 0).all()


def test_batch_norm_gradients_at_a_large_mean():
    rng = np.random.default_rng(0)
    x = (1e4 + rng.standard_normal((16, 3, 12, 10))).astype(np.float32)
    dout = rng.standard_normal(x.shape).astype(np.float32)
    gradients = {}
    for dtype in (np.float32, np.float64):
        one = np.ones(3, dtype)
        _, cache = ops.batch_norm_forward(x.astype(dtype), one, 0 * one, 0 * one, one.copy(), training=True)
        gradients[dtype] = ops.batch_norm_backward(dout.astype(dtype), cache)
    for single, double in zip(*gradients.values(), strict=True):
        assert relative(single, double) < 1e-6


@pytest.mark.parametrize("pool", ["max_pool2d", "avg_pool2d"])
@pytest.mark.parametrize("stride", [1000, MILLION])
def test_a_stride_far_beyond_the_image_makes_no_planes_that_no_window_sees(pool, stride):
    x = positive((2, 3, 5, 5))
    out, cache = getattr(ops, f"{pool}_forward")(x, 2, stride=stride)
    dx = getattr(ops, f"{pool}_backward")(np.ones_like(out), cache)
    assert out.shape == (2, 3, 1, 1) and np.count_nonzero(dx[:, :, 2:]) == np.count_nonzero(dx[:, :, :, 2:]) == 0
    window = taps((5, 5), (2, 2), (stride, stride), (0, 0), (1, 1))
    assert len(planes_of(x, window, (stride, stride))) == 4


POOLS_AND_MASKS = ["max_pool2d", "avg_pool2d", "global_max_pool", "global_avg_pool", "relu", "hard_sigmoid"]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 5, 10, 15])
@pytest.mark.parametrize("op", POOLS_AND_MASKS)
def test_one_convention_for_nan_and_infinity_and_it_is_pytorchs(op, place, number):
    torch = pytest.importorskip("torch")
    x = np.arange(16.0).reshape(1, 1, 4, 4) % 5
    x.flat[place] = number
    functional = torch.nn.functional
    theirs = {
        "max_pool2d": lambda a: functional.max_pool2d(a, 3, 1),
        "avg_pool2d": lambda a: functional.avg_pool2d(a, 2),
        "global_max_pool": lambda a: functional.adaptive_max_pool2d(a, 1)[..., 0, 0],
        "global_avg_pool": lambda a: functional.adaptive_avg_pool2d(a, 1)[..., 0, 0],
        "relu": torch.relu,
        "hard_sigmoid": functional.hardsigmoid,
    }[op](torch.from_numpy(x))
    options = {"max_pool2d": ((3,), {"stride": 1}), "avg_pool2d": ((2,), {})}.get(op, ((), {}))
    out, _ = getattr(ops, f"{op}_forward")(x, *options[0], **options[1])
    np.testing.assert_allclose(out, theirs.numpy(), rtol=1e-7)


EVERY_OP = sorted(name.removesuffix("_forward") for name in ops.__all__ if name.endswith("_forward"))


@pytest.mark.parametrize("op", EVERY_OP)
def test_half_precision_is_refused_in_words(op):
    case = next(case for case in CASES if case.op == op)
    arrays = case.make(np.random.default_rng(0), np.float32)
    for name, a in arrays.items():
        if a is None or a.dtype.kind != "f":
            continue
        with pytest.raises(ValueError, match=f"{name}.*float16.*float32"):
            getattr(ops, f"{op}_forward")(**{**arrays, name: a.astype(np.float16)}, **case.options)


@pytest.mark.parametrize("seed", range(3))
def test_the_running_mean_in_float32_is_the_nearest_number_there_is(seed):
    """A sum of large numbers is rounded, and so is the mean; what is left of it in x minus the mean is put back."""
    x = (1000 + np.random.default_rng(seed).random((48, 4, 64, 64))).astype(np.float32)
    mean, one, zero = np.zeros(4, np.float32), np.ones(4, np.float32), np.zeros(4, np.float32)
    ops.batch_norm_forward(x, one, zero, mean, one.copy(), training=True, momentum=1.0)
    assert np.abs(mean - x.mean(axis=(0, 2, 3), dtype=np.float64)).max() < 0.51 * np.spacing(np.float32(1000))
