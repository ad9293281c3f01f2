"""Right pairs pass and wrong ones fail, at every scale of the output and of the input, by every method."""

import numpy as np
import pytest
from comparing import scaled
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
    rng,
    se_backward,
    se_forward,
)

from senumpy.gradcheck import GradientError, check
from senumpy.gradcheck.suite.run import run_case


@pytest.mark.parametrize("scale", [1.0, 1e-8])
@pytest.mark.parametrize("name", RIGHT)
def test_right_pairs_pass(name, scale):
    forward, backward, inputs = RIGHT[name]
    report = check(*scaled(forward, backward, scale), inputs)
    assert report.status == "PASS", report
    for tensor in report.tensors.values():
        assert tensor.error < (1e-12 if tensor.method == "complex_step" else 1e-7)
        assert tensor.entries == tensor.size


@pytest.mark.parametrize("method", ["central", "five_point", "forward"])
@pytest.mark.parametrize("name", RIGHT)
def test_right_pairs_pass_by_real_differences(name, method):
    report = check(*RIGHT[name], method=method)
    assert report.status == "PASS", report
    assert {tensor.method for tensor in report.tensors.values()} == {method}


@pytest.mark.parametrize("scale", [1.0, 1e-8])
@pytest.mark.parametrize("mistake", SE_MISTAKES)
def test_wrong_se_fails(mistake, scale):
    def backward(dout, cache):
        return se_backward(dout, cache, mistake)

    assert check(*scaled(se_forward, backward, scale), SE, max_entries=20).status == "FAIL"


@pytest.mark.parametrize("method", ["central", "five_point", "forward", "complex_step"])
@pytest.mark.parametrize("mistake", ["no gate", "no 1/(HW)", "no mask", "sign of dw1"])
def test_wrong_se_fails_by_every_method(mistake, method):
    report = check(
        *scaled(se_forward, lambda d, c: se_backward(d, c, mistake), 1e-8), SE, method=method, max_entries=20
    )
    assert report.status == "FAIL"


@pytest.mark.parametrize("mistake", BATCH_NORM_MISTAKES)
def test_wrong_batch_norm_fails_although_the_complex_step_does_not_work_on_it(mistake):
    report = check(batch_norm_forward, lambda d, c: batch_norm_backward(d, c, mistake), BATCH_NORM, max_entries=20)
    assert report.status == "FAIL"
    assert report.tensors["x"].method == "central"


@pytest.mark.parametrize("name", [name for name in RIGHT if name not in ("absent bias",)])
@pytest.mark.parametrize("factor", [0.0, 1 + 1e-5])
def test_every_right_pair_can_be_made_wrong(name, factor):
    """Also where the complex step is silently wrong: the fall back must not forgive."""
    forward, backward, inputs = RIGHT[name]

    def wrong(dout, cache):
        gradients = backward(dout, cache)
        first, *rest = gradients if isinstance(gradients, tuple) else (gradients,)
        return (first * factor, *rest)

    report = check(forward, wrong, inputs)
    assert report.status == "FAIL", report
    assert next(iter(report.tensors.values())).status == "FAIL"


@pytest.mark.parametrize("input_scale", [1e-6, 1e6])
@pytest.mark.parametrize("name", ["abs", "leaky relu", "row maximum", "gather real parts"])
def test_scale_of_the_inputs(name, input_scale):
    """Fixed steps would jump over every kink of a small input, and drown in the rounding of a large one."""
    forward, backward, inputs = RIGHT[name]
    inputs = {key: value * input_scale if value.dtype == float else value for key, value in inputs.items()}
    for method in ("auto", "central"):
        assert check(forward, backward, inputs, method=method).status == "PASS"


def test_a_tensor_whose_gradient_is_truly_zero_passes_with_a_warning():
    """A bias before batch norm: an elementwise relative error fails it."""

    def forward(x, b):
        return batch_norm_forward(x + b[:, None, None], np.full(4, 1.5), np.zeros(4))

    def backward(dout, cache):
        dx, _, _ = batch_norm_backward(dout, cache)
        return dx, dx.sum((0, 2, 3))

    inputs = {"x": BATCH_NORM["x"], "b": normal(4)}
    for method in ("auto", "central", "five_point"):
        report = check(forward, backward, inputs, method=method, max_entries=40)
        assert report.status == "PASS", report
        assert any("gradient of b is zero to rounding" in warning for warning in report.warnings)

    def wrong(dout, cache):
        dx, db = backward(dout, cache)
        return dx, db + 1e-3 * np.abs(dx).max()

    assert check(forward, wrong, inputs).tensors["b"].status == "FAIL"


def test_error_in_a_single_entry_is_found():
    def wrong(dout, cache):
        dx, dw, db = linear_backward(dout, cache)
        dw[3, 2] *= 1.001
        return dx, dw, db

    report = check(linear_forward, wrong, LINEAR)
    assert report.tensors["w"].worst_index == (3, 2)
    assert [tensor.status for tensor in report.tensors.values()] == ["PASS", "FAIL", "PASS"]


