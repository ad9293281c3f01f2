"""The SE block's switches: what each computes, what is refused, and that all else goes on as with the textbook's."""

import copy
import pickle

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy import ops
from senumpy.gradcheck import against_torch, check_layer
from senumpy.layers import SEBlock

VARIANTS = {
    "textbook": {},
    "biases": {"bias": True},
    "hidden": {"hidden": 4},
    "max": {"squeeze": "max"},
    "no squeeze": {"squeeze": "none", "bias": True},
    "tanh": {"gate": "tanh"},
    "relu": {"gate": "relu", "bias": True},
    "hard sigmoid": {"gate": "hard_sigmoid"},
    "steep hard sigmoid": {"gate": "hard_sigmoid", "slope": 0.5},
    "sum": {"combine": "sum"},
    "sum over pixels": {"combine": "sum", "squeeze": "none"},
    "fixed": {"fixed": True},
    "fixed sum of tanh": {"fixed": True, "gate": "tanh", "combine": "sum"},
}
each_variant = pytest.mark.parametrize("words", VARIANTS.values(), ids=VARIANTS)
SHAPES = [(3, 5, 4, 2), (1, 3, 1, 4), (2, 7, 3, 1)]


def new(channels=5, seed=0, dtype=np.float64, **words):
    """Return a block whose weights, biases too, are no round numbers."""
    rng = np.random.default_rng(seed)
    block = SEBlock(channels, 2, rng=rng, dtype=dtype, **words)
    for array in block.params.values():
        array += rng.standard_normal(array.shape)
    return block


def drawn(shape=SHAPES[0], seed=1, dtype=np.float64):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@each_variant
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_values_and_gradients_are_pytorchs(words, shape):
    pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    comparison = against_torch(new(shape[1], **words), drawn(shape))
    assert comparison.close, comparison


@each_variant
def test_gradients_are_those_of_the_check(words):
    report = check_layer(new(**words), drawn((3, 5, 4, 2)), rng=np.random.default_rng(2))
    assert all(tensor.status == "PASS" for tensor in report.tensors.values()), report
    assert report.status != "FAIL", report


@each_variant
def test_memory_layout_makes_no_difference(words):
    x = drawn()
    expected = new(**words).forward(x)
    turned = np.ascontiguousarray(x.transpose(3, 2, 0, 1)).transpose(2, 3, 1, 0)
    for other in (turned, np.flip(np.flip(x).copy()), np.repeat(x, 2, axis=3)[..., ::2]):
        assert not other.flags.c_contiguous
        assert_close(new(**words).forward(other), expected)


@each_variant
def test_float32_stays_float32(words):
    block = new(dtype=np.float32, **words)
    x = drawn(dtype=np.float32)
    out = block.forward(x)
    dx = block.backward(drawn(seed=3, dtype=np.float32))
    assert {a.dtype for a in (out, dx, block.s, *block.grads.values(), *block.params.values())} == {np.dtype("f4")}
    assert_close(out, new(**words).forward(drawn()), 1e-5)


@each_variant
def test_the_names_of_the_state(words):
    block = new(**words)
    expected = ["fc.0.weight", "fc.2.weight"]
    if words.get("bias"):
        expected = ["fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"]
    if words.get("fixed"):
        expected = ["fc.2.bias"]
    assert list(block.state_dict()) == expected
    shapes = {name: a.shape for name, a in block.params.items()}
    kernel = (1, 1) if words.get("squeeze") == "none" else ()
    hidden = words.get("hidden", 2)
    wanted = {"fc.0.weight": (hidden, 5, *kernel), "fc.0.bias": (2,), "fc.2.weight": (5, hidden, *kernel)}
    assert shapes == {name: {**wanted, "fc.2.bias": (5,)}[name] for name in expected}


@each_variant
def test_the_gates_are_kept_and_copies_keep_none(words):
    block, x = new(**words), drawn()
    out = block.forward(x)
    assert block.s.shape == (x.shape if words.get("squeeze") == "none" else x.shape[:2])
    np.testing.assert_array_equal(out, ops.apply_gates_forward(x, block.s, combine=block.combine)[0])
    for twin in (copy.deepcopy(block), pickle.loads(pickle.dumps(block))):
        assert twin.s is None and twin.cache is None
        np.testing.assert_array_equal(twin.forward(x), out)
        np.testing.assert_array_equal(twin.backward(out), block.backward(out))


@each_variant
def test_an_override_decides_a_channel(words):
    block, x = new(**words), drawn()
    block.forward(x)
    own = block.s.copy()

    def shut_the_second(s):
        s = s.copy()
        s[:, 1] = 0.0
        return s

    block.override = shut_the_second
    out = block.forward(x)
    np.testing.assert_array_equal(block.s[:, 1], 0.0)
    np.testing.assert_array_equal(np.delete(block.s, 1, 1), np.delete(own, 1, 1))
    np.testing.assert_array_equal(out[:, 1], x[:, 1] if block.combine == "sum" else 0 * x[:, 1])
    with pytest.raises(ValueError, match="override"):
        block.backward(out)
    block.override = None
    with pytest.raises(ValueError, match="forward again"):
        block.backward(out)
    block.forward(x)
    np.testing.assert_array_equal(block.s, own)
    assert block.backward(out).shape == x.shape


