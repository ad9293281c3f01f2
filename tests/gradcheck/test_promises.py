"""What a backward owes besides the right numbers, and what it may hand back."""

import numpy as np
import pytest
from gradcheck.pairs import LINEAR, linear_backward, linear_forward, normal

from senumpy.gradcheck import check

SQUARE = {"x": normal(3, 4)}


def square(x):
    return x * x, x.copy()


def failures(forward, backward, inputs=SQUARE):
    report = check(forward, backward, inputs)
    assert report.status == "FAIL"
    return " | ".join(report.failures + [tensor.words for tensor in report.tensors.values()])


def test_changing_the_cache():
    def backward(dout, cache):
        cache *= 2
        return dout * cache

    assert "changed its cache" in failures(square, backward)


def test_changing_the_cache_deep_inside():
    def backward(dout, cache):
        cache[0]["x"][1] += 1e-9
        return 2 * dout * cache[0]["x"]

    assert "changed its cache" in failures(lambda x: (x * x, [{"x": x.copy()}]), backward)


def test_changing_dout():
    def backward(dout, x):
        dout *= 2 * x
        return dout

    assert "changed dout" in failures(square, backward)
    report = check(square, backward, SQUARE)  # the numbers are right: the numerical side has a dout of its own
    assert report.tensors["x"].status == "PASS" and not report.hints


def test_changing_an_input_in_forward():
    def forward(x):
        x += 1
        return x * x, x.copy()

    assert "forward changed its input x" in failures(forward, lambda dout, x: 2 * dout * x)


def test_changing_an_input_in_backward():
    def backward(dout, x):
        dx = 2 * dout * x
        x *= 0.5
        return dx

    assert "backward changed its input x" in failures(lambda x: (x * x, x), backward)


def test_changing_the_output():
    def forward(x):
        out = np.exp(x)
        return out, lambda: out

    def backward(dout, get):
        dx = dout * get()
        get()[0] = 0
        return dx

    assert "changed the output" in failures(forward, backward)


def test_the_callers_arrays_are_never_touched():
    x = normal(3, 4)
    before = x.copy()

    def forward(x):
        x += 1
        return x * x, x

    check(forward, lambda dout, x: 2 * dout * x, {"x": x})
    assert np.array_equal(x, before)


def test_another_answer_the_second_time():
    calls = []

    def backward(dout, x):
        calls.append(1)
        return 2 * dout * x + 1e-15 * len(calls)

    assert "two answers" in failures(square, backward)


def test_raising_the_second_time():
    def forward(x):
        return x * x, [x]

    assert "second time raised IndexError" in failures(forward, lambda dout, cache: 2 * dout * cache.pop())


def test_not_zero_for_zero():
    assert "backward(0) is not 0" in failures(square, lambda dout, x: 2 * dout * x + 1e-14)


def test_not_linear():
    assert "backward(2 dout) is not exactly" in failures(square, lambda dout, x: 2 * x * np.clip(dout, -1, 1))


def test_clipped_far_away():
    assert "backward(2^30 dout) is not exactly" in failures(square, lambda dout, x: np.clip(2 * dout * x, -1e6, 1e6))


def test_another_output_the_second_time():
    noise = np.random.default_rng(0)

    def forward(x):
        kept = noise.random(x.shape) < 0.5
        return x * kept, kept

    assert "forward gives two answers" in failures(forward, lambda dout, kept: dout * kept)


def test_a_seeded_mask_is_fine():
    def forward(x):
        kept = np.random.default_rng(0).random(x.shape) < 0.5
        return x * kept, kept

    assert check(forward, lambda dout, kept: dout * kept, SQUARE).status == "PASS"


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda d, c: None, "returned None for x"),
        (lambda d, c: (2 * d * c, None), "must return 1 gradient (x), it returned 2"),
        (lambda d, c: (2 * d * c)[0], "dx has shape (4,), x has (3, 4)"),
        (lambda d, c: (2 * d * c).T, "dx has shape (4, 3), x has (3, 4)"),
        (lambda d, c: (2 * d * c).astype(np.float32), "dx is float32, x is float64"),
        (lambda d, c: (2 * d * c).astype(complex), "dx is complex128, x is float64"),
        (lambda d, c: np.where(c > 0, np.nan, 2 * d * c), "NaN or infinity at"),
        (lambda d, c: np.full(c.shape, np.inf), "NaN or infinity at 12 of 12"),
    ],
)
def test_gradients_that_cannot_be_compared(backward, words):
    assert words in failures(square, backward)


