"""How layers begin: the size of the random weights, seeds, dtypes, and arguments that make no sense."""

import numpy as np
import pytest
from comparing import mentions

from senumpy import layers
from senumpy.layers import AvgPool2d, BatchNorm2d, Conv2d, Linear, SEBlock
from senumpy.models import TinyCNN


def rng(seed=0):
    return np.random.default_rng(seed)


# Each has more than 30,000 weights, so that the standard deviation of a sample is known to half a percent.
HE = {
    "Linear": (lambda: Linear(400, 300, rng=rng()), "weight", (2 / 400) ** 0.5),
    "Conv2d": (lambda: Conv2d(32, 96, (3, 5), rng=rng()), "weight", (2 / (32 * 15)) ** 0.5),
    "Conv2d in groups": (lambda: Conv2d(64, 512, 3, groups=4, rng=rng()), "weight", (2 / (16 * 9)) ** 0.5),
    "W1 of an SE block": (lambda: SEBlock(600, 8, rng=rng()), "fc.0.weight", (2 / 600) ** 0.5),
    "W2 of an SE block": (lambda: SEBlock(600, 8, rng=rng()), "fc.2.weight", (1 / 75) ** 0.5),
}


@pytest.mark.parametrize("make, name, std", HE.values(), ids=HE)
def test_weights_start_normal_with_the_right_spread(make, name, std):
    w = make().params[name].astype(np.float64) / std
    assert w.size > 30_000
    assert abs(w.std() - 1) < 0.015 and abs(w.mean()) < 0.02
    assert abs((w**4).mean() - 3) < 0.2, "the fourth moment of a normal distribution; a uniform one has 1.8"


def test_he_weights_keep_the_mean_square_through_a_relu():
    x = np.random.default_rng(1).standard_normal((50, 400))
    h = np.maximum(Linear(400, 500, rng=rng(), dtype=np.float64).forward(x), 0)
    assert abs((h**2).mean() - 1) < 0.05


def test_biases_start_at_zero_and_batch_norm_as_the_identity():
    block = SEBlock(8, 2, bias=True)
    for layer, names in ((Linear(3, 2), ["bias"]), (Conv2d(3, 2, 3), ["bias"]), (block, ["fc.0.bias", "fc.2.bias"])):
        for name in names:
            np.testing.assert_array_equal(layer.params[name], 0.0)
    values = {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}
    for name, array in BatchNorm2d(3).state_dict().items():
        np.testing.assert_array_equal(array, values[name], err_msg=name)


