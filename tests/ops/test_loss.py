"""Softmax cross-entropy: known values, huge logits, and labels that name no class."""

import math

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy import ops


@pytest.mark.parametrize("K", [1, 2, 10, 1000])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2, 1.0])
def test_equal_logits_cost_ln_k(K, label_smoothing):
    """A network that knows nothing is surprised by ln K nats, whatever the offset of its logits."""
    for offset in (0.0, -700.0, 1e4):
        logits = np.full((3, K), offset)
        loss, _ = ops.softmax_cross_entropy_forward(logits, np.array([0, K - 1, 0]), label_smoothing=label_smoothing)
        assert float(loss) == pytest.approx(math.log(K), rel=1e-13, abs=1e-13)


def test_eighths_on_paper():
    """Probabilities 1/8, 2/8 and 5/8."""
    logits = np.log(np.array([[1.0, 2.0, 5.0], [1.0, 2.0, 5.0]]))
    loss, cache = ops.softmax_cross_entropy_forward(logits, np.array([2, 0]))
    assert np.shape(loss) == ()
    assert float(loss) == pytest.approx((math.log(8 / 5) + math.log(8)) / 2, rel=1e-15)
    dlogits = ops.softmax_cross_entropy_backward(1.0, cache)
    assert_close(dlogits, [[1 / 16, 2 / 16, -3 / 16], [-7 / 16, 2 / 16, 5 / 16]], 1e-15)


def test_label_smoothing_on_paper():
    """Smoothing of 0.3 over three classes: targets 0.1, 0.1 and 0.8."""
    logits = np.log(np.array([[1.0, 2.0, 5.0]]))
    loss, cache = ops.softmax_cross_entropy_forward(logits, np.array([2]), label_smoothing=0.3)
    assert float(loss) == pytest.approx(0.1 * math.log(8) + 0.1 * math.log(4) + 0.8 * math.log(8 / 5), rel=1e-14)
    dlogits = ops.softmax_cross_entropy_backward(2.0, cache)
    assert_close(dlogits, 2 * np.array([[0.125 - 0.1, 0.25 - 0.1, 0.625 - 0.8]]), 1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("label_smoothing", [0.0, 0.2])
def test_huge_logits(dtype, label_smoothing):
    """exp(1e4) overflows and log(exp(-2e4)) is -inf: the maximum must be taken off first, and the log last."""
    logits = np.array([[1e4, -1e4], [1e4, -1e4], [-1e4, 1e4]], dtype)
    labels = np.array([0, 1, 1])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, cache = ops.softmax_cross_entropy_forward(logits, labels, label_smoothing=label_smoothing)
        dlogits = ops.softmax_cross_entropy_backward(1.0, cache)
    half = label_smoothing / 2
    assert float(loss) == pytest.approx(2e4 * (half + (1 - half) + half) / 3, rel=1e-6)
    p = np.array([[1, 0], [1, 0], [0, 1]])
    target = np.where(labels[:, None] == [0, 1], 1 - half, half)
    assert_close(dlogits, (p - target) / 3, 1e-7)


def test_a_confident_right_answer_keeps_its_small_loss():
    """ln(1 + e^-40) is 4e-18: gone if one takes the log of a rounded probability."""
    loss, cache = ops.softmax_cross_entropy_forward(np.array([[0.0, 40.0, 0.0]]), np.array([0]))
    assert float(loss) == pytest.approx(40.0, rel=1e-15)
    dlogits = ops.softmax_cross_entropy_backward(1.0, cache)
    assert dlogits[0, 2] == pytest.approx(math.exp(-40.0), rel=1e-14, abs=0)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64, np.int64], ids=lambda d: d.__name__)
