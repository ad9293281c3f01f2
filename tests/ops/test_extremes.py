"""Every op of the table where numbers are large, zero or not numbers at all, and where an axis has one entry."""

import gradients
import numpy as np
import oracles
import pytest
from comparing import assert_close
from op_cases import CASES
from op_recipes import ARGUMENTS, OPS

KINK_AT_ZERO = {"relu", "global_max_pool", "max_pool2d"}  # and a SE block without biases: all its hidden units are at 0
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_op = pytest.mark.parametrize("op", OPS)
large = pytest.mark.parametrize("factor", [1000.0, -1000.0])


def first_array(case):
    """The name of the images, the rows or the logits: what a network hands on."""
    return ARGUMENTS[case.op][0]


def drawn(case, change, dtype=np.float64):
    """The arrays of a case, the first one changed."""
    arrays = case.make(np.random.default_rng(15), dtype)
    name = first_array(case)
    return {**arrays, name: change(arrays[name]).astype(dtype)}


def oracle(case, arrays):
    copies = {name: arrays[name].copy() if name in arrays else None for name in ARGUMENTS[case.op]}
    return getattr(oracles, case.op)(**copies, **case.options)


def values(case, arrays):
    return case.forward(**{name: array.copy() for name, array in arrays.items()})[0]


def assert_gradients(case, arrays):
    out, cache = case.forward(**arrays)
    dout = case.make_dout(np.random.default_rng(16), out)
    for name, gradient in case.gradients(dout, cache).items():
        expected = gradients.complex_step(lambda **arrays: case.forward(**arrays)[0], arrays, name, dout)
        assert_close(gradient, expected, 1e-12, f"d{name}")


@each_case
@large
def test_large_numbers_have_the_values_of_the_oracle_and_the_right_gradients(case, factor):
    """exp(1000) overflows: that would be a warning, and a RuntimeWarning is an error here."""
    arrays = drawn(case, lambda x: factor * x)
    assert_close(values(case, arrays), oracle(case, arrays), what=case.name)
    assert_gradients(case, arrays)


@each_case
@large
def test_large_numbers_in_float32_come_out_as_in_float64(case, factor):
    narrow = drawn(case, lambda x: factor * x, np.float32)
    wide = {name: array if name == "labels" else array.astype(float) for name, array in narrow.items()}
    assert_close(values(case, narrow), oracle(case, wide), 2e-5, case.name)
    out, cache = case.forward(**narrow)
    dout = case.make_dout(np.random.default_rng(17), out)
    _, wide_cache = case.forward(**wide)
    expected = case.gradients(dout.astype(float), wide_cache)
    for name, gradient in case.gradients(dout, cache).items():
        assert_close(gradient, expected[name], 1e-3, f"d{name}")  # where a gate is nearly open, 1 - s has few digits


@each_case
def test_zeros_have_the_values_of_the_oracle_and_the_right_gradients(case):
    arrays = drawn(case, np.zeros_like)
    assert_close(values(case, arrays), oracle(case, arrays), what=case.name)
    if case.op in KINK_AT_ZERO or (case.op in ("se", "se_variant") and "b1" not in arrays):
        out, cache = case.forward(**arrays)
        assert all(np.all(np.isfinite(g)) for g in case.gradients(np.ones_like(out), cache).values())
    else:
        assert_gradients(case, arrays)


@each_case
def test_nan_reaches_every_output_that_its_place_has_a_say_in(case):
    """Which outputs these are, a large number in the same place tells: those that it changes."""
    arrays = drawn(case, np.copy)
    before, cache = case.forward(**{name: array.copy() for name, array in arrays.items()})
    dout = case.make_dout(np.random.default_rng(19), before)
    for name, gradient in case.gradients(dout, cache).items():
        heard = 0
        for index in np.ndindex(*arrays[name].shape):
            changed = {name: array.copy() for name, array in arrays.items()}
            changed[name][index] = 1e6
            listens = values(case, changed) != before
            changed[name][index] = np.nan
            assert np.all(np.isnan(values(case, changed)[listens])), f"a NaN at {name}{list(index)} got lost"
            heard += listens.any()
        assert heard or not gradient.any(), f"{name} has a gradient, but no entry of it has a say in anything"


@each_op
def test_every_axis_is_of_one_entry_somewhere_in_the_table(op):
    shapes = [case.make(np.random.default_rng(18))[first_array(case)].shape for case in CASES if case.op == op]
    rank = max(map(len, shapes))
    for axis in range(rank):
        sizes = {shape[axis] for shape in shapes if len(shape) == rank}
        assert 1 in sizes and len(sizes) > 1, f"axis {axis} is always of size {sizes}: more cases in tests/op_cases.py"
