"""The errors by step, which the V-curve shows, are those of the gradient that was asked about."""

import numpy as np
import pytest

from senumpy.gradcheck import step_errors
from senumpy.gradcheck.step_errors import SMALLEST

X = np.random.default_rng(0).uniform(0.5, 2.0, (3, 4))


def forward(x):
    return x * x, x


def backward(dout, x, factor=1.0):
    return factor * 2 * x * dout


@pytest.mark.parametrize("factor, error", [(3.0, 2 / 3), (0.25, 3 / 4), (-1.0, 2.0)])
def test_a_wrong_gradient_is_off_by_its_own_error_at_every_step(factor, error):
    """Relative to the larger of the two, whichever that is."""
    found = step_errors(forward, backward, {"x": X}, wrong=lambda dout, x: backward(dout, x, factor))
    small = (1e-7 <= found.steps) & (found.steps <= 1e-5)
    for method, errors in found.errors["wrong"].items():
        assert np.array(errors)[small] == pytest.approx(error, rel=1e-4), method
    assert np.max(np.array(found.errors["right"]["central"])[small]) < 1e-8


def test_no_gradient_is_no_error():
    found = step_errors(lambda x: (0 * x, x), lambda dout, x: 0 * dout, {"x": X})
    assert {error for errors in found.errors["right"].values() for error in errors} == {SMALLEST}


def test_a_step_out_of_the_domain_has_no_error():
    """Only one of the entries leaves the root's domain, and only by the longer steps."""
    x = np.array([1e-4, 1.0])
    found = step_errors(lambda x: (np.sqrt(x), x), lambda dout, x: dout / (2 * np.sqrt(x)), {"x": x})
    errors = np.array(found.errors["right"]["central"])
    assert np.isnan(errors[found.steps > 2e-4]).all() and np.isfinite(errors[found.steps < 5e-5]).all()
