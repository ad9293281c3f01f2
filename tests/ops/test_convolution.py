"""Convolution: published and paper examples, several slabs, groups, dx on request, and geometry that makes no sense."""

import tracemalloc

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy import ops


def counting(height, width):
    return np.arange(float(height * width)).reshape(1, 1, height, width)


ONES = np.ones((1, 1, 3, 3))


def test_the_examples_published_with_onnx():
    out, _ = ops.conv2d_forward(counting(5, 5), ONES, padding=1)
    expected = [
        [12, 21, 27, 33, 24],
        [33, 54, 63, 72, 51],
        [63, 99, 108, 117, 81],
        [93, 144, 153, 162, 111],
        [72, 111, 117, 123, 84],
    ]
    np.testing.assert_array_equal(out, [[expected]])
    out, _ = ops.conv2d_forward(counting(5, 5), ONES)
    np.testing.assert_array_equal(out, [[[[54, 63, 72], [99, 108, 117], [144, 153, 162]]]])
    out, _ = ops.conv2d_forward(counting(7, 5), ONES, stride=2, padding=1)
    np.testing.assert_array_equal(out, [[[[12, 27, 24], [63, 108, 81], [123, 198, 141], [112, 177, 124]]]])
    out, _ = ops.conv2d_forward(counting(7, 5), ONES, stride=2)
    np.testing.assert_array_equal(out, [[[[54, 72], [144, 162], [234, 252]]]])


def test_one_window_on_paper():
    x, w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.array([[[[5.0, 6.0], [7.0, 8.0]]]])
    out, cache = ops.conv2d_forward(x, w, np.array([0.5]))
    np.testing.assert_array_equal(out, [[[[70.5]]]])
    dx, dw, db = ops.conv2d_backward(np.array([[[[2.0]]]]), cache)
    np.testing.assert_array_equal(dx, 2 * w)
    np.testing.assert_array_equal(dw, 2 * x)
    np.testing.assert_array_equal(db, [2.0])


def test_the_kernel_is_not_flipped():
    """Deep learning's convolution is the statistician's correlation: pixel minus its lower right neighbour is -4."""
    out, cache = ops.conv2d_forward(counting(3, 3), np.array([[[[1.0, 0.0], [0.0, -1.0]]]]))
    np.testing.assert_array_equal(out, np.full((1, 1, 2, 2), -4.0))
    dx, _, _ = ops.conv2d_backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[1, 2, 0], [3, 3, -2], [0, -3, -4]]]])


def test_a_one_by_one_convolution_mixes_channels_pixel_by_pixel():
    rng = np.random.default_rng(1)
    x, w, b = rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((6, 3, 1, 1)), rng.standard_normal(6)
    out, _ = ops.conv2d_forward(x, w, b)
    rows, _ = ops.linear_forward(np.moveaxis(x, 1, -1).reshape(-1, 3), w[:, :, 0, 0], b)
    assert_close(out, np.moveaxis(rows.reshape(2, 4, 5, 6), -1, 1))


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "options"),
    [
        ((7, 8, 32, 32), (4, 8, 3, 3), {"padding": 1}),  # in float64 a sample's patches take 0.6 MB: slabs of one
        ((9, 3, 32, 31), (5, 3, 3, 3), {"padding": 1}),  # 0.2 MB: slabs of a few, and a smaller one at the end
        ((5, 8, 64, 61), (3, 8, 3, 3), {"stride": 2, "padding": 1}),
        ((2, 16, 40, 40), (3, 16, 3, 3), {}),  # 1.7 MB: more than a slab
        ((6, 8, 33, 32), (8, 2, 3, 3), {"padding": 1, "groups": 4}),
        ((17, 6, 32, 32), (6, 1, 5, 5), {"padding": 2, "groups": 6}),
    ],
)
def test_a_large_batch_is_its_samples_one_by_one(x_shape, w_shape, options):
    """However the batch is cut into slabs, values and dx belong to the samples, and dw and db are sums over them."""
    rng = np.random.default_rng(2)
    x, w, b = rng.standard_normal(x_shape), rng.standard_normal(w_shape), rng.standard_normal(w_shape[0])
    out, cache = ops.conv2d_forward(x, w, b, **options)
    dout = rng.standard_normal(out.shape)
    dx, dw, db = ops.conv2d_backward(dout, cache)
    dw_sum, db_sum = np.zeros_like(w), np.zeros_like(b)
    for n in range(len(x)):
        one, one_cache = ops.conv2d_forward(x[n : n + 1], w, b, **options)
        one_dx, one_dw, one_db = ops.conv2d_backward(dout[n : n + 1], one_cache)
        assert_close(one, out[n : n + 1])
        assert_close(one_dx, dx[n : n + 1])
        dw_sum, db_sum = dw_sum + one_dw, db_sum + one_db
    assert_close(dw, dw_sum)
    assert_close(db, db_sum)


