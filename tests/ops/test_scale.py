"""Scaling channels: small numbers by hand, and the accidents of broadcasting."""

import numpy as np
import pytest
from comparing import mentions

from senumpy import ops


def test_two_channels_on_paper():
    x = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]]])
    s = np.array([[10.0, -1.0]])
    out, cache = ops.scale_forward(x, s)
    np.testing.assert_array_equal(out, [[[[10, 20]], [[-3, -4]]]])
    dx, ds = ops.scale_backward(np.array([[[[1.0, 0.5]], [[2.0, 0.0]]]]), cache)
    np.testing.assert_array_equal(dx, [[[[10, 5]], [[-2, 0]]]])
    np.testing.assert_array_equal(ds, [[2.0, 6.0]])


def test_gates_of_one_change_nothing_and_gates_of_zero_switch_off():
    x = np.random.default_rng(1).standard_normal((2, 3, 4, 5)).astype(np.float32)
    np.testing.assert_array_equal(ops.scale_forward(x, np.ones((2, 3), np.float32))[0], x)
    np.testing.assert_array_equal(ops.scale_forward(x, np.zeros((2, 3), np.float32))[0], 0 * x)


@pytest.mark.parametrize(
    ("x_shape", "s_shape"),
    [
        ((2, 3, 2, 3), (3, 2)),
        ((2, 3, 2, 3), (1, 3)),  # would broadcast over the batch
        ((2, 3, 2, 3), (2, 1)),  # would broadcast over the channels
        ((2, 3, 4, 5), (4, 5)),  # fits the pixels, not the channels
        ((2, 3, 4, 5), (3,)),
        ((2, 3, 4, 5), (2, 3, 1, 1)),
        ((2, 3, 4, 5), (2, 3, 4, 5)),
    ],
)
def test_gates_that_do_not_belong_to_the_channels(x_shape, s_shape):
    with pytest.raises(ValueError, match=mentions("s", x_shape, s_shape)):
        ops.scale_forward(np.ones(x_shape), np.ones(s_shape))


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 0, 4)])
def test_images_that_are_none(shape):
    with pytest.raises(ValueError, match=mentions("x", shape)):
        ops.scale_forward(np.ones(shape), np.ones((2, 3)))
