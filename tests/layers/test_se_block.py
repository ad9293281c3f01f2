"""The SE block remembers its gates, and lets one put others in their place."""

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy.layers import SEBlock

X = np.random.default_rng(1).standard_normal((3, 6, 4, 5))


@pytest.fixture
def block():
    return SEBlock(6, reduction=2, rng=np.random.default_rng(0), dtype=np.float64)


def test_the_gates_of_the_last_forward_pass_are_kept(block):
    assert block.s is None
    out = block.forward(X)
    assert block.s.shape == (3, 6) and ((block.s > 0) & (block.s < 1)).all()
    assert_close(out, block.s[:, :, None, None] * X, 1e-15)

    w1, w2 = block.params["fc.0.weight"], block.params["fc.2.weight"]
    z = X.mean(axis=(2, 3))
    assert_close(block.s, 1 / (1 + np.exp(-np.maximum(z @ w1.T, 0) @ w2.T)))

    first = block.s
    block.forward(X[:2])
    assert block.s.shape == (2, 6) and first.shape == (3, 6), "a new array, the old one stays as it was"


def test_without_an_input_there_are_no_gates(block):
    block.forward(X)
    with pytest.raises(ValueError, match="6"):
        block.forward(X[:, :5])
    assert block.s is None
    block.forward(X)
    assert block.to("numpy").s is None, "nor after moving: the gates would have stayed on the other side"


def test_an_override_replaces_the_gates(block):
    block.forward(X)
    own = block.s
    seen = []

    def close_the_first(s):
        seen.append(s)
        s = s.copy()
        s[:, 0] = 0.0
        return s

    block.override = close_the_first
    out = block.forward(X)
    np.testing.assert_array_equal(seen[0], own)
    np.testing.assert_array_equal(block.s[:, 0], 0.0)
    np.testing.assert_array_equal(block.s[:, 1:], own[:, 1:])
    assert_close(out, block.s[:, :, None, None] * X, 1e-15)

    block.override = None
    block.forward(X)
    np.testing.assert_array_equal(block.s, own)


def test_an_override_of_another_shape_is_refused(block):
    block.override = lambda s: s[:1]
    with pytest.raises(ValueError, match=mentions((3, 6), (1, 6))):
        block.forward(X)


def test_backward_is_refused_while_gates_are_overridden(block):
    block.forward(X)
    block.override = np.ones_like
    for _ in range(2):
        with pytest.raises(ValueError, match=mentions("SEBlock", "override")):
            block.backward(X)
        block.forward(X)
    assert all(gradient is None for gradient in block.grads.values())


def test_backward_after_an_override_needs_a_forward_pass_of_its_own(block):
    """Taking the override away does not make the last forward pass the block's own."""
    block.override = np.ones_like
    block.forward(X)
    block.override = None
    with pytest.raises(ValueError, match="forward"):
        block.backward(X)
    block.forward(X)
    assert block.backward(X).shape == X.shape
