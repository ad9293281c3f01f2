"""The block's variants: each differs from the textbook's in one step, and the defaults are the textbook's."""

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy import ops

LN3 = np.log(3.0)
X = np.array([[[[1.0, 3.0]], [[2.0, 6.0]]]])  # means (2, 4), maxima (3, 6)
W1 = np.array([[1.0, -0.25]])  # the hidden unit is 1 for the means, 1.5 for the maxima, 0.5 and 1.5 pixel by pixel
W2 = np.array([[LN3], [-LN3]])


def drawn(seed=0, shape=(3, 5, 4, 2), hidden=3, kernel=(), dtype=np.float64):
    rng, C = np.random.default_rng(seed), shape[1]
    shapes = shape, (hidden, C, *kernel), (hidden,), (C, hidden, *kernel), (C,)
    return [rng.standard_normal(s).astype(dtype) for s in shapes]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_the_defaults_are_the_textbooks_bit_for_bit(bias, dtype):
    x, w1, b1, w2, b2 = drawn(dtype=dtype)
    weights = (w1, b1, w2, b2) if bias else (w1, None, w2, None)
    out, cache = ops.se_variant_forward(x, *weights)
    textbook, textbooks_cache = ops.se_forward(x, *weights)
    assert out.tobytes() == textbook.tobytes()
    dout = np.random.default_rng(1).standard_normal(x.shape).astype(dtype)
    for mine, theirs in zip(ops.se_variant_backward(dout, cache), ops.se_backward(dout, textbooks_cache), strict=True):
        assert (mine is None and theirs is None) or mine.tobytes() == theirs.tobytes()


@pytest.mark.parametrize(
    "words, first, second",
    [
        ({}, 0.75, 0.25),
        ({"squeeze": "max"}, 3**1.5 / (1 + 3**1.5), 1 / (1 + 3**1.5)),
        ({"gate": "tanh"}, 0.8, -0.8),  # (9 - 1) / (9 + 1)
        ({"gate": "relu"}, LN3, 0.0),
        ({"gate": "hard_sigmoid"}, 0.5 + LN3 / 6, 0.5 - LN3 / 6),
        ({"gate": "hard_sigmoid", "slope": 0.2}, 0.5 + LN3 / 5, 0.5 - LN3 / 5),
    ],
)
def test_gates_on_paper(words, first, second):
    s = [[first, second]]
    product, _ = ops.se_variant_forward(X, W1, None, W2, None, **words)
    assert_close(product, X * np.reshape(s, (1, 2, 1, 1)), 1e-15)
    total, _ = ops.se_variant_forward(X, W1, None, W2, None, **words, combine="sum")
    assert_close(total, X + np.reshape(s, (1, 2, 1, 1)), 1e-15)


def test_without_a_squeeze_every_pixel_decides_by_itself():
    """The first pixel's hidden unit is 1 - 2 / 4 = 1/2, the second's 3 - 6 / 4 = 3/2."""
    out, _ = ops.se_variant_forward(X, W1[:, :, None, None], None, W2[:, :, None, None], None, squeeze="none")
    powers = 3.0 ** np.array([0.5, 1.5])
    assert_close(out / X, [[[powers / (1 + powers)], [1 / (1 + powers)]]], 1e-15)


def test_without_a_squeeze_a_pixel_does_not_see_its_neighbours():
    x, *weights = drawn(kernel=(1, 1))
    whole, _ = ops.se_variant_forward(x, *weights, squeeze="none")
    part, _ = ops.se_variant_forward(x[:, :, 1:3, 1:], *weights, squeeze="none")
    assert_close(part, whole[:, :, 1:3, 1:])


