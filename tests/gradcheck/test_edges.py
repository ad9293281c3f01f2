"""Right code near the edge of its domain, or coarser inside than outside: PASS, or INCONCLUSIVE for the true reason."""

import numpy as np
import pytest
from gradcheck.pairs import norm_forward, normal, softmax, softmax_backward

from senumpy.gradcheck import check

UNTRUE = ("on a kink or close beside it", "zero to rounding", "although it is right at this probe")
COMPLEX = ("take abs, var or std", "drops the imaginary part")  # untrue of code that takes complex numbers
ANALYTIC = ("sqrt", "log", "1 / x", "x log x", "arcsin", "x**1.5", "masked", "softmax", "square", "scale 1e")
SCORES = np.array([[0.3, -np.inf, 1.2, 0.7], [-0.4, 0.9, -np.inf, -np.inf], [2.0, 0.1, -1.0, 0.5]])


def with_entry(small, shape=(3, 4)):
    x = 0.5 + np.random.default_rng(0).random(shape)
    x[1, 2] = small
    return {"x": x}


def in_float32(x):
    return np.asarray(x, np.float32)


def norms_forward(x):
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return x / length, (x, length)


def norms_backward(dout, cache):
    x, length = cache
    return dout / length - x * np.sum(dout * x, 1, keepdims=True) / length**3


def masked_softmax_forward(x, mask):
    p = softmax(np.where(mask, x, -np.inf))
    return p, p


W = normal(4, 3)
ROWS = normal(3, 4)
TINY_ROW = np.concatenate([ROWS, 1e-9 * ROWS[:1]])

RIGHT = {
    **{
        f"sqrt at {s:.0e}": (lambda x: (np.sqrt(x), x), lambda d, x: d / (2 * np.sqrt(x)), with_entry(s))
        for s in (1e-4, 1e-8, 1e-12, 1e-14, 1e-20)
    },
    **{
        f"log at {s:.0e}": (lambda x: (np.log(x), x), lambda d, x: d / x, with_entry(s))
        for s in (1e-3, 1e-7, 1e-8, 1e-12)
    },
    **{
        f"1 / x at {s:.0e}": (lambda x: (1 / x, x), lambda d, x: -d / x**2, with_entry(s)) for s in (1e-3, 1e-7)
    },
    "x log x at 1e-9": (lambda x: (x * np.log(x), x), lambda d, x: d * (np.log(x) + 1), with_entry(1e-9)),
    "arcsin near 1": (
        lambda x: (np.arcsin(x), x),
        lambda d, x: d / np.sqrt((1 - x) * (1 + x)),
        {"x": np.array([0.3, 1 - 1e-8, -0.2, 0.7])},
    ),
    "log1p near -1": (lambda x: (np.log1p(x), x), lambda d, x: d / (1 + x), {"x": np.array([0.3, -1 + 1e-8, 2.0])}),
    "x**1.5 at 1e-10": (lambda x: (x**1.5, x), lambda d, x: 1.5 * d * np.sqrt(x), with_entry(1e-10)),
    "masked softmax": (masked_softmax_forward, softmax_backward, {"x": normal(3, 4), "mask": normal(3, 4) > -0.5}),
    "softmax of scores of -inf": (lambda x: (softmax(x),) * 2, softmax_backward, {"x": SCORES}),
    "float32 inside": (
        lambda x: (in_float32(x) @ W, x),
        lambda d, x: (d @ W.T).astype(x.dtype),
        {"x": normal(3, 4)},
    ),
    "float32 inside, squared": (
        lambda x: (np.asarray(in_float32(x) ** 2, float), x),
        lambda d, x: (2 * d * x).astype(x.dtype),
        {"x": normal(3, 4)},
    ),
    "float16 inside": (
        lambda x: (np.asarray(np.asarray(x, np.float16) * 3, float), x),
        lambda d, x: 3 * d,
        {"x": normal(3, 4)},
    ),
    "abs + 1e12": (lambda x: (np.abs(x) + 1e12, x), lambda d, x: d * np.sign(x), {"x": normal(3, 4)}),
    "abs + 1e15": (lambda x: (np.abs(x) + 1e15, x), lambda d, x: d * np.sign(x), {"x": normal(3, 4)}),
    "abs + 1e15, one number": (lambda x: (np.abs(x) + 1e15, x), lambda d, x: d * np.sign(x), {"x": np.array([0.3])}),
    "abs + 1e9": (lambda x: (np.abs(x) + 1e9, x), lambda d, x: d * np.sign(x), {"x": normal(3, 4)}),
    "square + 1e12": (lambda x: (x**2 + 1e12, x), lambda d, x: 2 * d * x, {"x": normal(3, 4)}),
    "square + 1e12 - 1e12": (lambda x: (x**2 + 1e12 - 1e12, x), lambda d, x: 2 * d * x, {"x": normal(3, 4)}),
    "abs at 1e-8": (lambda x: (np.abs(x), x), lambda d, x: d * np.sign(x), with_entry(1e-8)),
    "abs of numbers of 1e-8": (lambda x: (np.abs(x), x), lambda d, x: d * np.sign(x), {"x": 1e-8 * normal(3, 4)}),
    "abs squared at 1e-8": (lambda x: (np.abs(x) ** 2, x), lambda d, x: 2 * d * x, {"x": 1e-8 * normal(3, 4)}),
    "norm of 1e-9": (norm_forward, lambda d, c: d * c[0] / c[1], {"x": 1e-9 * normal(3, 4)}),
    "rows over their norms": (norms_forward, norms_backward, {"x": ROWS}),
    "one row of 1e-9 over its norm": (norms_forward, norms_backward, {"x": TINY_ROW}),
    "norm of a row of 1e-9": (
        lambda x: (np.linalg.norm(x, axis=1), x),
        lambda d, x: d[:, None] * x / np.linalg.norm(x, axis=1, keepdims=True),
        {"x": TINY_ROW},
    ),
    "numbers of 1e-200": (lambda x: (np.abs(x), x), lambda d, x: d * np.sign(x), {"x": 1e-200 * normal(3, 4)}),
    "scale 1e-200": (lambda x: (1e-200 * x**3, x), lambda d, x: 3e-200 * d * x**2, {"x": normal(3, 4)}),
    "scale 1e-200 with abs": (lambda x: (1e-200 * np.abs(x), x), lambda d, x: 1e-200 * d * np.sign(x), {"x": ROWS}),
    "scale 1e150": (lambda x: (1e150 * np.tanh(x), x), lambda d, x: 1e150 * d / np.cosh(x) ** 2, {"x": ROWS}),
}
PASSES = {
    *(name for name in RIGHT if name.startswith("sqrt")),
    *("x log x at 1e-9", "masked softmax", "softmax of scores of -inf", "abs at 1e-8", "abs of numbers of 1e-8"),
    *("abs squared at 1e-8", "norm of 1e-9", "rows over their norms", "scale 1e-200", "scale 1e-200 with abs"),
    *("scale 1e150", "numbers of 1e-200"),
}


