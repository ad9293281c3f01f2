"""A probe that hides a mistake is called so, and a mistake that hides from its probe never passes."""

import os

import numpy as np
import pytest
from gradcheck.pairs import (
    BATCH_NORM_MISTAKES,
    LINEAR,
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
from senumpy.mistakes import MISTAKES


def linear_report(N, D, M):
    inputs = {"x": normal(N, D), "w": normal(M, D), "b": normal(M)}
    return check(linear_forward, linear_backward, inputs)


def test_different_sizes_pass_without_remarks():
    report = linear_report(3, 4, 5)
    assert report.status == "PASS" and not report.warnings


def test_one_sample_is_a_blind_spot():
    report = linear_report(1, 4, 5)
    assert report.status == "INCONCLUSIVE"
    assert "x has N = 1" in report.blind_spots[0]
    assert {tensor.status for tensor in report.tensors.values()} == {"PASS"}


def test_one_output_is_not():
    assert linear_report(3, 4, 1).status == "PASS"


def test_a_square_weight_is_a_blind_spot():
    report = linear_report(3, 4, 4)
    assert report.status == "INCONCLUSIVE"
    assert "w is square (4 x 4)" in report.blind_spots[0]


def test_equal_axes_of_the_data_are_a_lesser_warning():
    report = check(lambda x: (x * x, x), lambda d, x: 2 * d * x, {"x": normal(2, 3, 4, 4)})
    assert report.status == "PASS"
    assert "x (axes 2 and 3)" in report.warnings[0]


def test_one_pixel_is_a_blind_spot():
    report = check(
        lambda x: (x.mean((2, 3)), x.shape),
        lambda d, shape: np.broadcast_to(d[:, :, None, None] / (shape[2] * shape[3]), shape),
        {"x": normal(2, 3, 1, 1)},
    )
    assert report.status == "INCONCLUSIVE"
    assert "one pixel" in report.blind_spots[0]


def test_a_gradient_that_vanishes_is_a_blind_spot():
    report = check(linear_forward, linear_backward, {**LINEAR, "x": np.zeros((3, 4))})
    assert report.status == "INCONCLUSIVE"
    assert "gradient of w is zero everywhere" in report.blind_spots[0]
    assert [tensor.status for tensor in report.tensors.values()] == ["PASS", "INCONCLUSIVE", "PASS"]


def test_a_failure_outranks_a_blind_spot():
    inputs = {"x": normal(1, 4), "w": normal(5, 4), "b": normal(5)}
    report = check(linear_forward, lambda d, c: (-(d @ c[1]), d.T @ c[0], d.sum(0)), inputs)
    assert report.status == "FAIL" and report.blind_spots


def relu_pair(mask):
    return lambda x: (np.maximum(x, 0), x), lambda dout, x: dout * (x > 0) if mask else dout


def test_a_missing_mask_is_noticed_where_every_entry_passes():
    report = check(*relu_pair(mask=False), {"x": np.abs(normal(3, 4))})
    assert report.status == "INCONCLUSIVE"
    assert "does a mask let everything through" in report.blind_spots[0]
    assert check(*relu_pair(mask=True), {"x": np.abs(normal(3, 4))}).status == "PASS"
    assert check(*relu_pair(mask=False), {"x": normal(3, 4)}).status == "FAIL"


def test_a_missing_clip_is_noticed_where_nothing_is_clipped():
    x = np.clip(normal(3, 4), -0.9, 0.9)
    forward = lambda x: (np.where(x > 1, 1, np.where(x < -1, -1, x)), x)  # noqa: E731
    assert check(forward, lambda dout, x: dout, {"x": x}).status == "INCONCLUSIVE"
    assert check(forward, lambda dout, x: dout * (np.abs(x) < 1), {"x": x}).status == "PASS"


def test_a_missing_factor_is_noticed_where_it_is_one():
    inputs = {"x": normal(3, 6, 4, 5), "gamma": np.ones(6), "beta": np.zeros(6)}
    report = check(batch_norm_forward, lambda d, c: batch_norm_backward(d, c, "no gamma"), inputs, max_entries=20)
    assert report.status == "INCONCLUSIVE"
    assert "entries of gamma and beta scattered, the gradient of x is wrong" in report.blind_spots[0]
    assert check(batch_norm_forward, batch_norm_backward, inputs, max_entries=20).status == "PASS"


def test_places_outside_the_domain_say_nothing():
    """The logarithm has no value at -x, and this backward is right wherever it has one."""
    inputs = {"x": np.abs(normal(3, 4)) + 0.1}
    assert check(lambda x: (np.log(x), x), lambda dout, x: dout / x, inputs).status == "PASS"

    def strict(x):
        if np.any(x.real < 0):
            raise ValueError("negative")
        return np.sqrt(x), x

    assert check(strict, lambda dout, x: dout / (2 * np.sqrt(x)), inputs).status == "PASS"


def max_forward(x):
    return x.max(1), x


def to_the_first(dout, x):
    dx = np.zeros_like(x)
    dx[np.arange(len(x)), x.argmax(1)] = dout
    return dx


def to_all(dout, x):
    return dout[:, None] * (x == x.max(1, keepdims=True))


def shared(dout, x):
    tied = x == x.max(1, keepdims=True)
    return dout[:, None] * tied / tied.sum(1, keepdims=True)


def max_by_index(x):
    return x[np.arange(len(x)), x.real.argmax(1)], x


TIED = np.array([[1.0, 3.0, 3.0], [2.0, 0.5, -1.0], [0.1, 0.2, 0.3]])


@pytest.mark.parametrize("method", ["auto", "central"])
def test_a_tie_is_a_kink_where_the_probe_cannot_judge(method):
    for backward in (to_the_first, to_all):
        report = check(max_forward, backward, {"x": TIED}, method=method)
        assert report.status == "INCONCLUSIVE"
        assert "2 entries of x lie on a kink or close beside it" in report.blind_spots[0]
    assert check(max_forward, lambda d, x: 2 * to_the_first(d, x), {"x": TIED}, method=method).status == "FAIL"


def test_a_tie_given_to_several_is_noticed_where_nothing_ties():
    report = check(max_forward, to_all, {"x": normal(3, 4)})
    assert report.status == "INCONCLUSIVE"
    assert "With entries of x that tie, the gradient of x is wrong" in report.blind_spots[0]
    for convention in (to_the_first, shared):
        assert check(max_forward, convention, {"x": normal(3, 4)}).status == "PASS"


def test_a_gate_that_is_saturated_hides_its_path():
    inputs = {**SE, "b2": SE["b2"] + 60}
    report = check(se_forward, lambda d, c: se_backward(d, c, "no gate"), inputs, max_entries=20)
    assert report.status == "INCONCLUSIVE"
    assert "is a gate saturated" in report.blind_spots[0]
    assert check(se_forward, se_backward, inputs, max_entries=20).status == "PASS"


def test_writing_into_dout_is_noticed_where_it_changes_nothing():
    def backward(dout, x):
        dout[x <= 0] = 0
        return dout

    report = check(relu_pair(mask=True)[0], backward, {"x": np.abs(normal(3, 4))})
    assert report.status == "INCONCLUSIVE"
    assert "backward changes its inputs or dout" in report.blind_spots[0]


def test_a_probe_of_zeros_gets_no_false_alarm():
    pair = (lambda x: ops.max_pool2d_forward(x, 3, stride=2)), ops.max_pool2d_backward
    report = check(*pair, {"x": np.zeros((1, 2, 5, 7))}, max_entries=20)
    assert report.status == "INCONCLUSIVE"
    assert not any("is wrong" in spot for spot in report.blind_spots)


def test_a_forward_that_picks_a_winner_lets_the_complex_step_judge_at_a_tie():
    report = check(max_by_index, to_the_first, {"x": TIED})
    assert report.status == "PASS"
    assert any("branch that forward takes" in warning for warning in report.warnings)
    assert check(max_by_index, to_all, {"x": TIED}).status == "FAIL"


@pytest.mark.parametrize("seed", [1001, 1003])
def test_hidden_units_at_zero_up_to_rounding(seed):
    """Whole numbers put a unit of the block at 0, and complex arithmetic rounds it to the other side."""
    mistake = MISTAKES["se_sigmoid_at_pre_activation"]
    inputs = {name: np.round(a) for name, a in mistake.draw(np.random.default_rng(seed)).items()}
    for max_entries in (4, 40):
        assert check(*mistake.right, inputs, max_entries=max_entries).status in ("PASS", "INCONCLUSIVE")
        assert check(mistake.forward, mistake.backward, inputs, max_entries=max_entries).status == "FAIL"


@pytest.mark.parametrize("max_entries", [2, 5])
def test_a_kink_among_the_entries_that_were_not_drawn(max_entries):
    for seed in range(4):
        options = {"max_entries": max_entries, "rng": np.random.default_rng(seed)}
        for convention in (to_the_first, shared):
            assert check(max_forward, convention, {"x": TIED}, **options).status == "INCONCLUSIVE"
        assert check(max_forward, lambda d, x: 2 * to_the_first(d, x), {"x": TIED}, **options).status == "FAIL"


def test_relu_at_zero():
    x = np.array([[0.0, 1.0, -1.0], [2.0, 0.0, -0.5]])
    for at_zero in (0.0, 1.0):
        report = check(lambda x: (np.maximum(x, 0), x), lambda d, x, a=at_zero: d * np.heaviside(x, a), {"x": x})
        assert report.status == "INCONCLUSIVE"
    assert check(lambda x: (np.maximum(x, 0), x), lambda d, x: d * np.heaviside(x, 7), {"x": x}).status == "FAIL"


def test_a_kink_nearby_is_not_crossed():
    """Two steps of the five-point difference and the first central one cross this kink; the last does not."""
    x = np.array([3e-6, 1.0, -1.0])
    for method in ("auto", "central"):
        forward, backward = relu_pair(mask=True)
        assert check(forward, backward, {"x": x}, method=method).status == "PASS"
        assert check(forward, lambda d, x: d * (x > 4e-6), {"x": x}, method=method).status == "FAIL"


def random_shapes(seed):
    rng = np.random.default_rng(seed)
    N, C, H, W = (int(n) for n in rng.integers(1, 5, 4) + [0, 1, 0, 0])
    hidden = int(rng.integers(1, 4))
    se = {
        "x": rng.standard_normal((N, C, H, W)),
        "w1": rng.standard_normal((hidden, C)),
        "b1": rng.standard_normal(hidden) * (seed % 2),
        "w2": rng.standard_normal((C, hidden)),
        "b2": rng.standard_normal(C),
    }
    gamma = rng.uniform(0.5, 2, C) if seed % 3 else np.ones(C)
    return se, {"x": 1 + 2 * rng.standard_normal((N + 1, C, H, W)), "gamma": gamma, "beta": np.zeros(C)}


@pytest.mark.parametrize("seed", range(int(os.environ.get("SENUMPY_GRADCHECK_SEEDS", 3))))
def test_no_mistake_passes_whatever_the_shapes_and_no_right_pair_fails(seed):
    se, batch_norm = random_shapes(seed)
    for mistake in ("", *SE_MISTAKES):
        status = check(se_forward, lambda d, c, m=mistake: se_backward(d, c, m), se, max_entries=12).status
        assert status != ("PASS" if mistake else "FAIL"), mistake
    for mistake in ("", *BATCH_NORM_MISTAKES):
        wrong = lambda d, c, m=mistake: batch_norm_backward(d, c, m)  # noqa: E731
        status = check(batch_norm_forward, wrong, batch_norm, max_entries=12).status
        assert status != ("PASS" if mistake else "FAIL"), mistake
