"""A hint names the planted cause where the numbers allow it, and stays silent where they do not."""

import numpy as np
import pytest
from gradcheck.pairs import (
    BATCH_NORM,
    BATCH_NORM_MISTAKES,
    LINEAR,
    RIGHT,
    SE,
    SE_MISTAKES,
    batch_norm_backward,
    batch_norm_forward,
    linear_backward,
    linear_forward,
    normal,
    se_backward,
    se_forward,
)

from senumpy import ops
from senumpy.gradcheck import check
from senumpy.gradcheck.hints.diagnosis import _right_to_some_digits, factor_words
from senumpy.gradcheck.hints.paths import through_the_gate
from senumpy.gradcheck.hints.patterns import constant_ratio, independent, mask, missing_factor, tie
from senumpy.gradcheck.hints.places import confined, shifted, swapped, unsummed
from senumpy.mistakes import MISTAKES


@pytest.mark.parametrize("mistake", SE_MISTAKES)
def test_se(mistake):
    report = check(se_forward, lambda d, c: se_backward(d, c, mistake), SE)
    assert SE_MISTAKES[mistake] in " | ".join(report.hints)
    if not SE_MISTAKES[mistake]:
        assert not report.hints  # the table says it already: None, or NaN


@pytest.mark.parametrize("mistake", BATCH_NORM_MISTAKES)
def test_batch_norm(mistake):
    report = check(batch_norm_forward, lambda d, c: batch_norm_backward(d, c, mistake), BATCH_NORM)
    assert BATCH_NORM_MISTAKES[mistake] in " | ".join(report.hints)


def test_right_pairs_get_no_hints():
    for name in ("linear", "se", "batch norm with np.var"):
        assert not check(*RIGHT[name], max_entries=20).hints


def linear_hint(change, **sizes):
    N, D, M = sizes.get("N", 3), sizes.get("D", 4), sizes.get("M", 5)
    inputs = {"x": normal(N, D), "w": normal(M, D), "b": normal(M)}
    return " | ".join(check(linear_forward, lambda d, c: change(*linear_backward(d, c)), inputs).hints)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dx, dw, db: (dx, dw / 3, db), "dw: 3 times too small (N = 3): a mean over the batch stands"),
        (lambda dx, dw, db: (dx, 3 * dw, 3 * db), "dw, db: 3 times too large (N = 3): a sum over the batch stands"),
        (lambda dx, dw, db: (dx, 0.3 * dw, db), "dw: 0.3 times the truth at every entry"),
        (lambda dx, dw, db: (dx, -0.3 * dw, db), "a constant factor is wrong, and its sign is turned round"),
        (lambda dx, dw, db: (dx, dw / 2, db), "dw: half the truth"),
        (lambda dx, dw, db: (dx, dw, db[None, :]), "db: the numbers are right, reshape them from (1, 5) to (5,)"),
        (lambda dx, dw, db: (dx, np.where(np.arange(4) == 2, 0, dw), db), "dw: zero at 5 entries where"),
        (lambda dx, dw, db: (dx, np.where(np.arange(4) == 2, 1, dw), db), "dw: wrong only at index 2 along axis 1"),
        (lambda dx, dw, db: (2.5 * dx, 0.3 * dw, -db), "every gradient is wrong: look at the first step"),
        (lambda dx, dw, db: (dx + 1, dw + 1, db), "from db back to db all is right, from dw back to dx all is wrong"),
    ],
)
def test_linear(change, words):
    assert words in linear_hint(change)


def test_a_factor_with_two_explanations_gets_none():
    assert linear_hint(lambda dx, dw, db: (dx, 2 * dw, db), N=2).startswith(
        "dw: twice the truth: is it added twice, or a half forgotten? Or a sum over the batch stands"
    )
    sizes = {"N": 6, "C": 3, "H W": 6, "N H W": 36}
    assert factor_words(6.0, sizes) == "6 times the truth at every entry: a constant factor is wrong"
    assert "N H W = 36" in factor_words(36.0, sizes)


def test_a_square_weight_that_is_transposed():
    report = check(
        linear_forward,
        lambda d, c: (d @ c[1], c[0].T @ d, d.sum(0)),
        {"x": normal(3, 4), "w": normal(4, 4), "b": normal(4)},
    )
    assert report.hints == ["dw: transposed: rows and columns are exchanged"]


def wrong_conv(change):
    rng = np.random.default_rng(0)
    inputs = {"x": rng.standard_normal((2, 4, 7, 8)), "w": rng.standard_normal((5, 4, 3, 3)), "b": None}

    def backward(dout, cache):
        dx, dw, _ = ops.conv2d_backward(dout, cache)
        return (*change(dx, dw), None)

    return check(lambda x, w, b: ops.conv2d_forward(x, w, b, padding=1), backward, inputs).hints


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dx, dw: (dx, dw.swapaxes(2, 3)), "dw: axes 2 and 3 are exchanged"),
        (lambda dx, dw: (dx, dw[:, :, ::-1, ::-1]), "dw: flipped along axis 2 and axis 3"),
        (lambda dx, dw: (dx, dw[:, :, :, ::-1]), "dw: flipped along axis 3"),
        (lambda dx, dw: (np.pad(dx[:, :, 1:-1, 1:-1], ((0, 0),) * 2 + ((1, 1),) * 2, "edge"), dw),
         "dx: wrong only along the border of the image"),
    ],
)  # fmt: skip
def test_convolution(change, words):
    assert words in wrong_conv(change)[0]


def test_a_missing_mask_on_a_plain_relu():
    report = check(lambda x: (np.maximum(x, 0), x), lambda dout, x: dout, {"x": normal(3, 4)})
    assert "a mask is not applied" in report.hints[0]