def test_error_between_the_entries_drawn_is_found():
    x = normal(20, 30)

    def wrong(dout, x):
        dx = 2 * dout * x
        dx[::2, ::3] *= 1.01
        return dx

    def cube(x):
        return np.abs(x) ** 2, x

    for forward in (lambda x: (x * x, x), cube):
        report = check(forward, wrong, {"x": x}, max_entries=1, rng=np.random.default_rng(1))
        assert report.status == "FAIL"
        assert report.tensors["x"].entries == 1
        assert check(forward, lambda dout, x: 2 * dout * x, {"x": x}, max_entries=1).status == "PASS"


def test_complex_step_that_is_wrong_by_little_is_overruled():
    """Too little for the random directions, far too much for the tolerance."""

    def forward(x):
        return x**2 + 1e-7 * np.abs(x), x

    assert check(forward, lambda d, x: d * (2 * x + 1e-7 * np.sign(x)), {"x": normal(3, 4)}).status == "PASS"
    assert check(forward, lambda d, x: d * (2.001 * x), {"x": normal(3, 4)}).status == "FAIL"


def test_forward_that_refuses_complex_numbers_is_checked_by_differences():
    def forward(x):
        if np.iscomplexobj(x):
            raise TypeError("real numbers only, please")
        return x**2, x

    report = check(forward, lambda dout, x: 2 * dout * x, {"x": normal(3, 4)})
    assert report.status == "PASS"
    assert report.tensors["x"].method == "central"
    assert "real numbers only, please" in report.notes[0]
    assert check(forward, lambda dout, x: 3 * dout * x, {"x": normal(3, 4)}).status == "FAIL"


def test_forward_in_float32_inside_is_inconclusive_by_differences():
    def forward(x):
        return np.asarray(x, np.float32) ** 2, x

    report = check(forward, lambda dout, x: (2 * dout * x).astype(x.dtype), {"x": normal(3, 4)})
    assert report.status == "INCONCLUSIVE"
    assert "float32" in report.blind_spots[0]


def test_the_upstream_gradient_is_never_ones():
    """With ones, a softmax whose backward returns zero is right."""
    forward, _, inputs = RIGHT["softmax"]
    assert check(forward, lambda dout, p: 0 * p, inputs).status == "FAIL"


def test_a_scalar_loss_gets_an_upstream_gradient_too():
    def backward(dout, x):
        return 2 * x  # forgets dout

    assert check(lambda x: (np.sum(x**2), x), backward, {"x": normal(3)}).status == "FAIL"


def test_float32_backward_against_a_float64_derivative():
    report = check(se_forward, se_backward, SE, dtype="float32")
    assert report.status == "PASS"
    assert 1e-9 < max(tensor.error for tensor in report.tensors.values()) < 1e-5
    assert check(se_forward, lambda d, c: se_backward(d, c, "no gate"), SE, dtype="float32").status == "FAIL"


def test_the_same_generator_gives_the_same_report():
    first, second = (check(linear_forward, linear_backward, LINEAR, max_entries=3, rng=rng()) for _ in range(2))
    assert str(first) == str(second)


def test_raise_if_failed():
    assert check(linear_forward, linear_backward, LINEAR).raise_if_failed().status == "PASS"
    report = check(se_forward, lambda d, c: se_backward(d, c, "no gate"), SE)
    with pytest.raises(GradientError) as error:
        report.raise_if_failed()
    assert str(error.value) == str(report)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_blind_probe_is_inconclusive_in_either_precision(dtype):
    def forward(x):
        return np.where(x.real > 0, x, 0), x

    positive = {"x": 1 + np.random.default_rng(0).random((3, 4))}
    assert check(forward, lambda dout, x: dout, positive, dtype=dtype).status == "INCONCLUSIVE"
    assert check(forward, lambda dout, x: dout * (x > 0), positive, dtype=dtype).status == "PASS"


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (3, 4, 5))])
def test_a_step_that_crosses_a_kink_is_shortened_for_a_backward_in_float32_too(seed):
    assert run_case("TinyCNN_without_se", seed=seed, method="five_point", dtype="float32").status == "PASS"


def test_extended_precision_passes():
    """Its numbers of 80 bits lie between idle bytes, which may differ between equal arrays."""
    x = np.random.default_rng(0).standard_normal((3, 4)).astype(np.longdouble)
    assert check(lambda x: (x**2, x), lambda dout, x: 2 * x * dout, {"x": x}).status == "PASS"


def test_a_complex_step_that_sees_nothing_where_real_differences_see_something_is_not_believed():
    """Forward uses the real part alone: complex numbers stay complex, and their step says zero."""
    x = np.random.default_rng(0).uniform(0.5, 1, (3, 4))
    report = check(lambda x: (x.real + 0 * x, None), lambda dout, cache: 0 * dout, {"x": x})
    assert report.status == "FAIL"
    assert "do not confirm the complex step (it says zero, they do not: " in str(report)


@pytest.mark.parametrize("method", ["auto", "central", "forward", "five_point", "complex_step"])
def test_a_gradient_that_is_not_there_fails_by_every_method(method):
    inputs = {"a": normal(3), "b": normal(3)}
    report = check(lambda a, b: (a * b, b), lambda dout, b: (dout * b, None), inputs, method=method)
    assert report.status == "FAIL" and [name for name, t in report.tensors.items() if t.status == "FAIL"] == ["b"]
