"""The numerical derivatives, against derivatives known in closed form."""

import numpy as np
import pytest

from senumpy.gradcheck import directional_derivative, numerical_gradient
from senumpy.gradcheck.differences import _steps
from senumpy.gradcheck.numerical import length

X = np.random.default_rng(0).uniform(0.5, 2.0, (3, 4))
KNOWN = {
    "sum of squares": (lambda x: np.sum(x * x), lambda x: 2 * x),
    "exponential": (lambda x: np.sum(np.exp(x)), np.exp),
    "sine": (lambda x: np.sum(np.sin(3 * x)), lambda x: 3 * np.cos(3 * x)),
    "product": (np.prod, lambda x: np.prod(x) / x),
    "reciprocal": (lambda x: np.sum(1 / x), lambda x: -1 / x**2),
    "constant": (lambda x: 7.0 + 0 * x[0, 0], np.zeros_like),
}
ACCURACY = {"forward": 1e-6, "central": 1e-8, "five_point": 1e-10, "complex_step": 1e-14}


@pytest.mark.parametrize("method", ACCURACY)
@pytest.mark.parametrize("name", KNOWN)
def test_closed_forms(name, method):
    f, derivative = KNOWN[name]
    expected = derivative(X)
    error = np.abs(numerical_gradient(f, X, method) - expected).max() / max(1.0, np.abs(expected).max())
    assert error < ACCURACY[method]


def test_accuracy_improves_from_method_to_method():
    f, derivative = KNOWN["sine"]
    errors = [np.abs(numerical_gradient(f, X, method) - derivative(X)).max() for method in ACCURACY]
    assert all(worse > 5 * better for worse, better in zip(errors, errors[1:], strict=False))


def test_complex_step_does_not_care_how_small_the_step_is():
    f, derivative = KNOWN["exponential"]
    for h in (1e-8, 1e-30, 1e-200, 1e-300):
        np.testing.assert_allclose(numerical_gradient(f, X, "complex_step", h), derivative(X), rtol=1e-14)


def test_given_step_is_the_step_taken():
    assert numerical_gradient(lambda x: x[0] ** 2, np.array([3.0]), "forward", 0.5)[0] == 6.5


def test_large_entries_take_larger_steps():
    x = np.array([1e8, 1.0])
    np.testing.assert_allclose(numerical_gradient(lambda x: x * x, x, dout=np.ones(2)), 2 * x, rtol=1e-8)


def test_weighted_outputs_and_chosen_entries():
    dout = np.array([2.0, -1.0, 0.5])
    gradient = numerical_gradient(lambda x: x**3, np.array([1.0, 2.0, 3.0]), dout=dout, entries=[0, 2])
    np.testing.assert_allclose(gradient[[0, 2]], [6.0, 13.5], rtol=1e-8)
    assert np.isnan(gradient[1])


def test_float32_is_differentiated_in_float64():
    gradient = numerical_gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0], np.float32))
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, [3.0, 12.0], rtol=1e-8)


def test_numbers_have_derivatives_too():
    assert numerical_gradient(lambda x: x**2, 3.0, "complex_step") == 6.0


def test_x_stays_as_it_is_even_if_f_changes_its_argument():
    def f(x):
        x *= 2
        return np.sum(x)

    x = np.ones(3)
    np.testing.assert_allclose(numerical_gradient(f, x), 2 * np.ones(3), rtol=1e-8)
    assert np.array_equal(x, np.ones(3))


def test_leaving_the_domain_gives_nan_without_a_warning():
    assert np.isnan(numerical_gradient(lambda x: np.sum(np.log(x)), np.array([0.0]))[0])


@pytest.mark.parametrize("method", ACCURACY)
def test_direction(method):
    u = np.random.default_rng(1).standard_normal(X.shape)
    h = {"forward": 1e-8, "central": 1e-5, "five_point": 1e-3, "complex_step": 1e-30}[method]
    assert directional_derivative(np.prod, X, u, method, h) == pytest.approx(np.sum(np.prod(X) / X * u), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(method="centre"), "must be one of forward, central"),
        (dict(h=0.0), "above 0"),
        (dict(h=-1e-5), "above 0"),
        (dict(method="complex_step", h=float("nan")), "above 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        numerical_gradient(np.sum, X, **arguments)


def test_an_array_needs_weights():
    with pytest.raises(ValueError, match="must return one number"):
        numerical_gradient(lambda x: x, X)


@pytest.mark.parametrize("size", [1.0, 1e-200, 1e200])
def test_a_length_needs_no_squares_that_a_float_cannot_hold(size):
    assert length(size * np.array([[3.0], [-4.0]])) == pytest.approx(5 * size, rel=1e-15)
    assert length(np.zeros(3)) == length(np.zeros(0)) == 0 and length(np.array([1.0, -np.inf])) == np.inf


@pytest.mark.parametrize("size, steps", [(1e6, [1.0, 10.0]), (0.5, [1e-6, 1e-5]), (1e-4, [1e-6, 1e-5, 1e-7, 1e-9])])
def test_steps_have_the_size_of_the_numbers(size, steps):
    assert list(_steps(size * np.ones(3), (1e-6, 1e-5))) == pytest.approx(steps)
