"""What abs, norm and real hide from the complex step, and a small forgotten term: never a PASS that claims more."""

import numpy as np
import pytest
from gradcheck.pairs import normal

from senumpy.gradcheck import check

SIZES = [1e-8, 1e-7, 1e-6, 5e-6, 1e-5, 1e-4]


def regression(penalty, slope=None):
    """Mean squared error of a linear map with a penalty on its weights, whose slope backward may forget."""

    def forward(x, w, y):
        e = x @ w.T - y
        return np.mean(e * e) + penalty(w), (x, w, e)

    def backward(dout, cache):
        x, w, e = cache
        de = 2 * dout * e / e.size
        return de @ w, de.T @ x + (dout * slope(w) if slope else 0), -de

    return forward, backward


def data(seed):
    draw = np.random.default_rng(seed).standard_normal
    return {"x": draw((6, 4)), "w": draw((3, 4)), "y": draw((6, 3))}


PENALTIES = {
    "abs": (lambda w: np.abs(w).sum(), np.sign),
    "norm": (np.linalg.norm, lambda w: w / np.linalg.norm(w)),
    "rows' norms": (
        lambda w: np.linalg.norm(w, axis=1).sum(),
        lambda w: w / np.linalg.norm(w, axis=1, keepdims=True),
    ),
    "std": (np.std, lambda w: (w - w.mean()) / (w.size * w.std())),
    "real": (lambda w: np.sum(np.sin(np.real(w))), np.cos),
    "largest": (
        lambda w: np.max(np.abs(w)),
        lambda w: np.sign(w) * (np.arange(w.size) == np.abs(w).argmax()).reshape(w.shape),
    ),
}


def claims_too_much(report, name, off):
    """Whether the report lets a gradient pass that is off by so much, and prints a smaller tolerance."""
    return report.status == "PASS" and report.tensors[name].tolerance < off


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PENALTIES)
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_a_forgotten_penalty_never_passes_as_looked_at(seed, name, size):
    penalty, slope = PENALTIES[name]
    inputs = data(seed)
    forward, forgets = regression(lambda w: size * penalty(w))
    report = check(forward, forgets, inputs)
    truth = check(*regression(lambda w: size * penalty(w), lambda w: size * slope(w)), inputs)
    off = np.abs(size * slope(inputs["w"])).max() / np.abs(truth.tensors["w"].analytic).max()
    assert truth.status == "PASS", truth
    assert not claims_too_much(report, "w", off), report
    if off > 1e-6:
        assert report.status == "FAIL", report


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("hidden", ["real", "abs"])
def test_a_forgotten_real_part_never_passes_as_looked_at(hidden, size):
    part, slope = {"real": (lambda x: np.sin(np.real(x)), np.cos), "abs": (np.abs, np.sign)}[hidden]
    x = normal(3, 4)

    def forward(x):
        return x**3 + size * part(x), x

    off = size / np.abs(3 * x**2).max()
    assert not claims_too_much(check(forward, lambda d, x: 3 * d * x**2, {"x": x}), "x", off)
    assert check(forward, lambda d, x: d * (3 * x**2 + size * slope(x)), {"x": x}).status == "PASS"


@pytest.mark.parametrize("scale", [1e-8, 1e8])
def test_nor_at_another_scale_of_the_output(scale):
    forward, forgets = regression(lambda w: 1e-6 * np.abs(w).sum())

    def scaled(**inputs):
        out, cache = forward(**inputs)
        return scale * out, cache

    report = check(scaled, lambda d, cache: forgets(scale * d, cache), data(0))
    assert report.status != "PASS", report


def test_nor_where_only_one_entry_is_hidden():
    """One of 1200 entries goes through abs: the random directions must not lose it among the others."""
    x = normal(30, 40)

    def forward(x):
        return x**2 + np.where(np.arange(40) == 7, 1e-5 * np.abs(x[3, 7]), 0) * (np.arange(30) == 3)[:, None], x

    report = check(forward, lambda d, x: 2 * d * x, {"x": x}, max_entries=20)
    assert not claims_too_much(report, "x", 1e-5 / 8), report


def test_what_is_off_by_less_than_is_allowed_and_more_than_rounding_is_said():
    forward, forgets = regression(lambda w: 2e-8 * np.abs(w).sum())
    report = check(forward, forgets, data(0))
    assert report.status == "INCONCLUSIVE" and "forget a small term" in report.blind_spots[0]


def test_with_few_of_many_entries_the_report_says_what_was_looked_at():
    """By central differences one entry of 60,000 is hard to see: what the random directions see is printed."""
    x = normal(200, 300)

    def wrong(dout, x):
        dx = 2 * x * dout
        dx[11, 13] *= 1.01
        return dx

    report = check(lambda x: (x**2, x), wrong, {"x": x}, method="central", max_entries=20)
    seen = [note for note in report.notes if "of the 59980 entries that were not drawn" in note]
    off = 0.01 * abs((2 * x * check(lambda x: (x**2, x), wrong, {"x": x}, max_entries=1).tensors["x"].numeric)[11, 13])
    assert report.status == "FAIL" or seen, (report, off)
    assert check(lambda x: (x**2, x), wrong, {"x": x}, max_entries=20).status == "FAIL"
