"""Pooling: published examples, ties, windows full of -inf or NaN, and geometry that makes no sense."""

import numpy as np
import oracles
import pytest
from comparing import assert_close, mentions

from senumpy import ops
from senumpy.ops.fast import windows
from senumpy.ops.fast.pixels import new_image

ONE_TO_25 = np.arange(1.0, 26.0).reshape(1, 1, 5, 5)
POOLS = pytest.mark.parametrize("pool", [ops.max_pool2d_forward, ops.avg_pool2d_forward], ids=["max", "avg"])


def test_max_pooling_as_published_by_onnx():
    np.testing.assert_array_equal(ops.max_pool2d_forward(ONE_TO_25, 2, stride=2)[0], [[[[7, 9], [17, 19]]]])
    expected = [
        [13, 14, 15, 15, 15],
        [18, 19, 20, 20, 20],
        [23, 24, 25, 25, 25],
        [23, 24, 25, 25, 25],
        [23, 24, 25, 25, 25],
    ]
    np.testing.assert_array_equal(ops.max_pool2d_forward(ONE_TO_25, 5, stride=1, padding=2)[0], [[expected]])


def test_average_pooling_as_published_by_onnx():
    np.testing.assert_array_equal(ops.avg_pool2d_forward(ONE_TO_25, 2, stride=2)[0], [[[[4, 6], [14, 16]]]])
    without_padding = [
        [7, 7.5, 8, 8.5, 9],
        [9.5, 10, 10.5, 11, 11.5],
        [12, 12.5, 13, 13.5, 14],
        [14.5, 15, 15.5, 16, 16.5],
        [17, 17.5, 18, 18.5, 19],
    ]
    out, _ = ops.avg_pool2d_forward(ONE_TO_25, 5, stride=1, padding=2, count_include_pad=False)
    assert_close(out, [[without_padding]])
    with_padding = [
        [2.52, 3.6, 4.8, 4.08, 3.24],
        [4.56, 6.4, 8.4, 7.04, 5.52],
        [7.2, 10, 13, 10.8, 8.4],
        [6.96, 9.6, 12.4, 10.24, 7.92],
        [6.12, 8.4, 10.8, 8.88, 6.84],
    ]
    assert_close(ops.avg_pool2d_forward(ONE_TO_25, 5, stride=1, padding=2)[0], [[with_padding]])


def test_global_pooling_of_one_to_nine():
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    out, cache = ops.global_avg_pool_forward(x)
    assert out.tolist() == [[5.0]]
    assert_close(ops.global_avg_pool_backward(np.array([[18.0]]), cache), np.full((1, 1, 3, 3), 2.0))
    out, cache = ops.global_max_pool_forward(x)
    assert out.tolist() == [[9.0]]
    np.testing.assert_array_equal(ops.global_max_pool_backward(np.array([[18.0]]), cache), 18.0 * (x == 9))


def test_the_stride_is_the_kernel_size_unless_given():
    x = np.random.default_rng(1).standard_normal((1, 2, 7, 9))
    for forward in (ops.max_pool2d_forward, ops.avg_pool2d_forward):
        np.testing.assert_array_equal(forward(x, (2, 3))[0], forward(x, (2, 3), stride=(2, 3))[0])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("kernel_size", "options"),
    [
        (2, {}),
        (3, {"stride": 2, "padding": 1}),
        ((2, 3), {"stride": 1, "padding": (1, 1)}),
        ((3, 2), {"stride": (2, 1), "padding": (1, 0)}),
        (2, {"stride": 3}),
    ],
)
def test_the_first_of_equal_maxima_gets_the_whole_gradient(kernel_size, options, seed):
    """Images of the numbers -1 and 0 only: ties in nearly every window, and a padding of 0 would win some of them."""
    rng = np.random.default_rng(seed)
    x = rng.integers(-1, 1, (2, 3, 6, 7)).astype(float) - (seed == 2)
    out, cache = ops.max_pool2d_forward(x, kernel_size, **options)
    np.testing.assert_array_equal(out, oracles.max_pool2d(x, kernel_size, **options))
    dout = rng.standard_normal(out.shape)
    expected = oracles.max_pool2d_gradient(dout, x, kernel_size, **options)
    assert_close(ops.max_pool2d_backward(dout, cache), expected)


