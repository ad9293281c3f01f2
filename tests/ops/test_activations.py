"""Activations where they break: at kinks, far out, at infinities and at NaN."""

import math

import numpy as np
import oracles
import pytest
from comparing import assert_close
from op_recipes import ENTRYWISE

from senumpy import ops

FAR = np.array([-np.inf, -1e30, -1e4, 1e4, 1e30, np.inf])
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
NAMES = pytest.mark.parametrize("name", ENTRYWISE)


def run(name, x, dout=None):
    """(out, dx), by default for an upstream gradient of ones: here every entry stands for itself."""
    x = np.asarray(x)
    out, cache = getattr(ops, f"{name}_forward")(x)
    return out, getattr(ops, f"{name}_backward")(np.ones_like(x) if dout is None else dout, cache)


def test_sigmoid_and_tanh_of_minus_one_to_one():
    """Published with the ONNX operators Sigmoid and Tanh."""
    x = np.array([-1.0, 0.0, 1.0])
    np.testing.assert_allclose(run("sigmoid", x)[0], [0.26894142, 0.5, 0.73105858], atol=5e-9)
    np.testing.assert_allclose(run("tanh", x)[0], [-0.76159416, 0.0, 0.76159416], atol=5e-9)


def test_values_and_slopes_that_one_knows_by_heart():
    out, dx = run("sigmoid", np.array([0.0, math.log(3.0)]))
    assert_close(out, [0.5, 0.75], 1e-15)
    assert_close(dx, [0.25, 3 / 16], 1e-15)
    out, dx = run("tanh", np.array([0.0, math.log(2.0)]))
    assert_close(out, [0.0, 0.6], 1e-15)
    assert_close(dx, [1.0, 0.64], 1e-15)
    out, dx = run("hard_sigmoid", np.array([-4.0, -1.5, 0.0, 1.5, 4.0]))
    assert_close(out, [0.0, 0.25, 0.5, 0.75, 1.0], 1e-15)
    assert_close(dx, [0.0, 1 / 6, 1 / 6, 1 / 6, 0.0], 1e-15)


HARD = {1 / 6: [0, 0, 1 / 24, 1 / 12, 0.5, 2 / 3, 11 / 12, 1], 0.2: [0, 0, 0, 0, 0.5, 0.7, 1, 1]}


@pytest.mark.parametrize("slope, values", HARD.items())
def test_hard_sigmoids_of_two_slopes(slope, values):
    """The two that weights from elsewhere were trained with: whoever takes the wrong one is off by up to 1/12."""
    x = np.array([-4, -3, -2.75, -2.5, 0, 1, 2.5, 3])
    out, cache = ops.hard_sigmoid_forward(x, slope)
    assert_close(out, values, 1e-15)
    np.testing.assert_array_equal(ops.hard_sigmoid_backward(np.ones(8), cache), slope * (abs(x) < 0.5 / slope))


@pytest.mark.parametrize("slope", [0, -0.2, np.inf, np.nan, "1/6", None, True])
def test_a_slope_is_a_number_above_zero(slope):
    with pytest.raises(ValueError, match=f"slope must be a number above 0, got {slope!r}"):
        ops.hard_sigmoid_forward(np.zeros(3), slope)


@DTYPES
def test_relu_has_slope_zero_at_zero(dtype):
    out, dx = run("relu", np.array([-1.0, -0.0, 0.0, 1e-30, 2.0], dtype))
    np.testing.assert_array_equal(out, np.array([0.0, 0.0, 0.0, 1e-30, 2.0], dtype))
    np.testing.assert_array_equal(dx, [0.0, 0.0, 0.0, 1.0, 1.0])


