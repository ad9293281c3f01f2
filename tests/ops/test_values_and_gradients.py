"""Every op of the table: its values against the slow oracle, its gradients against numerical derivatives."""

import gradients
import numpy as np
import oracles
import pytest
from comparing import assert_close
from op_cases import CASES

ONE_OF_EACH = list({case.op: case for case in reversed(CASES)}.values())


def by_name(case):
    return case.name


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_values_are_those_of_the_oracle(case):
    arrays = case.make(np.random.default_rng(1))
    before = {name: array.copy() for name, array in arrays.items()}
    out, _ = case.forward(**arrays)
    oracle = getattr(oracles, case.op)
    biases = {"b1": None, "b2": None} if case.op in ("se", "se_variant") else {}
    assert_close(out, oracle(**{**biases, **before}, **case.options), what=case.name)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_gradients_are_those_of_the_complex_step(case):
    rng = np.random.default_rng(2)
    arrays = case.make(rng)
    out, cache = case.forward(**arrays)
    dout = case.make_dout(rng, out)

    def forward(**arrays):
        return case.forward(**arrays)[0]

    for name, gradient in case.gradients(dout, cache).items():
        expected = gradients.complex_step(forward, arrays, name, dout)
        assert_close(gradient, expected, 1e-12, f"d{name} of {case.name}")


@pytest.mark.parametrize("case", ONE_OF_EACH, ids=by_name)
def test_gradients_are_those_of_central_differences(case):
    """The complex step trusts the op's complex arithmetic; real differences trust nothing but its values."""
    rng = np.random.default_rng(3)
    arrays = case.make(rng)
    out, cache = case.forward(**arrays)
    dout = case.make_dout(rng, out)

    def forward(**arrays):
        return case.forward(**arrays)[0]

    for name, gradient in case.gradients(dout, cache).items():
        expected = gradients.central_difference(forward, arrays, name, dout)
        assert_close(gradient, expected, 1e-7, f"d{name} of {case.name}")


@pytest.mark.parametrize("case", [case for case in CASES if case.op == "batch_norm"], ids=by_name)
def test_running_statistics_are_those_of_the_oracle(case):
    arrays = case.make(np.random.default_rng(4))
    momentum = case.options.get("momentum", 0.1)
    expected = arrays["running_mean"].copy(), arrays["running_var"].copy()
    if case.options["training"]:
        expected = oracles.running_statistics(arrays["x"], *expected, momentum=momentum)
    case.forward(**arrays)
    assert_close(arrays["running_mean"], expected[0])
    assert_close(arrays["running_var"], expected[1])


BENT = [case for case in CASES if case.op in ("relu", "hard_sigmoid") and "of one number" not in case.name]


@pytest.mark.parametrize("case", BENT, ids=by_name)
def test_the_inputs_probe_both_sides_of_every_kink(case):
    """All ReLUs on would hide a missing mask: make sure the table does not do that."""
    x = case.make(np.random.default_rng(2))["x"]
    edge = 0.5 / case.options.get("slope", 1 / 6)
    for kink in (0,) if case.op == "relu" else (-edge, edge):
        assert np.any(x < kink - 0.04) and np.any(x > kink + 0.04)
        assert np.abs(x - kink).min() > 0.01


@pytest.mark.parametrize("case", [case for case in CASES if case.op == "se"][:2], ids=by_name)
def test_the_hidden_units_of_the_se_cases_are_partly_on(case):
    arrays = case.make(np.random.default_rng(2))
    hidden = arrays["x"].mean((2, 3)) @ arrays["w1"].T + arrays.get("b1", 0)
    assert 0.1 < np.mean(hidden > 0) < 0.9
    assert np.abs(hidden).min() > 1e-3