def test_the_first_of_equal_global_maxima_gets_the_whole_gradient():
    x = np.array([[[[1.0, 5.0], [5.0, 5.0]], [[2.0, 2.0], [2.0, 2.0]]]])
    _, cache = ops.global_max_pool_forward(x)
    dx = ops.global_max_pool_backward(np.array([[3.0, 4.0]]), cache)
    np.testing.assert_array_equal(dx, [[[[0, 3], [0, 0]], [[4, 0], [0, 0]]]])


@pytest.mark.parametrize("imaginary", [[1, 2], [2, 1], [-1, -2], [-2, -1]])
def test_complex_numbers_tie_where_their_real_parts_do(imaginary):
    """The first wins, with its own imaginary part: a complex step then differentiates what backward does."""
    x = (np.array([5.0, 5.0]) + 1j * np.array(imaginary)).reshape(1, 1, 1, 2)
    out, cache = ops.max_pool2d_forward(x, (1, 2))
    np.testing.assert_array_equal(out, x[..., :1])
    np.testing.assert_array_equal(ops.max_pool2d_backward(np.ones((1, 1, 1, 1)), cache), [[[[1, 0]]]])
    out, cache = ops.global_max_pool_forward(x)
    np.testing.assert_array_equal(out, x[:, :, 0, 0])
    np.testing.assert_array_equal(ops.global_max_pool_backward(np.ones((1, 1)), cache), [[[[1, 0]]]])


def test_ties_are_broken_in_logical_order_whatever_the_memory_order():
    fortran, channels_last = np.zeros((2, 3, 4, 6), order="F"), np.moveaxis(np.zeros((2, 4, 6, 3)), -1, 1)
    for layout in (fortran, channels_last, np.swapaxes(np.zeros((2, 3, 6, 4)), 2, 3)):
        out, cache = ops.max_pool2d_forward(layout, 2)
        dx = ops.max_pool2d_backward(np.ones(out.shape), cache)
        assert dx[:, :, ::2, ::2].sum() == dx.sum() == out.size
        _, cache = ops.global_max_pool_forward(layout)
        np.testing.assert_array_equal(ops.global_max_pool_backward(np.ones((2, 3)), cache)[:, :, 0, 0], 1)


@pytest.mark.parametrize("options", [{}, {"stride": 1}, {"padding": 1}])
def test_windows_of_minus_infinity_keep_their_gradient(options):
    """The padding of a max-pooling is -inf too: the gradient must still land on a pixel, the first one."""
    x = np.full((1, 2, 4, 4), -np.inf)
    out, cache = ops.max_pool2d_forward(x, 2, **options)
    assert np.all(out == -np.inf)
    dout = np.random.default_rng(2).standard_normal(out.shape)
    assert_close(ops.max_pool2d_backward(dout, cache), oracles.max_pool2d_gradient(dout, x, 2, **options))


@pytest.mark.parametrize(
    ("size", "kernel_size"), [((20, 21), (16, 16)), ((20, 21), (17, 16)), ((20, 21), 19), ((257, 1), (257, 1))]
)
def test_windows_of_more_pixels_than_a_byte_can_number(size, kernel_size):
    x = 0.01 * np.random.default_rng(5).permutation(np.prod(size)).reshape(1, 1, *size)
    x[..., -1, -1] = 10  # the pixel with the highest number wins
    out, cache = ops.max_pool2d_forward(x, kernel_size, stride=1, padding=(1, 0))
    np.testing.assert_array_equal(out, oracles.max_pool2d(x, kernel_size, stride=1, padding=(1, 0)))
    dout = np.random.default_rng(6).standard_normal(out.shape)
    expected = oracles.max_pool2d_gradient(dout, x, kernel_size, stride=1, padding=(1, 0))
    assert_close(ops.max_pool2d_backward(dout, cache), expected)