def test_no_hint_from_a_single_number():
    """One number has a constant ratio to anything."""
    assert constant_ratio(np.array([3.0, 0.0]), np.array([2.0, 0.0])) is None
    report = check(lambda x: (x**2, x), lambda d, x: 5 * d * x, {"x": np.array([[1.5], [0.0]])})
    assert report.status == "FAIL" and not report.hints


@pytest.mark.parametrize("seed", [21, 22])
def test_no_hint_from_a_single_unit(seed):
    """With one hidden unit on for one image, all of dw1 hangs on one number: its factor and its place mean nothing."""
    mistake = MISTAKES["se_sigmoid_at_pre_activation"]
    inputs = mistake.draw(np.random.default_rng(seed))
    hidden = inputs["x"].mean((2, 3)) @ inputs["w1"].T + inputs["b1"]
    assert np.sum(np.any(hidden > 0, axis=0)) <= 2
    hints = " | ".join(check(mistake.forward, mistake.backward, inputs).hints)
    assert "times the truth" not in hints and "only at index" not in hints
    assert "every gradient is wrong" in hints


def test_a_factor_that_a_size_explains_needs_no_more_numbers():
    assert factor_words(1.7, {"N": 3}, any_number=False) is None
    assert factor_words(3.0, {"N": 3}, any_number=False).startswith("3 times too large (N = 3)")
    assert not independent(np.array([2.0, 0.0, 1.0])) and independent(normal(3)) and independent(normal(3, 1))


def test_wrong_at_one_index_needs_right_numbers_elsewhere():
    n, there = normal(3, 4), np.array([[0], [1], [0]])
    assert "wrong only at index 1 along axis 0" in confined(n + there, n, 1e-10)
    assert confined(there * n + there, there * n, 1e-10) is None


def test_masks_ties_and_shifts():
    dout, x = normal(4, 5), normal(5, 4).T
    assert "in the wrong places" in mask(dout * (dout > 0), dout * (x > 0))
    assert mask(dout * (dout > 0), 2 * dout * (x > 0)) is None
    x, n = np.array([[3.0, 3.0, 1.0]]), np.array([[0.7, 0.0, 0.0]])
    assert "given to several: 1 entries" in tie(np.array([[0.7, 0.7, 0.0]]), n, x)
    assert tie(np.array([[0.7, 0.7, 0.0]]), n, x + [[0, 1, 0]]) is None
    n = normal(2, 3, 5, 6)
    assert "by -1 along axis 3" in shifted(np.roll(n, -1, axis=3), n)
    assert shifted(n, n) is None and shifted(normal(2, 3, 5, 6) ** 2, n) is None


def test_no_hint_from_noise():
    rng = np.random.default_rng(0)

    def backward(dout, cache):
        return tuple(rng.standard_normal(gradient.shape) for gradient in linear_backward(dout, cache))

    report = check(linear_forward, backward, LINEAR)
    assert not any("times" in hint or "mask" in hint for hint in report.hints)


def test_no_pattern_without_all_entries():
    report = check(linear_forward, lambda d, c: (d @ c[1], -(d.T @ c[0]), d.sum(0)), LINEAR, max_entries=6)
    assert report.status == "FAIL" and not report.hints


def test_patterns_want_six_digits():
    n = normal(4, 5)
    for look_alike in (mask, swapped, unsummed):
        assert not look_alike(n * (1 + 1e-4 * normal(4, 5)), n)
    assert not missing_factor(n * (1 + 1e-4 * normal(4, 5)), n, {"v": normal(5)})
    assert not confined(n + 1, n, 1e-10)
    assert constant_ratio(2 * n + 1e-4, n) is None


@pytest.mark.parametrize("down, right", [(i, j) for i, j in np.ndindex(5, 5) if (i, j) != (2, 2)])
def test_every_shift_is_named_with_its_size(down, right):
    down, right = down - 2, right - 2
    n = normal(2, 3, 8, 9)
    steps = " and ".join(f"by {step} along axis {axis}" for step, axis in ((down, 2), (right, 3)) if step)
    words = f"shifted {steps}: is the padding cut off where it was put on?"
    assert shifted(np.roll(n, (down, right), axis=(2, 3)), n) == words


def test_there_is_no_path_through_the_mean_where_the_truth_has_none():
    dout, words = normal(2, 3, 4, 5), str
    dout[0, 0, 0, 0] = 0
    direct = np.arange(1.0, 7).reshape(2, 3, 1, 1) * dout
    mean = dout.mean(axis=(2, 3), keepdims=True)
    assert through_the_gate(2 * direct, direct, dout, words) is None
    assert "the path through the mean of each channel" in through_the_gate(direct, direct + mean, dout, words)


def test_a_shift_by_more_than_a_kernel_has_is_none():
    n = normal(2, 3, 9, 9)
    assert shifted(np.roll(n, 3, axis=2), n) is shifted(np.roll(n, -3, axis=3), n) is None


@pytest.mark.parametrize("error, digits", [(3e-5, 4), (3e-9, 8)])
def test_digits_are_counted_beside_the_largest_entry(error, digits):
    n = 1e3 * np.eye(3)
    assert f"right to about {digits} digits" in _right_to_some_digits(n + 1e3 * error * np.ones((3, 3)), n)


@pytest.mark.parametrize(
    "factor, words",
    [
        (1.0002, "right to about 3 digits, 1 + 0.0002 times the truth"),
        (0.9998, "right to about 3 digits, 1 - 0.0002 times the truth"),
        (1.002, "1.002 times the truth at every entry: a constant factor is wrong"),
        (1e-5, "1e-05 times the truth at every entry: a constant factor is wrong"),
    ],
)
def test_a_factor_near_one_is_a_constant_that_was_rounded(factor, words):
    assert words in factor_words(factor, {})