MAKERS = {
    "Linear": lambda **options: Linear(5, 4, **options),
    "Conv2d": lambda **options: Conv2d(3, 4, 3, **options),
    "SEBlock": lambda **options: SEBlock(8, 2, bias=True, **options),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_seed_fixes_the_weights_whatever_the_dtype(make):
    one, same, other = (make(rng=rng(seed), dtype=np.float64).params for seed in (0, 0, 1))
    single, unseeded, once_more = make(rng=rng()).params, make().params, make().params
    for name in one:
        np.testing.assert_array_equal(one[name], same[name])
        np.testing.assert_array_equal(single[name], one[name].astype(np.float32))
        assert single[name].dtype == np.float32 and one[name].dtype == np.float64
        if name.endswith("weight"):
            assert not np.array_equal(one[name], other[name])
            assert not np.array_equal(unseeded[name], once_more[name]), "without rng, every layer is another one"


def test_the_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()
    for make in MAKERS.values():
        make()
    np.testing.assert_array_equal(np.random.get_state()[1], before)


@pytest.mark.parametrize("C, F, groups", [(4, 6, 3), (6, 4, 3), (4, 4, 8)])
def test_groups_must_divide_both_channel_numbers(C, F, groups):
    with pytest.raises(ValueError, match=mentions("groups", groups, C, F)):
        Conv2d(C, F, 3, groups=groups)


@pytest.mark.parametrize("kernel_size", [0, -1, 2.5, (3, 0), (3, 3, 3), "3", True])
def test_a_kernel_size_that_is_none(kernel_size):
    with pytest.raises(ValueError, match=mentions("kernel_size", kernel_size)):
        Conv2d(3, 4, kernel_size)


@pytest.mark.parametrize("channels, reduction", [(8, 9), (3, 16), (8, 0), (8, -1)])
def test_an_se_block_needs_at_least_one_hidden_unit(channels, reduction):
    with pytest.raises(ValueError, match=mentions("reduction", reduction, channels)):
        SEBlock(channels, reduction)


def test_the_default_reduction_is_the_papers():
    assert SEBlock(32).params["fc.0.weight"].shape == (2, 32)
    assert SEBlock(19).params["fc.0.weight"].shape == (1, 19), "rounded down"
    assert SEBlock(4, 4).params["fc.2.weight"].shape == (4, 1)
    with pytest.raises(ValueError, match=mentions("reduction=16", 15)):
        SEBlock(15)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: layers.Linear(0, 3), ("in_features", 0)),
        (lambda: layers.Linear(2.5, 3), ("in_features", 2.5)),
        (lambda: layers.Linear(3, 2, dtype=np.int64), ("dtype", "int64")),
        (lambda: layers.Linear(3, 2, rng=7), ("rng", "default_rng")),
        (lambda: layers.Conv2d(4, 0, 3), ("out_channels", 0)),
        (lambda: layers.Conv2d(4, 4, 3, groups=2.0), ("groups", 2.0)),
        (lambda: layers.BatchNorm2d(0), ("num_features", 0)),
        (lambda: layers.HardSigmoid(slope=0), ("slope", "above 0", 0)),
        (lambda: layers.HardSigmoid(slope="1/6"), ("slope", "1/6")),
        (lambda: layers.SEBlock(8, 2.5), ("reduction", 2.5)),
        (lambda: layers.Conv2d(3, 4, 3, stride=0), ("stride", 0)),
        (lambda: layers.Conv2d(3, 4, 3, stride=None), ("stride", None)),
        (lambda: layers.Conv2d(3, 4, 3, padding=-1), ("padding", -1)),
        (lambda: layers.Conv2d(3, 4, 3, padding="same"), ("padding", "same", "kernel_size // 2")),
        (lambda: layers.MaxPool2d(0), ("kernel_size", 0)),
        (lambda: layers.MaxPool2d(2, stride=1.5), ("stride", 1.5)),
        (lambda: layers.MaxPool2d(2, padding=2), ("padding", "half the kernel")),
        (lambda: layers.AvgPool2d("2"), ("kernel_size", "2")),
        (lambda: layers.AvgPool2d(2, count_include_pad="no"), ("count_include_pad", "no", "True or False")),
        (lambda: layers.BatchNorm2d(3, eps=0), ("eps", 0)),
        (lambda: layers.BatchNorm2d(3, eps=np.inf), ("eps", "inf")),
        (lambda: layers.BatchNorm2d(3, eps="1e-5"), ("eps", "1e-5")),
        (lambda: layers.BatchNorm2d(3, momentum=1.5), ("momentum", 1.5)),
        (lambda: layers.BatchNorm2d(3, momentum=np.nan), ("momentum", "nan")),
        (lambda: layers.BatchNorm2d(3, momentum=None), ("momentum=None", "0.1")),
        (lambda: layers.BatchNorm2d(3, momentum=[0.1]), ("momentum", "[0.1]")),
        (lambda: TinyCNN(se="no"), ("se", "no", "True or False")),
        (lambda: TinyCNN(dtype=None), ("dtype", None)),
    ],
)
def test_arguments_that_make_no_layer(make, words):
    with pytest.raises(ValueError, match=mentions(*words)):
        make()


ALL_MAKERS = {**MAKERS, "BatchNorm2d": lambda **options: BatchNorm2d(3, **options)}


@pytest.mark.parametrize("make", ALL_MAKERS.values(), ids=ALL_MAKERS)
@pytest.mark.parametrize("dtype", [None, "f2", np.longdouble, ">f4", np.complex64, "no type"])
def test_weights_are_float32_or_float64(make, dtype):
    if dtype is np.longdouble and np.finfo(dtype).bits == 64:
        pytest.skip("longdouble is float64 here")
    with pytest.raises(ValueError, match=mentions("dtype", "numpy.float32 or numpy.float64")):
        make(dtype=dtype)