@pytest.mark.parametrize("combine", ["product", "sum"])
def test_gates_of_pixels_take_a_number_for_each_channel(combine):
    """W is C here: a rule's (N, C) must meet N and C, not H and W."""
    block, x = new(4, squeeze="none", combine=combine), drawn((4, 4, 4, 4))
    s = np.random.default_rng(4).standard_normal((4, 4))
    block.override = lambda own: s
    out = block.forward(x)
    spread = s[:, :, None, None]
    assert_close(out, x + spread if combine == "sum" else x * spread, 1e-15)
    np.testing.assert_array_equal(block.s, np.broadcast_to(spread, x.shape))
    seen = []
    block.override = lambda own: seen.append(own.shape) or own[:, :3]
    with pytest.raises(ValueError, match=mentions("gates of the override", (4, 4, 4, 4), (4, 3, 4, 4))):
        block.forward(x)
    block.override = lambda own: own[:, :3, 0, 0]
    with pytest.raises(ValueError, match=mentions("gates of the override", (4, 4), (4, 3))):
        block.forward(x)
    assert seen == [x.shape]


def test_a_variant_starts_from_the_textbooks_weights():
    for words in ({"squeeze": "max"}, {"gate": "relu"}, {"combine": "sum"}, {"squeeze": "none"}):
        mine = SEBlock(8, 2, rng=np.random.default_rng(5), **words).state_dict()
        for name, array in SEBlock(8, 2, rng=np.random.default_rng(5)).state_dict().items():
            np.testing.assert_array_equal(mine[name].reshape(array.shape), array)


@pytest.mark.parametrize("gate", ["sigmoid", "tanh", "relu", "hard_sigmoid"])
def test_fixed_gates_start_open_enough_to_learn(gate):
    block, x = SEBlock(5, fixed=True, gate=gate), drawn(dtype=np.float32)
    block.forward(x)
    assert (block.s >= 0.5).all(), "16 is no reduction of five channels, and nobody asks: there is no hidden layer"
    block.backward(np.ones_like(x))
    assert np.abs(block.grads["fc.2.bias"]).max() > 0


def test_states_of_linear_layers_and_kernels_of_one_pixel_are_read_by_each_other():
    linear, kernels = new(), new(squeeze="none", seed=6)
    kernels.load_state_dict(linear.state_dict())
    assert kernels.params["fc.0.weight"].shape == (2, 5, 1, 1)
    one_pixel = drawn((3, 5, 1, 1))
    assert_close(kernels.forward(one_pixel), linear.forward(one_pixel))
    linear.load_state_dict(kernels.state_dict())


@pytest.mark.parametrize("reduction", [0.25, 4.0, "16", True, np.True_, 0, -4, 65, None])
def test_a_reduction_is_a_whole_number_that_leaves_a_unit(reduction):
    with pytest.raises(ValueError, match=mentions("reduction must be an integer from 1 to", f"{reduction!r}", 64)):
        SEBlock(64, reduction=reduction)
    if reduction != 65:  # too large only where it is used; nonsense is nonsense everywhere
        for words in ({"hidden": 4}, {"fixed": True}):
            with pytest.raises(ValueError, match="reduction must be an integer"):
                SEBlock(64, reduction=reduction, **words)
    assert SEBlock(64, reduction=4).params["fc.0.weight"].shape == (16, 64)
    assert SEBlock(64, reduction=np.int64(4)).params["fc.0.weight"].shape == (16, 64)


@pytest.mark.parametrize(
    "words, parts",
    [
        ({"hidden": 0}, ("hidden must be an integer of at least 1", "0")),
        ({"hidden": 2.0}, ("hidden", "2.0")),
        ({"hidden": True}, ("hidden", "True")),
        ({"squeeze": "gap"}, ("squeeze must be one of 'avg', 'max', 'none'", "'gap'")),
        ({"squeeze": True}, ("squeeze", "True")),
        ({"gate": "Sigmoid"}, ("gate must be one of 'sigmoid', 'tanh', 'relu', 'hard_sigmoid'", "'Sigmoid'")),
        ({"gate": np.tanh}, ("gate", "tanh")),
        ({"combine": "concat"}, ('combine must be "product" or "sum"', "'concat'")),
        ({"combine": ["sum"]}, ("combine", "['sum']")),
        ({"fixed": "no"}, ("fixed must be True or False", "'no'")),
        ({"fixed": True, "squeeze": "none"}, ("fixed", "squeeze", "'none'")),
        ({"fixed": True, "hidden": 3}, ("fixed", "hidden", "3")),
        ({"slope": 0.2}, ("slope", "hard_sigmoid", "'sigmoid'")),
        ({"gate": "hard_sigmoid", "slope": 0}, ("slope must be a number above 0", "0")),
        ({"gate": "hard_sigmoid", "slope": "1/6"}, ("slope", "'1/6'")),
        ({"gate": "hard_sigmoid", "slope": np.nan}, ("slope", "nan")),
    ],
)
def test_words_that_make_no_block(words, parts):
    with pytest.raises(ValueError, match=mentions(*parts)):
        SEBlock(8, 2, **words)


@pytest.mark.parametrize("gate, first", [("sigmoid", 0.5), ("hard_sigmoid", 0.5), ("relu", 1), ("tanh", np.tanh(1))])
def test_fixed_gates_begin_open_or_half_open(gate, first):
    block = SEBlock(3, gate=gate, fixed=True, dtype=np.float64)
    block.forward(np.ones((2, 3, 1, 1)))
    np.testing.assert_allclose(block.s, np.full((2, 3), first), rtol=1e-15)