def test_any_integers_are_labels(dtype):
    logits = np.random.default_rng(1).standard_normal((4, 200))
    labels = np.array([0, 3, 101, 127])
    expected, expected_cache = ops.softmax_cross_entropy_forward(logits, labels)
    loss, cache = ops.softmax_cross_entropy_forward(logits, labels.astype(dtype))
    assert float(loss) == float(expected)
    np.testing.assert_array_equal(
        ops.softmax_cross_entropy_backward(1.0, cache), ops.softmax_cross_entropy_backward(1.0, expected_cache)
    )


@pytest.mark.parametrize("dout", [0.3, np.float64(0.3), np.array(0.3), np.float32(0.3)], ids=lambda d: type(d).__name__)
def test_the_upstream_gradient_may_be_any_scalar(dout):
    """A Python float is what a training loop passes; it must not turn float32 gradients into float64."""
    logits = np.random.default_rng(2).standard_normal((3, 4)).astype(np.float32)
    loss, cache = ops.softmax_cross_entropy_forward(logits, np.array([0, 1, 3]), label_smoothing=np.float64(0.1))
    dlogits = ops.softmax_cross_entropy_backward(dout, cache)
    assert loss.dtype == dlogits.dtype == np.float32
    assert_close(dlogits, 0.3 * ops.softmax_cross_entropy_backward(1.0, cache), 1e-7)


def test_gradients_of_every_row_sum_to_zero():
    rng = np.random.default_rng(3)
    _, cache = ops.softmax_cross_entropy_forward(rng.standard_normal((5, 7)), rng.integers(0, 7, 5))
    dlogits = ops.softmax_cross_entropy_backward(1.0, cache)
    assert np.abs(dlogits).max() > 0.1
    assert_close(dlogits.sum(axis=1), np.zeros(5), 1e-15)


def test_nan_logits_give_a_nan_loss():
    loss, _ = ops.softmax_cross_entropy_forward(np.array([[np.nan, 1.0], [0.0, 1.0]]), np.array([1, 0]))
    assert np.isnan(loss)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, -1], "labels must lie between 0 and 2 for 3 classes, got -1 to 0$"),
        ([0, 3], "labels must lie between 0 and 2 for 3 classes, got 0 to 3$"),
        ([-100, 1], "labels must lie between 0 and 2 for 3 classes, got -100 to 1$"),
        ([0.0, 1.0], "labels must be an array of integers, the class numbers 0 to 2, got float64$"),
        ([True, False], mentions("labels", "bool")),
        ([0, 1, 2], mentions("labels", "(3,)", "(2, 3)")),
        ([1], mentions("labels", "(1,)", "(2, 3)")),
        ([[0], [1]], mentions("labels", "(2, 1)", "(2, 3)")),
        ([[1, 0, 0], [0, 1, 0]], mentions("labels", "(2, 3)")),  # one-hot
        (1, mentions("labels", "()", "(2, 3)")),
    ],
)
def test_labels_that_name_no_class(labels, message):
    with pytest.raises(ValueError, match=message):
        ops.softmax_cross_entropy_forward(np.zeros((2, 3)), np.array(labels))


@pytest.mark.parametrize("label_smoothing", [-0.1, 1.1, float("nan")])
def test_label_smoothing_is_a_share(label_smoothing):
    with pytest.raises(ValueError, match=mentions("label_smoothing", label_smoothing)):
        ops.softmax_cross_entropy_forward(np.zeros((2, 3)), np.array([0, 1]), label_smoothing=label_smoothing)


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (2, 0), (2, 3, 4, 4)])
def test_logits_of_the_wrong_shape(shape):
    with pytest.raises(ValueError, match=mentions("logits", shape)):
        ops.softmax_cross_entropy_forward(np.zeros(shape), np.zeros(shape[0], int))


def test_an_upstream_gradient_that_is_no_scalar():
    _, cache = ops.softmax_cross_entropy_forward(np.zeros((2, 3)), np.array([0, 1]))
    with pytest.raises(ValueError, match=mentions("dout", "(2, 3)")):
        ops.softmax_cross_entropy_backward(np.ones((2, 3)), cache)
