"""Weights by name: all of them or none are loaded, into the arrays that are there, wherever they come from."""

import numpy as np
import pytest
from comparing import mentions

from senumpy.layers import BatchNorm2d, Conv2d, Linear, SEBlock, Sequential


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
    assert all(array.flags["C_CONTIGUOUS"] for array in state.values()), "some writers believe that without looking"
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


def renamed(state, prefix):
    return {prefix + name: array for name, array in state.items()}


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
    "complex numbers": ({**STATE, "fc.bias": np.ones(2, complex)}, ["fc.bias", "complex128"]),
    "nothing for an array": ({**STATE, "fc.bias": None}, ["fc.bias", "object"]),
    "a dictionary for an array": ({**STATE, "fc.bias": {"data": 1}}, ["fc.bias", "dict"]),
    "rows of unequal length": ({**STATE, "fc.weight": [[1.0, 2.0], [3.0]]}, ["fc.weight", "list"]),
    "NaN": ({**STATE, "fc.bias": np.array([0.0, np.nan])}, ["fc.bias", "NaN or infinity", "1 of its 2"]),
    "infinity in a statistic": ({**STATE, "1.running_var": np.full(3, np.inf)}, ["1.running_var", "3 of its 3"]),
    "too large for float32": ({**STATE, "fc.bias": np.array([0.0, -1e300])}, ["fc.bias", "1e+300", "float32"]),
    "masked": ({**STATE, "fc.bias": np.ma.masked_equal([0.0, 1.0], 1.0)}, ["fc.bias", "MaskedArray", "filled"]),
    "np.matrix": ({**STATE, "fc.weight": np.ones((2, 3)).view(np.matrix)}, ["fc.weight", "matrix"]),
    "another prefix": (renamed(STATE, "encoder."), ["every name in the state starts with 'encoder.'", "removeprefix"]),
    "not all with the prefix": ({**renamed(STATE, "module."), "head": np.ones(2)}, ["missing", "unexpected", "head"]),
    "SE blocks": ({**STATE, **renamed(SEBlock(8, 4).state_dict(), "se.")}, ["state has SE blocks", "has none"]),
    "several states": ({"model": STATE, "ema": STATE}, ["several states", "'model', 'ema'", "checkpoint['model']"]),
    "a list": ([*STATE.values()], ["dictionary of arrays by name", "list"]),
    "a path": ("weights.npz", ["dictionary of arrays by name", "str", "load_weights"]),
    "a network": (new_net(), ["dictionary of arrays by name", "Sequential", "state_dict()"]),
}  # fmt: skip


@pytest.mark.parametrize("state, words", BAD_STATES.values(), ids=BAD_STATES)
def test_what_does_not_fit_is_named_and_nothing_is_loaded(state, words):
    net = new_net()
    before = net.state_dict()
    with pytest.raises(ValueError, match=mentions(*words)):
        net.load_state_dict(state)
    assert_same(before, net.state_dict())


def test_a_state_whose_prefix_is_missing_says_where_to_load_it():
    wrapped = Sequential(encoder=new_net())
    with pytest.raises(ValueError, match=mentions("every name of the layer starts with 'encoder.'", "child")):
        wrapped.load_state_dict(STATE)


def test_names_with_and_without_a_prefix_in_one_state_are_not_guessed_at():
    half = {("module." + name if i % 2 else name): a for i, (name, a) in enumerate(STATE.items())}
    with pytest.raises(ValueError, match=mentions("some names start with 'module.' and others do not")):
        new_net().load_state_dict(half)


def test_long_lists_of_names_are_cut():
    with pytest.raises(ValueError, match=mentions("and 88 more")) as error:
        new_net().load_state_dict({**STATE, **{f"part{i:03}": np.ones(1) for i in range(100)}})
    assert "part011" in str(error.value) and "part012" not in str(error.value)