@DTYPES
def test_hard_sigmoid_has_slope_zero_at_both_kinks(dtype):
    just_inside = np.nextafter(np.array([-3.0, 3.0], dtype), dtype(0))
    assert np.all(run("hard_sigmoid", just_inside)[1] > 0.16)
    out, dx = run("hard_sigmoid", np.array([-3.0, 3.0], dtype))
    np.testing.assert_array_equal(out, [0.0, 1.0])
    np.testing.assert_array_equal(dx, [0.0, 0.0])


@DTYPES
def test_hard_swish_has_the_slopes_of_its_flat_sides_at_both_kinks(dtype):
    x = np.array([-3.0, 3.0], dtype)
    np.testing.assert_allclose(run("hard_swish", np.nextafter(x, dtype(0)))[1], [-0.5, 1.5], rtol=1e-5)
    out, dx = run("hard_swish", x)
    np.testing.assert_array_equal(out, [0.0, 3.0])
    np.testing.assert_array_equal(dx, [0.0, 1.0])


@DTYPES
@NAMES
def test_far_out_values_are_right_and_nothing_overflows(name, dtype):
    """Overflow would be a warning, and warnings are errors here. So far out each is a straight line: rise over run."""
    oracle, finite = getattr(oracles, name), FAR[1:-1]
    slopes = (oracle(2 * finite) - oracle(finite)) / finite
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        out, dx = run(name, FAR.astype(dtype))
    np.testing.assert_array_equal(out, oracle(FAR).astype(dtype))
    np.testing.assert_array_equal(dx, np.pad(slopes, 1, mode="edge"))


@pytest.mark.parametrize("x", [-700.0, -50.0, -37.0, -1.0, 1e-8, 1.0, 37.0])
def test_sigmoid_is_exact_in_both_tails(x):
    """sigmoid(-50) is 1.9e-22. Written with tanh, or as 1 - sigmoid(50), it comes out as zero."""
    expected = math.exp(x) / (1 + math.exp(x))
    out, dx = run("sigmoid", np.array([x]))
    assert out[0] == pytest.approx(expected, rel=1e-15, abs=0)
    if x < 0:
        assert dx[0] == pytest.approx(expected / (1 + math.exp(x)), rel=1e-14, abs=0)


def test_sigmoid_in_float32_keeps_its_small_tail():
    out, _ = run("sigmoid", np.array([-50.0], np.float32))
    assert out[0] == pytest.approx(math.exp(-50.0), rel=1e-6, abs=0)


@NAMES
def test_complex_steps_far_out_stay_finite(name):
    with np.errstate(over="raise", invalid="raise"):
        out, _ = run(name, np.array([-1e4, -50.0, 50.0, 1e4]) + 1e-30j)
    assert np.all(np.isfinite(out))
    if name == "sigmoid":
        assert out[1].imag / 1e-30 == pytest.approx(math.exp(-50.0), rel=1e-12, abs=0)


@pytest.mark.parametrize(("name", "x", "value"), [("relu", 0, 0), ("hard_sigmoid", -3, 0), ("hard_sigmoid", 3, 1)])
@pytest.mark.parametrize("imaginary", [5j, -5j, 1e-30j])
def test_complex_numbers_are_judged_by_their_real_part_at_a_kink_too(name, x, value, imaginary):
    """A complex step taken there must find the slope zero, as backward has it."""
    out, dx = run(name, np.array([x + imaginary]))
    np.testing.assert_array_equal(out, [value])
    np.testing.assert_array_equal(dx, [0])


@NAMES
@DTYPES
def test_nan_passes_through(name, dtype):
    """A NaN that an activation swallows is a bug that nobody will find."""
    out, _ = run(name, np.array([np.nan, 1.0], dtype))
    assert np.isnan(out[0]) and np.isfinite(out[1])


@NAMES
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4, 5, 6)])
def test_any_rank_will_do(name, shape):
    x = np.random.default_rng(1).standard_normal(shape)
    out, dx = run(name, np.asarray(x), dout=np.asarray(np.full(shape, 2.0)))
    assert np.shape(out) == np.shape(dx) == shape