@pytest.mark.parametrize("method", ["auto", "central"])
@pytest.mark.parametrize("name", RIGHT)
def test_right_code_does_not_fail_and_hears_nothing_untrue(name, method):
    report = check(*RIGHT[name], method=method)
    assert report.status != "FAIL", report
    untrue = UNTRUE + COMPLEX * (name.startswith(ANALYTIC) and "abs" not in name)
    assert not [words for words in untrue if words in str(report)], report
    if name in PASSES and method == "auto":
        assert report.status == "PASS", report


@pytest.mark.parametrize("factor", [0.99, -1.0])
@pytest.mark.parametrize("name", RIGHT)
def test_the_same_places_forgive_nothing(name, factor):
    forward, backward, inputs = RIGHT[name]
    report = check(forward, lambda d, c: (factor * backward(d, c)).astype(d.dtype), inputs)
    assert report.status != "PASS", report
    if not name.startswith(("abs + 1e15", "abs + 1e12", "square + 1e12", "float16 inside")):  # drowned
        assert report.status == "FAIL", report


def test_where_float32_inside_is_the_reason_the_report_says_so():
    report = check(*RIGHT["float32 inside"])
    assert report.status == "INCONCLUSIVE"
    assert any("does forward compute in float32" in words for words in report.blind_spots)


def test_the_complex_step_of_a_drowned_difference_is_not_believed():
    """abs + 1e12: the complex step sees nothing, and real differences nothing either."""
    report = check(*RIGHT["abs + 1e12"])
    assert report.status == "INCONCLUSIVE", report
    assert not any(tensor.status == "PASS" and tensor.tolerance < 1e-6 for tensor in report.tensors.values())



MORE = {
    "1 / x at 1e-150": (lambda x: (1 / x, x), lambda d, x: -d / x**2, {"x": 1e-150 * (1 + normal(3, 4) ** 2)}, "PASS"),
    "log at 1e-300": (lambda x: (np.log(x), x), lambda d, x: d / x, with_entry(1e-300), "INCONCLUSIVE"),
    "exp at 700": (lambda x: (np.exp(x), x), lambda d, x: d * np.exp(x), {"x": np.array([700, 1, -700.0, 3])}, "PASS"),
    "numbers of 1e16 that add up to little": (
        lambda x: (x.sum(), x.shape),
        lambda d, shape: d * np.ones(shape),
        {"x": np.concatenate([1e16 * ROWS, -1e16 * ROWS + normal(3, 4)])},
        "PASS",
    ),
    "nothing but rounding": (
        lambda x: (softmax(x).sum(1), softmax(x)),
        lambda d, p: softmax_backward(d[:, None] * np.ones_like(p), p),
        {"x": normal(4, 6)},
        "INCONCLUSIVE",
    ),
    "abs of 1e-14 beside 1": (lambda x: (np.abs(x), x), lambda d, x: d * np.sign(x), with_entry(1e-14), "PASS"),
    "relu of 1e-13 beside 1": (
        lambda x: (np.where(x.real > 0, x, 0), x),
        lambda d, x: d * (x > 0),
        {"x": np.where(np.arange(12) == 4, 1e-13, normal(12))},
        "PASS",
    ),
    "a backward with nine digits": (
        lambda x: (np.vectorize(np.cosh, otypes=[float])(x), x),
        lambda d, x: d * (np.cosh(x + 1e-5) - np.cosh(x - 1e-5)) / 2e-5,
        {"x": normal(3, 4)},
        "PASS",
    ),
    "additive mask of -inf": (
        lambda x: (softmax(x @ W + np.array([0, 0, -np.inf])),) * 2,
        lambda d, p: softmax_backward(d, p) @ W.T,
        {"x": normal(5, 4)},
        "PASS",
    ),
}


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")  # what a user sees, too
@pytest.mark.parametrize("name", MORE)
def test_more_right_code_at_the_edges(name):
    *pair, status = MORE[name]
    report = check(*pair)
    assert report.status == status, report
    for method in ("central", "five_point"):
        assert check(*pair, method=method).status != "FAIL"