@pytest.mark.parametrize("where", [(0, 0), (1, 2), (3, 4)])
@pytest.mark.parametrize("padding", [0, 1])
def test_nan_passes_through_every_window_that_sees_it(where, padding):
    x = np.random.default_rng(3).standard_normal((1, 1, 4, 5))
    x[(0, 0, *where)] = np.nan
    seen = np.zeros((4 + 2 * padding - 1, 5 + 2 * padding - 1), bool)
    for oh, ow, pixels in oracles.windows(4, 5, 2, 1, padding):
        seen[oh, ow] = where in pixels
    for forward in (ops.max_pool2d_forward, ops.avg_pool2d_forward):
        np.testing.assert_array_equal(np.isnan(forward(x, 2, stride=1, padding=padding)[0][0, 0]), seen)
    np.testing.assert_array_equal(np.isnan(ops.max_pool2d_forward(x, 2)[0][0, 0]), seen[padding::2, padding::2][:2, :2])
    assert np.isnan(ops.global_max_pool_forward(x)[0]) and np.isnan(ops.global_avg_pool_forward(x)[0])


def test_max_pooling_of_negative_numbers_never_sees_its_padding():
    out, _ = ops.max_pool2d_forward(np.full((1, 1, 3, 3), -7.0), 3, stride=1, padding=1)
    np.testing.assert_array_equal(out, -7.0)


@POOLS
@pytest.mark.parametrize(
    ("shape", "kernel_size", "options", "message"),
    [
        ((1, 1, 4, 4), 3, {"padding": 2}, mentions("padding", "half")),
        ((1, 1, 4, 4), (2, 3), {"padding": (0, 2)}, mentions("padding", "half")),
        ((1, 1, 4, 4), 1, {"padding": 1}, mentions("padding", "half")),
        ((1, 1, 4, 4), 5, {}, mentions("kernel", "5", "4")),
        ((1, 1, 4, 2), (2, 5), {"padding": (0, 1)}, mentions("kernel", "5", "2")),
        ((1, 1, 4, 4), 0, {}, mentions("kernel_size", "0")),
        ((1, 1, 4, 4), 2, {"stride": 0}, mentions("stride", "0")),
        ((1, 1, 4, 4), 2, {"padding": -1}, mentions("padding", "-1")),
        ((1, 1, 4, 4), 2.0, {}, mentions("kernel_size", "2.0")),
        ((1, 1, 4, 4), (2, 2, 2), {}, mentions("kernel_size", "(2, 2, 2)")),
        ((1, 1, 4, 4), 2, {"stride": (1,)}, mentions("stride", "(1,)")),
        ((1, 1, 0, 4), 1, {}, mentions("(1, 1, 0, 4)")),
        ((1, 1, 4, 0), 1, {}, mentions("(1, 1, 4, 0)")),
        ((1, 4, 4), 2, {}, mentions("(1, 4, 4)")),
    ],
)
def test_geometry_that_makes_no_sense(pool, shape, kernel_size, options, message):
    with pytest.raises(ValueError, match=message):
        pool(np.ones(shape), kernel_size, **options)


@pytest.mark.parametrize("shape", [(2, 3, 0, 4), (2, 3, 4, 0), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("pool", [ops.global_avg_pool_forward, ops.global_max_pool_forward])
def test_global_pooling_of_nothing(pool, shape):
    with pytest.raises(ValueError, match=mentions(shape)):
        pool(np.ones(shape))


@pytest.mark.parametrize("stride", [(3, 2), (2, 3), (3, 3), (2, 2), (1, 3)])
@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_pixels_between_the_windows_get_zero_whatever_lay_in_memory(name, stride, monkeypatch):
    def with_dirt(xp, shape, dtype, value=None):
        return new_image(xp, shape, dtype, 1e9 if value is None else value)

    monkeypatch.setattr(windows, "new_image", with_dirt)
    x = np.random.default_rng(0).standard_normal((2, 3, 11, 10))
    out, cache = getattr(ops, f"{name}_forward")(x, (2, 2), stride=stride)
    dx = getattr(ops, f"{name}_backward")(np.ones(out.shape), cache)
    np.testing.assert_allclose(dx.sum(), out.size, rtol=1e-12)
