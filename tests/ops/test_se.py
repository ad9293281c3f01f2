"""The squeeze-and-excitation block: one worked on paper, its two paths, and its shapes."""

import math

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy import ops

# z = (2, 4); hidden unit 2 - 4/4 = 1, on; pre-activations +-ln 3, so the gates are 3/4 and 1/4.
X = np.array([[[[1.0, 3.0]], [[2.0, 6.0]]]])
W1 = np.array([[1.0, -0.25]])
W2 = np.array([[math.log(3.0)], [-math.log(3.0)]])


def test_a_block_on_paper():
    out, cache = ops.se_forward(X, W1, None, W2, None)
    assert_close(out, [[[[0.75, 2.25]], [[0.5, 1.5]]]], 1e-15)

    # dout is 1 on the first channel only: ds = (4, 0), and sigmoid' = 3/16 makes that (3/4, 0).
    dx, dw1, db1, dw2, db2 = ops.se_backward(np.array([[[[1.0, 1.0]], [[0.0, 0.0]]]]), cache)
    ln3 = math.log(3.0)
    assert_close(dw2, [[0.75], [0.0]], 1e-15)
    assert_close(dw1, [[1.5 * ln3, 3.0 * ln3]], 1e-15)
    # Directly s * dout = 3/4 and 0; through the gate dz = 3/4 ln 3 * w1, shared by the two pixels.
    assert_close(dx[0, 0, 0], [0.75 + 0.375 * ln3] * 2, 1e-15)
    assert_close(dx[0, 1, 0], [-0.09375 * ln3] * 2, 1e-15)
    assert db1 is None and db2 is None


def test_biases_on_paper():
    """The same gates from b2 alone, the hidden unit switched off by b1: no gradient flows through the gate."""
    b1, b2 = np.array([-1.5]), np.array([math.log(3.0), -math.log(3.0)])
    out, cache = ops.se_forward(X, W1, b1, W2, b2)
    assert_close(out, [[[[0.75, 2.25]], [[0.5, 1.5]]]], 1e-15)
    dx, dw1, db1, dw2, db2 = ops.se_backward(np.ones(X.shape), cache)
    assert_close(dx, [[[[0.75, 0.75]], [[0.25, 0.25]]]], 1e-15)
    assert_close(db2, [0.75, 1.5], 1e-15)
    for gradient in (dw1, db1, dw2):
        np.testing.assert_array_equal(gradient, 0.0)


def test_without_weights_every_gate_is_one_half():
    x = np.random.default_rng(1).standard_normal((2, 4, 3, 5))
    out, _ = ops.se_forward(x, np.zeros((2, 4)), None, np.zeros((4, 2)), None)
    np.testing.assert_array_equal(out, 0.5 * x)


def test_it_is_the_composition_of_the_ops_it_is_made_of():
    rng = np.random.default_rng(2)
    x, w1, b1 = rng.standard_normal((3, 6, 4, 5)), rng.standard_normal((2, 6)), rng.standard_normal(2)
    w2, b2 = rng.standard_normal((6, 2)), rng.standard_normal(6)
    z, _ = ops.global_avg_pool_forward(x)
    hidden, _ = ops.relu_forward(ops.linear_forward(z, w1, b1)[0])
    s, _ = ops.sigmoid_forward(ops.linear_forward(hidden, w2, b2)[0])
    np.testing.assert_array_equal(ops.se_forward(x, w1, b1, w2, b2)[0], ops.scale_forward(x, s)[0])


def test_both_paths_reach_the_input():
    """The path through the gate is the same for every pixel of a channel; the direct one follows dout."""
    rng = np.random.default_rng(3)
    arguments = [rng.standard_normal(shape) for shape in ((2, 4, 3, 5), (3, 4), 3, (4, 3), 4)]
    _, cache = ops.se_forward(*arguments)
    dout = rng.standard_normal((2, 4, 3, 5))
    dout[:, :, 1, 2] = 0  # where dout is zero, only the gate's path is left
    dx = ops.se_backward(dout, cache)[0]
    through_the_gate = dx[:, :, 1, 2]
    assert np.abs(through_the_gate).max() > 1e-3
    s = ops.se_forward(*arguments)[0] / arguments[0]
    assert_close(dx - through_the_gate[:, :, None, None], s * dout)


def test_one_image_does_not_see_the_others():
    rng = np.random.default_rng(4)
    x, *weights = (rng.standard_normal(shape) for shape in ((3, 4, 3, 5), (3, 4), 3, (4, 3), 4))
    together, _ = ops.se_forward(x, *weights)
    for n in range(3):
        assert_close(ops.se_forward(x[n : n + 1], *weights)[0], together[n : n + 1])


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 6, 3, 3), (2, 4), None, (6, 2), None), mentions("w1", "(2, 6, 3, 3)", "(2, 4)")),
        (((2, 6, 3, 3), (6, 2), None, (2, 6), None), mentions("w1", "(2, 6, 3, 3)", "(6, 2)")),
        (((2, 6, 3, 3), (2, 6), None, (6, 3), None), mentions("w2", "(6, 3)", "2")),
        (((2, 6, 3, 3), (2, 6), None, (4, 2), None), mentions("w2", "(4, 2)", "6")),
        (((2, 6, 3, 3), (2, 6), (6,), (6, 2), None), mentions("b1", "(6,)", "2")),
        (((2, 6, 3, 3), (2, 6), None, (6, 2), (2,)), mentions("b2", "(2,)", "6")),
        (((2, 6, 3, 3), (0, 6), None, (6, 0), None), mentions("w1", "(0, 6)")),
        (((2, 6, 3), (2, 6), None, (6, 2), None), mentions("x", "(2, 6, 3)")),
        (((2, 6, 0, 3), (2, 6), None, (6, 2), None), mentions("x", "(2, 6, 0, 3)")),
    ],
)
def test_shapes_that_do_not_fit(shapes, message):
    with pytest.raises(ValueError, match=message):
        ops.se_forward(*(None if shape is None else np.ones(shape) for shape in shapes))
