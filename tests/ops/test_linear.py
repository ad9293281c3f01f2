"""The linear layer: a product worked by hand, and shapes that do not fit."""

import re

import numpy as np
import pytest
from comparing import mentions

from senumpy import ops


def test_a_product_on_paper():
    x = np.array([[1.0, 2.0], [0.0, -1.0]])
    w = np.array([[3.0, 4.0], [5.0, 6.0], [1.0, 0.0]])
    b = np.array([0.5, 0.0, -1.0])
    out, cache = ops.linear_forward(x, w, b)
    np.testing.assert_array_equal(out, [[11.5, 17.0, 0.0], [-3.5, -6.0, -1.0]])

    dx, dw, db = ops.linear_backward(np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]), cache)
    np.testing.assert_array_equal(dx, [[5.0, 4.0], [5.0, 6.0]])
    np.testing.assert_array_equal(dw, [[1.0, 2.0], [0.0, -1.0], [2.0, 4.0]])
    np.testing.assert_array_equal(db, [1.0, 1.0, 2.0])


def test_without_a_bias_its_gradient_is_none():
    _, cache = ops.linear_forward(np.ones((1, 2)), np.ones((3, 2)))
    assert ops.linear_backward(np.ones((1, 3)), cache)[2] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((np.ones(3), np.ones((4, 3))), "x must have shape (N, D), got (3,)"),
        ((np.ones((2, 3)), np.ones((4, 5))), "w must have shape (M, 3) beside x of shape (2, 3), got (4, 5)"),
        (
            (np.ones((2, 3)), np.ones((4, 3)), np.ones((4, 1))),
            "b must have shape (4,) beside w of shape (4, 3), got (4, 1)",
        ),
        (
            (np.ones((2, 0)), np.ones((4, 0))),
            "x must have at least one entry along every axis, got shape (2, 0)",
        ),
        (([[1.0]], np.ones((1, 1))), "x must be an array of shape (N, D), got list: use numpy.asarray"),
        (
            (np.ones((2, 3), int), np.ones((4, 3))),
            "x must hold floating-point numbers, got int64: convert it with x.astype(numpy.float32)",
        ),
    ],
)
def test_the_sentences_are_whole(arguments, sentence):
    """All ops have theirs from the same place, so one of them shall do."""
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ops.linear_forward(*arguments)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3), (4, 5), None), mentions("w", "(2, 3)", "(4, 5)")),
        (((2, 3), (3, 4), None), mentions("w", "(2, 3)", "(3, 4)")),  # the transpose of what it should be
        (((2, 3), (4, 3), (3,)), mentions("b", "(4, 3)", "(3,)")),
        (((2, 3), (4, 3), (1,)), mentions("b", "(4, 3)", "(1,)")),  # would broadcast
        (((2, 3), (4, 3), (2, 4)), mentions("b", "(2, 4)")),
        (((2, 3, 1, 1), (4, 3), None), mentions("x", "(2, 3, 1, 1)")),
        (((2, 0), (4, 0), None), mentions("x", "(2, 0)")),
    ],
)
def test_shapes_that_do_not_fit(shapes, message):
    x, w, b = (None if shape is None else np.ones(shape) for shape in shapes)
    with pytest.raises(ValueError, match=message):
        ops.linear_forward(x, w, b)