def test_a_missing_gradient_among_several():
    report = check(linear_forward, lambda d, c: (*linear_backward(d, c)[:2], None), LINEAR)
    assert [tensor.status for tensor in report.tensors.values()] == ["PASS", "PASS", "FAIL"]
    assert report.tensors["b"].analytic is None


def test_too_few_gradients():
    assert "must return 3 gradients (x, w, b), it returned 2" in failures(
        linear_forward, lambda d, c: linear_backward(d, c)[:2], LINEAR
    )


def test_dtypes_are_judged_on_the_originals_and_values_in_float64():
    inputs = {"x": SQUARE["x"].astype(np.float32)}
    report = check(square, lambda dout, x: 2 * dout * x, inputs)
    assert report.status == "PASS"
    assert report.tensors["x"].error < 1e-14
    assert "dx is float64, x is float32" in failures(square, lambda d, x: 2 * d.astype(float) * x, inputs)


def test_an_output_of_another_dtype_is_worth_a_warning():
    report = check(lambda x: (x.astype(float) ** 2, x), lambda d, x: (2 * d * x).astype(x.dtype),
                   {"x": SQUARE["x"].astype(np.float32)})  # fmt: skip
    assert report.status == "PASS"
    assert "forward turns float32 into float64" in report.warnings


def list_of(dx):
    return [dx]


def test_pass_through_inputs_may_have_a_place_among_the_gradients_or_none():
    def forward(x, flag, b, power):
        return x**power, (x, power)

    inputs = {"x": SQUARE["x"], "flag": True, "b": None, "power": 3}
    for places in (lambda dx: dx, lambda dx: (dx,), lambda dx: (dx, None), lambda dx: (dx, None, None, None), list_of):
        report = check(forward, lambda d, c, places=places: places(3 * d * c[0] ** 2), inputs)
        assert report.status == "PASS"
        assert list(report.tensors) == ["x"]


def test_a_pair_that_remembers_its_last_forward_can_be_checked():
    class Square:
        def forward(self, x):
            self.x = x
            return x * x, None

        def backward(self, dout, cache):
            return 2 * dout * self.x

    layer = Square()
    assert check(layer.forward, layer.backward, SQUARE).status == "PASS"


def test_integers_that_were_passed_on_unchecked_are_named():
    report = check(lambda x, k: (x * k, k), lambda dout, k: dout * k, {"x": np.ones(3), "k": np.arange(3)})
    assert report.status == "PASS" and any("k holds int64" in note for note in report.notes)
    assert not check(lambda x: (x, None), lambda dout, _: dout, {"x": np.ones(3)}).notes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check(square, square, {}), "nothing to check"),
        (lambda: check(square, square, [np.ones(3)]), "dict of arrays by name.*list"),
        (lambda: check(square, square, {"x": np.arange(3)}), "nothing to check"),
        (lambda: check(square, square, {"x": np.zeros(3, complex)}), "real floating-point"),
        (lambda: check(square, square, {"x": np.zeros((0, 3))}), "real floating-point"),
        (lambda: check(square, square, {"x": object()}), "closure"),
        (lambda: check(lambda x: x, square, SQUARE), r"\(out, cache\)"),
        (lambda: check(lambda x: (x > 0, x), square, SQUARE), "floating-point"),
        (lambda: check(square, square, SQUARE, method="exact"), "must be one of auto"),
        (lambda: check(square, square, SQUARE, dtype="float16"), "float32"),
        (lambda: check(square, square, SQUARE, max_entries=0), "at least 1"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_backward_that_changes_what_forward_computes_is_noticed():
    state = {"factor": 1.0}

    def forward(x):
        return state["factor"] * x, state["factor"]

    def backward(dout, factor):
        state["factor"] = 2.0
        return factor * dout

    report = check(forward, backward, {"x": np.random.default_rng(0).standard_normal((2, 3))})
    assert report.status == "FAIL" and "backward changed what forward computes" in " ".join(report.failures)
