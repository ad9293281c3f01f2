"""What cannot be compared is named in words: several outputs, a dict, None, another order, an input never looked at."""

import numpy as np
import pytest
from gradcheck.pairs import LINEAR, SE, linear_backward, linear_forward, normal, se_backward, se_forward

from senumpy.gradcheck import check, numerical_gradient

X = {"x": normal(3, 4)}


def no_bias_forward(x, w, b):
    return x @ w.T if b is None else x @ w.T + b, (x, w)


BACKWARDS_WITHOUT_DB = {
    "two gradients": lambda dout, c: (dout @ c[1], dout.T @ c[0]),
    "None in its place": lambda dout, c: (dout @ c[1], dout.T @ c[0], None),
    "a wrong one in its place": lambda dout, c: (dout @ c[1], dout.T @ c[0], dout.sum()),
}


@pytest.mark.parametrize("name", BACKWARDS_WITHOUT_DB)
def test_a_bias_that_is_none_is_named_as_not_looked_at(name):
    report = check(no_bias_forward, BACKWARDS_WITHOUT_DB[name], {**LINEAR, "b": None})
    assert report.status == "PASS"
    assert any(note.startswith("b is None, so its gradient was not looked at") for note in report.notes), report
    assert not check(linear_forward, linear_backward, LINEAR).notes


def test_every_bias_that_is_none_is_named():
    from senumpy import ops

    report = check(ops.se_forward, ops.se_backward, {**SE, "b1": None, "b2": None})
    assert [note.split()[0] for note in report.notes] == ["b1", "b2"]


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (lambda x: ((x, x**2), x), "one array, please, got a tuple of 2"),
        (lambda x: ([x, x[:1]], x), "one array, please, got a list of 2"),
        (lambda x: ({"a": x, "b": x}, x), "one array, please, got a dict of 2"),
        (lambda x: (x, x**2, x), "got 3 things: one array, please, and one cache"),
        (lambda x: None, "got None: is the return missing?"),
        (lambda x: (None, x), "array of floating-point numbers, got NoneType"),
        (lambda x: x**2, r"must return a tuple \(out, cache\), got ndarray alone"),
        (lambda x: ({}, x), "one array, please, got a dict of 0"),
    ],
)
def test_what_is_not_one_output_is_refused_in_words(forward, words):
    with pytest.raises(ValueError, match=words):
        check(forward, lambda dout, x: dout, X)


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ({"x": 1, "w": 2, "b": 3}, r"a dict: return a tuple, please, in the order of the inputs \(x, w, b\)"),
        (None, "backward returned None: is the return missing"),
        ((1.0, 2.0), "must return 3 gradients"),
    ],
)
def test_what_is_not_a_tuple_of_gradients_is_named(returned, words):
    report = check(linear_forward, lambda dout, c: returned, LINEAR)
    assert report.status == "FAIL"
    assert len(report.failures) == 1
    with pytest.raises(AssertionError, match=words):
        report.raise_if_failed()


def test_a_list_of_rows_of_unequal_length_is_no_gradient():
    report = check(lambda x: (x**2, x), lambda dout, x: ([[1.0], [1.0, 2.0]],), X)
    assert report.status == "FAIL" and "no array of numbers" in str(report)


def test_a_swapped_order_is_named():
    def swapped(dout, cache):
        dx, dw, db = linear_backward(dout, cache)
        return 2 * dw, dx, db

    report = check(linear_forward, swapped, LINEAR)
    assert report.hints == [
        "by their shapes, their order is another: backward returns dw, dx, db where the inputs ask for dx, dw, db"
    ]


def test_a_swapped_order_of_equal_shapes_is_named():
    def swapped(dout, cache):
        a, b = cache
        return dout * a, dout * b

    report = check(lambda a, b: (a * b, (a, b)), swapped, {"a": normal(3, 4), "b": 1 + normal(3, 4) ** 2})
    assert report.hints == [
        "the numbers are right, their order is not: backward returns db, da where the inputs ask for da, db"
    ]


def test_a_circle_of_three_is_named():
    def turned(dout, cache):
        dx, dw1, db1, dw2, db2 = se_backward(dout, cache)
        return dx, dw1, dw2, db2, db1

    report = check(se_forward, turned, SE, max_entries=10)
    assert "the numbers are right, their order is not: backward returns dx, dw1, dw2, db2, db1" in report.hints[0]


@pytest.mark.parametrize(("k", "words"), [(1 + 1e-9, "1 + 1e-09 times"), (1 - 1e-8, "1 - 1e-08 times")])
def test_a_factor_that_is_nearly_one_is_not_called_one(k, words):
    (hint,) = check(lambda x: (x**3, x), lambda d, x: 3 * k * d * x**2, X).hints
    assert "1 times the truth" not in hint and ("digits" in hint or words in hint)


def test_a_small_penalty_that_is_forgotten_gets_a_true_hint():
    def forward(x):
        return np.sum(x**2) / 2 + 5e-9 * np.sum(x**4), x

    (hint,) = check(forward, lambda d, x: d * x, X).hints
    assert "small term" in hint and "1 times the truth" not in hint


@pytest.mark.parametrize("x", [None, "text", [[1.0], [1.0, 2.0]], np.ones(2, complex), np.array([None, 1.0])])
def test_only_real_numbers_can_be_differentiated_by(x):
    with pytest.raises(ValueError, match="x must be an array of real numbers"):
        numerical_gradient(lambda x: np.sum(x), x)


def test_masked_arrays_and_matrices_are_refused():
    matrix = np.ones((1, 2)).view(np.matrix)
    for x, words in ((np.ma.masked_less(np.ones(3), 0), "masked array"), (matrix, "numpy.matrix")):
        with pytest.raises(ValueError, match=words):
            numerical_gradient(lambda x: np.sum(x), x)
        with pytest.raises(ValueError, match=words):
            check(lambda x: (x * 1.0, x), lambda dout, x: dout, {"x": x})


@pytest.mark.parametrize("method", ["central", "five_point"])
@pytest.mark.parametrize("size", [1e8, -1e8, 1e12])
def test_large_numbers_take_steps_of_their_own_size(method, size):
    x = np.array([size, 1.0])
    gradient = numerical_gradient(lambda x: np.sum(x**2), x, method)
    np.testing.assert_allclose(gradient[0], 2 * size, rtol=1e-7)


@pytest.mark.parametrize("where", [0, 5, 11])
def test_a_gradient_that_should_be_zero_everywhere_and_is_not_at_one_entry_fails(where):
    def backward(dout, shape):
        dx = np.zeros(shape)
        dx.flat[where] = dout.flat[where]
        return dx

    for constant in (0, 1):  # beside zeros there is no rounding either
        report = check(lambda x, constant=constant: (x * 0 + constant, x.shape), backward, X)
        assert report.tensors["x"].status == "FAIL", report


def test_where_forward_gives_nan_the_report_says_that_nothing_is_known():
    def forward(x):
        with np.errstate(invalid="ignore"):
            return np.log(x), x

    report = check(forward, lambda dout, x: dout / x, {"x": np.array([0.5, -1.0, 2.0])}, method="central")
    assert report.status == "FAIL" and "forward gives NaN at 1 of 3 outputs" in report.failures[0]
    assert any("no real difference is finite at 3 of 3 entries" in spot for spot in report.blind_spots)


def test_a_missing_gradient_is_named_by_what_is_missing():
    report = check(lambda x: (x**2, x), lambda dout, x: (2 * dout * x).astype(int), X)
    assert report.tensors["x"].problem == "dx is int64, x is float64"
