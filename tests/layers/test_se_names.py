"""SE layers by the names of other projects: loaded where every name has one meaning, and given back."""

import numpy as np
import pytest
from comparing import mentions

from senumpy.layers import BatchNorm2d, Conv2d, Linear, ReLU, SEBlock, Sequential
from senumpy.models import ResNet, TinyCNN, timm_names, tiny_cnn_from_state

PAIRS = {"timm": ("fc1", "fc2"), "timm's EfficientNet": ("conv_reduce", "conv_expand")}


def renamed(state, first, second, kernel=()):
    """A state with SE layers called and shaped otherwise, by replacing text: another way than the library's own."""
    out = {}
    for name, a in state.items():
        inside = ".fc.0." in f".{name}" or ".fc.2." in f".{name}"
        theirs = name.replace("fc.0.", f"{first}.").replace("fc.2.", f"{second}.")
        out[theirs] = a.reshape(*a.shape, *kernel) if inside and a.ndim == 2 else a
    return out


def small(seed=0):
    rng = np.random.default_rng(seed)
    return Sequential(
        conv1=Conv2d(3, 8, 3, rng=rng), se1=SEBlock(8, 2, bias=True, rng=rng), se2=SEBlock(8, 4, bias=True, rng=rng)
    )


def assert_same(one, other):
    assert list(one) == list(other)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


@pytest.mark.parametrize("kernel", [(), (1, 1)], ids=["linear", "1 x 1"])
@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@pytest.mark.parametrize("prefix", ["", "module.", "model.backbone."])
def test_other_names_load(pair, kernel, prefix):
    state = small(1).state_dict()
    theirs = {prefix + name: a for name, a in renamed(state, *pair, kernel).items()}
    assert f"{prefix}se1.{pair[0]}.bias" in theirs and f"{prefix}se1.fc.0.weight" not in theirs
    net = small(2)
    net.load_state_dict(theirs)
    assert_same(state, net.state_dict())


@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_block_by_itself_loads(prefix):
    block, source = SEBlock(8, 2, rng=np.random.default_rng(0)), SEBlock(8, 2, rng=np.random.default_rng(1))
    block.load_state_dict({f"{prefix}{name}": a for name, a in renamed(source.state_dict(), "fc1", "fc2").items()})
    assert_same(source.state_dict(), block.state_dict())


@pytest.mark.parametrize(
    "model",
    [small(), SEBlock(16, 4), SEBlock(16, 4, squeeze="none"), TinyCNN(), ResNet(18, num_classes=3, bias=True)],
    ids=["two blocks", "a block", "without a squeeze", "TinyCNN", "ResNet"],
)
def test_there_and_back(model):
    state = model.state_dict()
    theirs = timm_names(state)
    expected = renamed(state, "fc1", "fc2", (1, 1))
    assert_same(expected, theirs)
    assert [a.ndim for name, a in theirs.items() if "fc1.weight" in name] == [4] * sum(
        isinstance(layer, SEBlock) for _, layer in model.named_layers()
    )
    for array in {**model.params, **model.buffers}.values():
        array[...] = 0
    model.load_state_dict(theirs)
    assert_same(state, model.state_dict())


@pytest.mark.parametrize("state", [SEBlock(8, 4), [], None])
def test_only_a_state_has_names(state):
    with pytest.raises(ValueError, match="a state is a dictionary of arrays by name, got"):
        timm_names(state)


def test_gates_that_look_at_no_image_have_no_names_elsewhere():
    state = SEBlock(8, fixed=True).state_dict()
    assert list(timm_names(state)) == list(state) == ["fc.2.bias"]


def test_what_is_no_block_keeps_its_name():
    """A classifier of two layers is called like an SE block inside, and changes the number of channels."""
    state = Sequential(fc=Sequential(Linear(8, 4), ReLU(), Linear(4, 3))).state_dict()
    assert list(timm_names(state)) == ["fc.0.weight", "fc.0.bias", "fc.2.weight", "fc.2.bias"]
    assert list(timm_names({"se.fc.0.weight": np.ones((2, 4))})) == ["se.fc.0.weight"]
    assert list(timm_names({})) == []


def test_layers_that_are_called_so_here_are_left_alone():
    """A name of the layer's own is never taken for anything else."""
    net = Sequential(fc1=Linear(4, 2), fc=Sequential(Linear(4, 2)))
    state = {name: a + 1 for name, a in net.state_dict().items()}
    net.load_state_dict(state)
    assert_same(state, net.state_dict())


STATE = small().state_dict()
TIMMS = renamed(STATE, "fc1", "fc2")
MIXED = {
    "two names for one array": {**STATE, **TIMMS},
    "one array twice": {**STATE, "se2.fc1.bias": STATE["se2.fc.0.bias"]},
    "blocks of two kinds": {n: a for n, a in {**STATE, **TIMMS}.items() if ("fc." in n) == ("se1" in n) or "conv" in n},
    "two kinds, neither ours": {
        n: a for n, a in {**TIMMS, **renamed(STATE, "conv_reduce", "conv_expand")}.items()
        if ("fc" in n) == ("se1" in n) or "conv1" in n
    },
    "two kinds in one block": {n.replace("se1.fc.2", "se1.conv_expand"): a for n, a in STATE.items()},
}  # fmt: skip


@pytest.mark.parametrize("state", MIXED.values(), ids=MIXED)
def test_names_of_two_projects_in_one_state_are_not_guessed_at(state):
    net = small(3)
    before = net.state_dict()
    with pytest.raises(ValueError, match=mentions("names of several projects", "names of one kind")):
        net.load_state_dict(state)
    assert_same(before, net.state_dict())


def test_half_a_block_is_missing():
    with pytest.raises(ValueError, match=mentions("missing ['se1.fc.2.bias', 'se1.fc.2.weight']")):
        small().load_state_dict({name: a for name, a in TIMMS.items() if "se1.fc2" not in name})


def test_blocks_on_one_side_only():
    plain = Sequential(conv1=Conv2d(3, 8, 3))
    with pytest.raises(ValueError, match=mentions("state has SE blocks, such as se1.fc1.weight", "has none")):
        plain.load_state_dict(TIMMS)
    with pytest.raises(ValueError, match=mentions("layer has SE blocks, such as se1.fc.0.weight", "state has none")):
        small().load_state_dict(plain.state_dict())


def test_batch_norm_in_the_convolutions():
    """What programs that only predict write: a bias for each convolution, and no batch norm."""
    net = Sequential(conv1=Conv2d(3, 4, 3, bias=False), bn1=BatchNorm2d(4), fc=Linear(4, 2))
    state = {name: a for name, a in net.state_dict().items() if "bn" not in name}
    words = ["batch norm seems folded into the convolutions", "conv1.bias", "bn1.running_mean"]
    with pytest.raises(ValueError, match=mentions(*words)):
        net.load_state_dict({**state, "conv1.bias": np.zeros(4)})
    with pytest.raises(ValueError) as error:
        net.load_state_dict(state)
    assert "folded" not in str(error.value), "without a bias there is no sign of it"


@pytest.mark.parametrize("options", [{"reduction": 2}, {"bias": True, "hidden": 5}, {"reduction": 2, "stages": (2,)}])
def test_a_tiny_cnn_by_timms_names(options):
    model = TinyCNN(num_classes=5, widths=(8, 16), **options)
    copy = tiny_cnn_from_state(timm_names(model.state_dict()))
    assert_same(model.state_dict(), copy.state_dict())
