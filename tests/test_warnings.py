"""What the tests let pass: one false alarm of the BLAS (pyproject.toml says which), and no other warning."""

import warnings

import numpy as np
import pytest


def test_the_false_alarm_of_the_blas_passes():
    warnings.warn("invalid value encountered in matmul", RuntimeWarning, stacklevel=1)


@pytest.mark.parametrize(
    ("operation", "x", "message"),
    [
        (lambda x: x - x, np.inf, "invalid value encountered in subtract"),
        (lambda x: x * x, 1e200, "overflow encountered in multiply"),
        (lambda x: x[None] @ x, 1e200, "overflow encountered in matmul"),
    ],
)
def test_any_other_warning_is_an_error(operation, x, message):
    with pytest.raises(RuntimeWarning, match=message):
        operation(np.array([x]))