def test_the_gates_path_reaches_the_winner_alone_where_the_squeeze_is_a_maximum():
    x, *weights = drawn(seed=2)
    _, cache = ops.se_variant_forward(x, *weights, squeeze="max", combine="sum")
    dout = np.random.default_rng(3).standard_normal(x.shape)
    through_the_gate = ops.se_variant_backward(dout, cache)[0] - dout
    moved = np.abs(through_the_gate).reshape(3, 5, -1) > 1e-12
    assert moved.any() and (moved.sum(axis=2) <= 1).all()
    assert (x.reshape(3, 5, -1).argmax(axis=2) == moved.argmax(axis=2))[moved.any(axis=2)].all()


def test_fixed_gates_are_the_block_whose_weights_are_zero():
    x, w1, b1, w2, b2 = drawn(seed=4)
    for words in ({}, {"gate": "tanh"}, {"combine": "sum"}, {"gate": "hard_sigmoid"}):
        out, cache = ops.fixed_gates_forward(x, b2, **words)
        whole, whole_cache = ops.se_variant_forward(x, 0 * w1, b1, 0 * w2, b2, **words)
        assert_close(out, whole, 1e-15)
        dout = np.random.default_rng(5).standard_normal(x.shape)
        dx, db = ops.fixed_gates_backward(dout, cache)
        dx_whole, *_, db2 = ops.se_variant_backward(dout, whole_cache)
        assert_close(dx, dx_whole, 1e-15)
        assert_close(db, db2)


def test_the_last_entry_of_a_cache_begins_with_x_and_the_gates():
    """What looks at a block from outside finds both there, whatever the variant."""
    x, w1, b1, w2, b2 = drawn()
    for pair in (
        ops.se_forward(x, w1, b1, w2, b2),
        ops.se_variant_forward(x, w1, b1, w2, b2, gate="tanh"),
        ops.fixed_gates_forward(x, b2, combine="sum"),
    ):
        *_, (its_x, s, *_) = pair[1]
        assert its_x is x and s.shape == (3, 5)


@pytest.mark.parametrize(
    "words, parts",
    [
        ({"squeeze": "mean"}, ("squeeze must be one of 'avg', 'max', 'none'", "'mean'")),
        ({"squeeze": None}, ("squeeze", "None")),
        ({"squeeze": ["avg"]}, ("squeeze", "['avg']")),
        ({"gate": "softmax"}, ("gate must be one of", "'hard_sigmoid'", "'softmax'")),
        ({"gate": "tanh", "slope": 0.2}, ("slope", "hard sigmoid", "'tanh'")),
        ({"gate": "hard_sigmoid", "slope": -1}, ("slope must be a number above 0", "-1")),
        ({"combine": "mean"}, ('combine must be "product" or "sum"', "'mean'")),
        ({"squeeze": "none"}, ("w1 must have shape", "(C // r, 5, 1, 1)", "(3, 5)", "squeeze='none'")),
    ],
)
def test_words_that_choose_nothing_are_refused(words, parts):
    with pytest.raises(ValueError, match=mentions(*parts)):
        ops.se_variant_forward(*drawn(), **words)


def test_kernels_need_the_word_that_there_is_no_squeeze():
    with pytest.raises(ValueError, match=mentions("w1 must have shape (C // r, 5)", "(3, 5, 1, 1)")):
        ops.se_variant_forward(*drawn(kernel=(1, 1)))
    with pytest.raises(ValueError, match=mentions("w1 must have shape (C // r, 5, 1, 1)", "(3, 5, 3, 3)")):
        ops.se_variant_forward(*drawn(kernel=(3, 3)), squeeze="none")


def test_gates_that_do_not_fit_are_refused():
    x = np.ones((2, 3, 4, 5))
    for s in (np.ones((4, 5)), np.ones((2, 3, 1, 1)), np.ones((3,)), np.ones((2, 3, 5, 4))):
        for combine in ("product", "sum"):
            with pytest.raises(ValueError, match=mentions("s must have shape", s.shape)):
                ops.apply_gates_forward(x, s, combine=combine)
    with pytest.raises(ValueError, match=mentions("b must have shape (3,)", "(2,)")):
        ops.fixed_gates_forward(x, np.ones(2))
