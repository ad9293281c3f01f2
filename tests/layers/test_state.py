"""Weights by name: all of them or none are loaded, into the arrays that are there."""

import numpy as np
import pytest
from comparing import mentions

from senumpy.layers import BatchNorm2d, Conv2d, Linear, Sequential


def new_net(seed=0, dtype=np.float32):
    options = {"rng": np.random.default_rng(seed), "dtype": dtype}
    return Sequential(Conv2d(2, 3, 3, **options), BatchNorm2d(3, dtype=dtype), fc=Linear(3, 2, **options))


def assert_same(state, other):
    assert list(state) == list(other)
    for name, array in state.items():
        np.testing.assert_array_equal(other[name], array, err_msg=name)


def without(state, *names):
    return {name: array for name, array in state.items() if name not in names}


def test_a_state_holds_copies_of_parameters_and_buffers():
    net = new_net()
    state = net.state_dict()
    assert set(state) == {
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "fc.weight", "fc.bias"
    }  # fmt: skip
    before = {name: array.copy() for name, array in state.items()}
    for array in state.values():
        array += 1
    assert_same(before, net.state_dict())


def test_loading_fills_the_arrays_that_are_there():
    """An optimizer, and whoever else holds a parameter, sees the new values."""
    source, net = new_net(seed=1), new_net(seed=2)
    source.buffers["1.running_var"][...] = 3.0
    held = {**net.params, **net.buffers}
    net.load_state_dict(source.state_dict())
    assert_same(source.state_dict(), net.state_dict())
    for name, array in {**net.params, **net.buffers}.items():
        assert array is held[name], name
    given = source.state_dict()
    net.load_state_dict(given)
    net.params["fc.bias"][...] = 7.0
    assert not given["fc.bias"].any(), "loaded arrays are copied, not adopted"


def test_loading_converts_to_the_dtype_of_the_layer():
    net = new_net()
    net.load_state_dict(new_net(seed=1, dtype=np.float64).state_dict())
    assert {array.dtype for array in net.state_dict().values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(net.params["fc.weight"], new_net(seed=1).params["fc.weight"])


def test_pytorchs_counter_is_passed_over():
    net, state = new_net(), new_net(seed=1).state_dict()
    net.load_state_dict({**state, "1.num_batches_tracked": np.array(17), "num_batches_tracked": np.array(1)})
    assert_same(state, net.state_dict())


STATE = new_net(seed=1).state_dict()
BAD_STATES = {
    "one is missing": (without(STATE, "fc.bias"), ["missing", "fc.bias"]),
    "a statistic is missing": (without(STATE, "1.running_var"), ["missing", "1.running_var"]),
    "nothing at all": ({}, ["missing", *STATE]),
    "one too many": ({**STATE, "se1.fc.0.weight": np.ones((2, 2))}, ["unexpected", "se1.fc.0.weight"]),
    "another name": ({**without(STATE, "fc.bias"), "head.bias": np.ones(2)}, ["fc.bias", "head.bias"]),
    "transposed": ({**STATE, "fc.weight": np.ones((3, 2))}, ["fc.weight", (2, 3), (3, 2)]),
    "would broadcast": ({**STATE, "fc.weight": np.ones((1, 3))}, ["fc.weight", (2, 3), (1, 3)]),
    "a number": ({**STATE, "fc.bias": 0.0}, ["fc.bias", (2,), ()]),
    "text": ({**STATE, "fc.bias": np.array(["a", "b"])}, ["fc.bias"]),
}  # fmt: skip


@pytest.mark.parametrize("state, words", BAD_STATES.values(), ids=BAD_STATES)
def test_what_does_not_fit_is_named_and_nothing_is_loaded(state, words):
    net = new_net()
    before = net.state_dict()
    with pytest.raises(ValueError, match=mentions(*words)):
        net.load_state_dict(state)
    assert_same(before, net.state_dict())