# One meaning each: what other programs make of a state.
TWICE = renamed(renamed(STATE, "model."), "module.")
ELSEWHERE = {
    "DataParallel": renamed(STATE, "module."),
    "torch.compile": renamed(STATE, "_orig_mod."),
    "DataParallel around torch.compile": renamed(STATE, "module._orig_mod."),
    "Lightning": renamed(STATE, "model."),
    "a backbone": renamed(STATE, "backbone."),
    "two prefixes": {**TWICE, "module.model.1.num_batches_tracked": np.array(17)},
    "state_dict": {"epoch": 3, "state_dict": STATE},
    "model_state_dict": {"model_state_dict": STATE, "loss": 0.3, "optimizer_state_dict": {"state": {}}},
    "model": {"model": STATE, "args": None, "optimizer": {"state": {0: {"momentum_buffer": np.ones(2)}}}},
    "weights": {"weights": STATE, "best": np.array(0.9), "scheduler": {"last_epoch": 4}},
    "wrapped twice": {"checkpoint": {"epoch": 1, "state_dict": renamed(STATE, "module.")}},
    "lists": {name: array.tolist() for name, array in STATE.items()},
}  # fmt: skip


@pytest.mark.parametrize("state", ELSEWHERE.values(), ids=ELSEWHERE)
def test_states_from_elsewhere(state):
    net = new_net()
    net.load_state_dict(state)
    assert_same(STATE, net.state_dict())


def test_names_that_fit_are_left_alone():
    """Whatever the prefix looks like, and whatever else is wrapped beside."""
    net = Sequential(model=new_net(), backbone=Linear(2, 2))
    state = {name: array + 1 for name, array in net.state_dict().items()}
    net.load_state_dict(renamed(state, "model."))
    assert_same(state, net.state_dict())
    with pytest.raises(ValueError, match=mentions("unexpected ['ema']")):
        new_net().load_state_dict({**STATE, "ema": STATE})


@pytest.mark.parametrize("ones", [(1, 1), (1,)], ids=["Conv2d", "Conv1d"])
def test_one_by_one_convolutions_fill_linear_layers(ones):
    block, source = SEBlock(8, 4, bias=True), SEBlock(8, 4, bias=True).state_dict()
    block.load_state_dict({name: a.reshape(*a.shape, *ones) if a.ndim == 2 else a for name, a in source.items()})
    assert_same(source, block.state_dict())
    conv = Conv2d(8, 4, 1)
    conv.load_state_dict({"weight": np.ones((4, 8)), "bias": np.zeros(4)})
    assert conv.params["weight"].shape == (4, 8, 1, 1) and (conv.params["weight"] == 1).all()


@pytest.mark.parametrize("name", ["0.weight", "fc.bias", "1.running_mean"])
def test_a_read_only_array_is_noticed_before_the_first_is_filled(name):
    net = new_net()
    before = net.state_dict()
    {**net.params, **net.buffers}[name].flags.writeable = False
    with pytest.raises(ValueError, match=mentions(name, "read-only")):
        net.load_state_dict(STATE)
    assert_same(before, net.state_dict())


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize("kind", ["tensors", "Parameters", "channels last"])
def test_pytorchs_tensors(dtype, kind):
    torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    state = {name: torch.tensor(array).to(getattr(torch, dtype)) for name, array in STATE.items()}
    expected = {name: tensor.to(torch.float32).numpy() for name, tensor in state.items()}
    if kind == "Parameters":
        state = {name: torch.nn.Parameter(tensor) for name, tensor in state.items()}
    if kind == "channels last":
        state["0.weight"] = state["0.weight"].to(memory_format=torch.channels_last)
    net = new_net()
    net.load_state_dict({"epoch": torch.tensor(3), "state_dict": state})
    assert_same(expected, net.state_dict())


def test_a_tensor_without_numbers_is_refused_in_words():
    torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    with pytest.raises(ValueError, match=mentions("fc.bias", "cannot be read as an array")):
        new_net().load_state_dict({**STATE, "fc.bias": torch.empty(2, device="meta")})