def test_memory_holds_a_slab_of_patches_not_all_of_them():
    """All patches of this batch would take 19 MB; images, output and gradients take less than 3 MB each."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal((64, 8, 32, 32)).astype(np.float32)
    w = rng.standard_normal((4, 8, 3, 3)).astype(np.float32)
    tracemalloc.start()
    try:
        out, cache = ops.conv2d_forward(x, w, padding=1)
        ops.conv2d_backward(out, cache)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12e6


def test_groups_are_convolutions_side_by_side():
    rng = np.random.default_rng(3)
    x, w, b = rng.standard_normal((2, 6, 5, 4)), rng.standard_normal((9, 2, 3, 3)), rng.standard_normal(9)
    out, cache = ops.conv2d_forward(x, w, b, stride=(1, 2), padding=1, groups=3)
    dout = rng.standard_normal(out.shape)
    gradients = ops.conv2d_backward(dout, cache)
    for g in range(3):
        part, filters = slice(2 * g, 2 * g + 2), slice(3 * g, 3 * g + 3)
        one, one_cache = ops.conv2d_forward(x[:, part], w[filters], b[filters], stride=(1, 2), padding=1)
        one_dx, one_dw, one_db = ops.conv2d_backward(dout[:, filters], one_cache)
        assert_close(out[:, filters], one)
        assert_close(gradients[0][:, part], one_dx)
        assert_close(gradients[1][filters], one_dw)
        assert_close(gradients[2][filters], one_db)


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"groups": 2}])
def test_dx_is_left_out_where_it_is_not_wanted(options):
    """The first layer of a network needs no gradient of the images; the other gradients keep their bits."""
    rng = np.random.default_rng(4)
    w = rng.standard_normal((4, 4 // options.get("groups", 1), 3, 3))
    out, cache = ops.conv2d_forward(rng.standard_normal((2, 4, 6, 5)), w, rng.standard_normal(4), **options)
    dout = rng.standard_normal(out.shape)
    dx, dw, db = ops.conv2d_backward(dout, cache)
    no_dx, same_dw, same_db = ops.conv2d_backward(dout, cache, need_dx=False)
    assert no_dx is None and dx is not None
    assert dw.tobytes() == same_dw.tobytes() and db.tobytes() == same_db.tobytes()


def test_pixels_that_no_window_touches_get_no_gradient():
    """Stride 3 with a kernel of 2 skips every third row and column, and the remainder at the end."""
    _, cache = ops.conv2d_forward(np.ones((1, 1, 7, 8)), np.ones((1, 1, 2, 2)), stride=3)
    dx, _, _ = ops.conv2d_backward(np.ones((1, 1, 2, 3)), cache)
    rows, columns = np.array([1, 1, 0, 1, 1, 0, 0]), np.array([1, 1, 0, 1, 1, 0, 1, 1])
    np.testing.assert_array_equal(dx[0, 0], np.outer(rows, columns))


def test_pairs_are_height_and_width():
    x, w = np.ones((1, 1, 9, 8)), np.ones((1, 1, 2, 3))
    assert ops.conv2d_forward(x, w, stride=(3, 2), padding=(0, 1))[0].shape == (1, 1, 3, 4)
    assert ops.conv2d_forward(x, w, stride=[3, 2], padding=[0, 1])[0].shape == (1, 1, 3, 4)
    assert ops.conv2d_forward(x, w, stride=np.int64(2), padding=np.int64(1))[0].shape == (1, 1, 5, 4)


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "b_shape", "options", "message"),
    [
        ((1, 3, 5, 5), (4, 2, 3, 3), None, {}, mentions("(1, 3, 5, 5)", "(4, 2, 3, 3)")),
        ((1, 4, 5, 5), (4, 4, 3, 3), None, {"groups": 2}, mentions("(1, 4, 5, 5)", "(4, 4, 3, 3)", "groups")),
        ((1, 3, 5, 5), (4, 1, 3, 3), None, {"groups": 2}, mentions("groups", "2", "3")),
        ((1, 4, 5, 5), (3, 2, 3, 3), None, {"groups": 2}, mentions("groups", "2", "3")),
        ((1, 4, 5, 5), (4, 4, 3, 3), None, {"groups": 0}, mentions("groups", "0")),
        ((1, 4, 5, 5), (4, 2, 3, 3), None, {"groups": 2.0}, mentions("groups", "2.0")),
        ((1, 3, 5, 5), (4, 3, 3, 3), (3,), {}, mentions("b", "(4, 3, 3, 3)", "(3,)")),
        ((1, 3, 5, 5), (4, 3, 3, 3), (1,), {}, mentions("b", "(4, 3, 3, 3)", "(1,)")),
        ((1, 3, 5, 5), (4, 3, 7, 3), None, {}, mentions("kernel", "7", "5")),
        ((1, 3, 5, 5), (4, 3, 3, 8), None, {"padding": 1}, mentions("kernel", "8", "5")),
        ((1, 3, 0, 5), (4, 3, 1, 1), None, {}, mentions("(1, 3, 0, 5)")),
        ((1, 3, 0, 5), (4, 3, 1, 1), None, {"padding": 1}, mentions("(1, 3, 0, 5)")),
        ((1, 3, 5, 5), (4, 3, 0, 1), None, {}, mentions("(4, 3, 0, 1)")),
        ((3, 5, 5), (4, 3, 3, 3), None, {}, mentions("x", "(3, 5, 5)")),
        ((1, 3, 5, 5), (4, 27), None, {}, mentions("w", "(4, 27)")),
        ((1, 3, 5, 5), (4, 3, 3, 3), None, {"stride": 0}, mentions("stride", "0")),
        ((1, 3, 5, 5), (4, 3, 3, 3), None, {"stride": 1.5}, mentions("stride", "1.5")),
        ((1, 3, 5, 5), (4, 3, 3, 3), None, {"stride": (1, 1, 1)}, mentions("stride", "(1, 1, 1)")),
        ((1, 3, 5, 5), (4, 3, 3, 3), None, {"padding": (0, -1)}, mentions("padding", "-1")),
        ((1, 3, 5, 5), (4, 3, 3, 3), None, {"padding": "same"}, mentions("padding", "same")),
    ],
)
def test_geometry_that_makes_no_sense(x_shape, w_shape, b_shape, options, message):
    b = None if b_shape is None else np.ones(b_shape)
    with pytest.raises(ValueError, match=message):
        ops.conv2d_forward(np.ones(x_shape), np.ones(w_shape), b, **options)