@pytest.mark.parametrize("make", [Linear, lambda *sizes, **options: Conv2d(*sizes, 3, **options), SEBlock])
@pytest.mark.parametrize("bias", ["False", "", 0, None, 4])
def test_a_bias_is_there_or_not(make, bias):
    """The text "False" is true to Python, and PyTorch's seventh argument, a number of groups, would be a bias here."""
    with pytest.raises(ValueError, match=mentions("bias must be True or False", repr(bias))):
        make(8, 4, bias=bias)
    assert make(8, 4, bias=np.bool_(False)).params.keys() < make(8, 4, bias=True).params.keys()


# What PyTorch's layers can and ours cannot, and the value that means the same to both.
PYTORCHS_OPTIONS = {
    "dilation of a convolution": (lambda **options: Conv2d(3, 4, 3, **options), "dilation", 2, 1),
    "padding mode": (lambda **options: Conv2d(3, 4, 3, padding=1, **options), "padding_mode", "reflect", "zeros"),
    "dilation of a pool": (lambda **options: layers.MaxPool2d(2, **options), "dilation", (2, 2), 1),
    "ceil_mode": (lambda **options: layers.MaxPool2d(2, **options), "ceil_mode", True, False),
    "ceil_mode of a mean": (lambda **options: layers.AvgPool2d(2, **options), "ceil_mode", True, False),
    "indices": (lambda **options: layers.MaxPool2d(2, **options), "return_indices", True, False),
    "batch norm without weights": (lambda **options: BatchNorm2d(3, **options), "affine", False, True),
    "batch norm without a memory": (lambda **options: BatchNorm2d(3, **options), "track_running_stats", False, True),
    "in place": (lambda **options: layers.ReLU(**options), "inplace", True, False),
    "a device": (lambda **options: Linear(3, 2, **options), "device", "cuda", None),
}


@pytest.mark.parametrize("make, name, value, default", PYTORCHS_OPTIONS.values(), ids=PYTORCHS_OPTIONS)
def test_an_option_that_only_pytorch_has_is_refused_in_words(make, name, value, default):
    with pytest.raises(ValueError, match=mentions(f"{name}={default!r} only", repr(value), ": ")):
        make(**{name: value})
    assert type(make(**{name: default})) is type(make())
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        make(colour=1)


def test_numpys_numbers_are_numbers():
    """A float64 scalar must not turn the float32 arrays into float64, nor change a bit of them."""
    x, ends = np.random.default_rng(0).standard_normal((8, 3, 2, 2)).astype(np.float32), []
    for number in (float, np.float64, np.array):
        layer = BatchNorm2d(3, eps=number(1e-3), momentum=number(0.3))
        assert type(layer.eps) is type(layer.momentum) is float
        out = [layer.forward(x), layer.eval().forward(x)]
        ends.append([array.tobytes() for array in (*out, *layer.buffers.values())])
    assert ends[0] == ends[1] == ends[2]


def test_one_layer_cannot_stand_in_two_places():
    """It has one cache: the second forward pass would overwrite what the first backward pass needs."""
    shared = layers.Tanh()
    with pytest.raises(ValueError, match=mentions("Tanh", "already")):
        layers.Sequential(shared, layers.Linear(3, 3), shared)


def test_an_option_in_the_place_of_another_one_of_pytorchs_is_refused():
    """Its sixth argument is the dilation, not the groups; its fourth of a pool is ceil_mode."""
    with pytest.raises(TypeError, match="positional"):
        Conv2d(4, 4, 3, 1, 1, 2)
    with pytest.raises(TypeError, match="positional"):
        AvgPool2d(2, 2, 0, True)


def test_a_hard_sigmoid_is_mobilenets_unless_told():
    x = np.array([-3.0, -1.5, 0.0, 1.5, 3.0])
    np.testing.assert_allclose(layers.HardSigmoid().forward(x), [0, 0.25, 0.5, 0.75, 1], rtol=1e-15)


def test_a_padded_shortcut_with_nothing_to_pad_hands_on_its_input():
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    np.testing.assert_array_equal(layers.PaddedShortcut(3).forward(x), x)
