"""Batch norm refuses what has no variance, no place or no meaning, and then leaves the running statistics alone."""

import numpy as np
import pytest
from comparing import mentions

from senumpy import ops


def parameters(C):
    """gamma, beta, running mean and variance as a new layer has them."""
    return np.ones(C), np.zeros(C), np.zeros(C), np.ones(C)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("position", [2, 3])
def test_complex_running_statistics_are_refused(position, training):
    """They are what training remembers; a complex step must leave nothing of itself in them."""
    arguments = list(parameters(3))
    arguments[position] = arguments[position].astype(complex)
    with pytest.raises(ValueError, match="running_mean and running_var must be real"):
        ops.batch_norm_forward(np.ones((4, 3)), *arguments, training=training)


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1, 1)])
def test_one_value_per_channel_has_no_variance(shape):
    with pytest.raises(ValueError, match=mentions("one value", "channel", shape)):
        ops.batch_norm_forward(np.ones(shape), *parameters(3), training=True)
    out, _ = ops.batch_norm_forward(np.ones(shape), *parameters(3), training=False, eps=1e-300)
    np.testing.assert_array_equal(out, 1.0)


def test_a_refused_batch_leaves_the_running_statistics_alone():
    _, _, running_mean, running_var = arguments = parameters(3)
    for x, options in (
        (np.ones((1, 3)), {}),
        (np.ones((4, 2)), {}),
        (np.ones((4, 3), int), {}),
        (np.ones((4, 3)), {"eps": -1.0}),
        (np.ones((4, 3)), {"momentum": 2.0}),
    ):
        with pytest.raises(ValueError, match="."):
            ops.batch_norm_forward(x, *arguments, training=True, **options)
    np.testing.assert_array_equal((running_mean, running_var), [[0.0] * 3, [1.0] * 3])


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("position", range(4))
@pytest.mark.parametrize("wrong", [(1,), (4,), (1, 3)])
def test_parameters_of_the_wrong_shape(position, wrong, training):
    arguments = list(parameters(3))
    arguments[position] = np.ones(wrong)
    name = ("gamma", "beta", "running_mean", "running_var")[position]
    with pytest.raises(ValueError, match=mentions(name, wrong, "3")):
        ops.batch_norm_forward(np.ones((4, 3, 2, 2)), *arguments, training=training)


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((4, 3, 2), {}, mentions("x", "(4, 3, 2)")),
        ((4,), {}, mentions("x", "(4,)")),
        ((4, 3, 2, 2, 2), {}, mentions("x", "(4, 3, 2, 2, 2)")),
        ((4, 3, 0, 2), {}, mentions("x", "(4, 3, 0, 2)")),
        ((4, 3), {"eps": -1e-5}, mentions("eps", "-1e-05")),
        ((4, 3), {"eps": 0.0}, mentions("eps", "0.0")),  # a constant channel would divide by zero
        ((4, 3), {"momentum": -0.1}, mentions("momentum", "-0.1")),
        ((4, 3), {"momentum": 1.5}, mentions("momentum", "1.5")),
        ((4, 3), {"eps": float("nan")}, mentions("eps", "nan")),
        ((4, 3), {"momentum": float("nan")}, mentions("momentum", "nan")),
        ((4, 3), {"momentum": None}, mentions("momentum", "None")),
        ((4, 3), {"eps": float("inf")}, mentions("eps", "inf")),
        ((4, 3), {"training": "False"}, mentions("training", "'False'", "True or False")),
    ],
)
def test_bad_arguments(shape, options, message):
    with pytest.raises(ValueError, match=message):
        ops.batch_norm_forward(np.ones(shape), *parameters(3), **{"training": True, **options})
