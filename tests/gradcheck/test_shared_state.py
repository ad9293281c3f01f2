"""Two calls of one pair in one network: nothing of the first may reach the second but through its cache."""

import numpy as np
import pytest
from gradcheck.pairs import normal

from senumpy import layers
from senumpy.gradcheck import check, check_layer

INPUTS = {"x": normal(3, 4)}


def last_x_in_a_global():
    seen = {}

    def forward(x):
        seen["x"] = x
        return x**2, None

    return forward, lambda dout, cache: 2 * dout * seen["x"]


def cache_in_a_buffer():
    buffer = np.zeros((3, 4))

    def forward(x):
        if np.iscomplexobj(x):
            return x**2, x
        buffer[...] = x
        return x**2, buffer

    return forward, lambda dout, x: 2 * dout * x


def part_of_the_cache_in_a_buffer():
    mask = np.zeros((3, 4), bool)

    def forward(x):
        np.greater(x.real, 0, out=mask)
        return np.where(mask, x**3, 0), {"x": x, "more": [mask]}

    return forward, lambda dout, cache: 3 * dout * cache["x"] ** 2 * cache["more"][0]


def memo_by_dout():
    memo = {}

    def backward(dout, x):
        key = dout.tobytes()
        if key not in memo:
            memo[key] = 2 * dout * x
        return memo[key].copy()

    return lambda x: (x**2, x), backward


def memo_by_the_sum_of_dout():
    memo = {}

    def backward(dout, x):
        return memo.setdefault(float(dout.sum()), 2 * x) * dout

    return lambda x: (x**2, x), backward


def gradient_in_a_buffer():
    buffer = np.zeros((3, 4))

    def backward(dout, x):
        np.multiply(2 * dout, x, out=buffer)
        return buffer

    return lambda x: (x**2, x), backward


def output_in_a_buffer():
    buffer = np.zeros((3, 4))

    def forward(x):
        if np.iscomplexobj(x):
            return x**2, x
        np.multiply(x, x, out=buffer)
        return buffer, x

    return forward, lambda dout, x: 2 * dout * x


def cache_in_an_object():
    class Saved:
        x = None

    saved = Saved()

    def forward(x):
        saved.x = x
        return x**2, saved

    return forward, lambda dout, cache: 2 * dout * cache.x


def stack_of_caches():
    """Right for forward, forward, backward, backward in mirrored order, and for no other."""
    stack = []

    def forward(x):
        stack.append(x)
        return x**2, None

    return forward, lambda dout, cache: 2 * dout * stack[-1]


WRONG = [
    last_x_in_a_global,
    cache_in_a_buffer,
    part_of_the_cache_in_a_buffer,
    memo_by_dout,
    memo_by_the_sum_of_dout,
    gradient_in_a_buffer,
    output_in_a_buffer,
    cache_in_an_object,
    stack_of_caches,
]


@pytest.mark.parametrize("method", ["auto", "central"])
@pytest.mark.parametrize("make", WRONG)
def test_what_calls_share_is_noticed(make, method):
    report = check(*make(), INPUTS, method=method)
    assert report.status == "FAIL", report
    assert report.failures and not report.hints, report


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (last_x_in_a_global, "what it needs belongs in the cache"),
        (cache_in_a_buffer, "overwrites the cache of the first"),
        (memo_by_dout, "does it remember answers by dout alone?"),
        (gradient_in_a_buffer, "overwrites what the first returned for x"),
        (output_in_a_buffer, "overwrites the output of the first"),
    ],
)
def test_the_sentence_names_what_is_shared(make, words):
    assert words in str(check(*make(), INPUTS))


def memo_by_dout_and_cache():
    memo = {}

    def backward(dout, x):
        return memo.setdefault((dout.tobytes(), x.tobytes()), 2 * dout * x).copy()

    return lambda x: (x**2, x), backward


def constant_worked_out_once():
    table = {}

    def forward(x):
        table.setdefault("weights", np.arange(4.0))
        return x * table["weights"], None

    return forward, lambda dout, cache: dout * table["weights"]


def counter_of_calls():
    calls = []
    return lambda x: (calls.append(1), (x**2, x))[1], lambda dout, x: (calls.append(1), 2 * dout * x)[1]


@pytest.mark.parametrize("make", [memo_by_dout_and_cache, constant_worked_out_once, counter_of_calls])
def test_memory_that_disturbs_nobody_is_fine(make):
    assert check(*make(), INPUTS).status == "PASS"


class Remembering:
    """A pair that lives in one object and remembers its last forward, as a layer does."""

    def forward(self, x):
        self.x = x
        return x**2, None

    def backward(self, dout, cache):
        return 2 * dout * self.x


def test_an_object_may_remember_its_last_forward_but_must_not_take_back_what_it_gave():
    pair = Remembering()
    assert check(pair.forward, pair.backward, INPUTS).status == "PASS"

    class Reusing(Remembering):
        buffer = np.zeros((3, 4))

        def backward(self, dout, cache):
            self.buffer[...] = 2 * dout * self.x
            return self.buffer

    pair = Reusing()
    assert "overwrites what the first returned" in check(pair.forward, pair.backward, INPUTS).failures[0]


def test_a_layer_that_reuses_its_output_fails():
    class Square(layers.Layer):
        def forward(self, x):
            self.forget()
            self.cache = x
            if np.iscomplexobj(x):
                return x**2
            if getattr(self, "buffer", None) is None or self.buffer.dtype != x.dtype:
                self.buffer = np.zeros(x.shape, x.dtype)
            return np.multiply(x, x, out=self.buffer)

        def backward(self, dout):
            return 2 * dout * self.require_cache()

    report = check_layer(Square(), INPUTS["x"])
    assert report.status == "FAIL" and "overwrites the output" in report.failures[0], report


def test_shared_memory_is_named_and_does_not_fail():
    report = check(lambda x: (x.reshape(12), x.shape), lambda dout, shape: dout.reshape(shape), INPUTS)
    assert report.status == "PASS"
    assert any("the output shares its memory with x" in warning for warning in report.warnings)
    assert any("dx shares its memory with dout" in warning for warning in report.warnings)
