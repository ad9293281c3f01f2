"""Weights from elsewhere: all of a file, with what had to be changed for it named, or nothing and a sentence."""

import zlib

import numpy as np
import pytest
from comparing import assert_close, mentions

from senumpy.files.arrays import CheckpointError
from senumpy.layers import Linear, Sequential
from senumpy.ledger import build_empty
from senumpy.models import TinyCNN, build_model, build_pretrained, load_pretrained, timm_names
from senumpy.training import save_weights


def network(name="se-resnet8", seed=0, **options):
    """A small residual network in which every number is another one."""
    model = build_model(name, rng=np.random.default_rng(seed), **options)
    rng = np.random.default_rng(seed + 100)
    for array in {**model.params, **model.buffers}.values():
        array[...] = rng.uniform(0.1, 1, array.shape)
    return model


def savez(path, state):
    np.savez(path, **state)


def safetensors(path, state):
    pytest.importorskip("safetensors.numpy", reason="the package safetensors is optional").save_file(state, path)


def pytorch(path, state):
    torch = pytest.importorskip("torch", reason="PyTorch is an optional test extra")
    tensors = {name: torch.from_numpy(a) for name, a in state.items()}
    torch.save({"epoch": 90, "state_dict": {**tensors, "bn1.num_batches_tracked": torch.tensor(5)}}, path)


FORMATS = {"a.npz": savez, "a.safetensors": safetensors, "a.pt": pytorch, "a.pth": pytorch}
X = np.random.default_rng(5).standard_normal((2, 3, 33, 32)).astype(np.float32)


def logits(model):
    return model.eval().forward(X)


def assert_same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


@pytest.mark.parametrize("name, write", FORMATS.items(), ids=FORMATS)
@pytest.mark.parametrize("names", ["ours", "timm's"])
def test_every_format_and_both_kinds_of_names(name, write, names, tmp_path):
    source, model = network(seed=1, bias=True), network(seed=2, bias=True)
    write(tmp_path / name, source.state_dict() if names == "ours" else timm_names(source.state_dict()))
    loaded = load_pretrained(model, tmp_path / name)
    assert_same(model.state_dict(), source.state_dict())
    np.testing.assert_array_equal(logits(model), logits(source))
    assert (loaded.path, loaded.arrays) == (tmp_path / name, len(source.state_dict()))
    assert loaded.numbers == sum(a.size for a in source.state_dict().values())
    assert len(loaded.renamed) == (0 if names == "ours" else 12) and not loaded.widths and not loaded.biases
    if names != "ours":
        assert loaded.renamed["layer3.0.se.fc2.bias"] == "layer3.0.se.fc.2.bias"
        assert "12 were changed: layer1.0.se.fc1.weight to layer1.0.se.fc.0.weight" in str(loaded)


def test_prefixes_are_names_that_were_changed(tmp_path):
    source, model = network(seed=1), network(seed=2)
    savez(tmp_path / "a", {f"module.{name}": a for name, a in source.state_dict().items()})
    loaded = load_pretrained(model, tmp_path / "a")
    assert_same(model.state_dict(), source.state_dict())
    assert len(loaded.renamed) == loaded.arrays and loaded.renamed["module.fc.bias"] == "fc.bias"


@pytest.mark.parametrize("theirs, ours", [({"reduction": 2}, {}), ({}, {"reduction": 2}), ({"reduction": 5}, {})])
def test_hidden_widths_are_the_files(theirs, ours, tmp_path):
    source, model = network(seed=1, **theirs), network(seed=2, **ours)
    savez(tmp_path / "a", timm_names(source.state_dict()))
    loaded = load_pretrained(model, tmp_path / "a.npz")
    assert_same(model.state_dict(), source.state_dict())
    np.testing.assert_array_equal(logits(model), logits(source))
    r, s = theirs.get("reduction", 16), ours.get("reduction", 16)
    assert loaded.widths == {f"layer{i}.0.se": (C // s, C // r) for i, C in enumerate((16, 32, 64), start=1)}
    assert f"rebuilt: layer1.0.se {16 // s} to {16 // r}" in str(loaded) and "biases" not in str(loaded)


@pytest.mark.parametrize("bias", [True, False])
def test_biases_are_the_files(bias, tmp_path):
    source, model = network(seed=1, bias=bias), network(seed=2, bias=not bias)
    savez(tmp_path / "a", source.state_dict())
    loaded = load_pretrained(model, tmp_path / "a")
    assert_same(model.state_dict(), source.state_dict())
    assert loaded.biases == {f"layer{i}.0.se": bias for i in (1, 2, 3)} and not loaded.widths
    assert f"have {'' if bias else 'no '}biases" in str(loaded)


def test_blocks_may_differ_from_each_other(tmp_path):
    """As timm's do: 16 and 32 channels get 8 hidden units by its rule, 64 get 8 as well."""
    source, model = network(seed=1), network(seed=2)
    state = source.state_dict()
    state["layer2.0.se.fc.0.weight"] = np.full((8, 32), 0.25, np.float32)
    state["layer2.0.se.fc.2.weight"] = np.full((32, 8), 0.5, np.float32)
    savez(tmp_path / "a", state)
    loaded = load_pretrained(model, tmp_path / "a")
    assert loaded.widths == {"layer2.0.se": (2, 8)}
    assert_same(model.state_dict(), state)


def test_a_network_goes_on_with_rebuilt_blocks(tmp_path):
    """Gradients, types and options of the blocks are what they would have been."""
    source = network(seed=1, reduction=4, bias=True, dtype=np.float64)
    model = network(seed=2, dtype=np.float64)
    model.forward(X.astype(np.float64))
    savez(tmp_path / "a", source.state_dict())
    load_pretrained(model, tmp_path / "a")
    assert set(model.grads.values()) == {None}, "gradients of the old blocks would have other shapes"
    dlogits = np.random.default_rng(0).standard_normal((2, 10))
    for one in (model, source):
        one.train()
        one.backward(one.forward(X.astype(np.float64)) * 0 + dlogits)
    assert list(model.grads) == list(source.grads)
    for name in model.grads:
        assert model.grads[name].dtype == np.float64
        assert_close(model.grads[name], source.grads[name], what=name)


def test_a_block_by_itself(tmp_path):
    from senumpy.layers import SEBlock

    source, block = SEBlock(16, 2, rng=np.random.default_rng(1)), SEBlock(16, 4)
    savez(tmp_path / "a", timm_names(source.state_dict()))
    assert load_pretrained(block, tmp_path / "a").widths == {"": (4, 8)}
    assert_same(block.state_dict(), source.state_dict())


def test_timms_rule_for_the_width_needs_no_change(tmp_path):
    """As timm builds them: multiples of 8, with biases."""
    options = {"hidden_multiple_of": 8, "bias": True}
    source, model = network(seed=1, **options), network(seed=2, **options)
    savez(tmp_path / "a", timm_names(source.state_dict()))
    loaded = load_pretrained(model, tmp_path / "a")
    assert not loaded.widths and not loaded.biases
    assert load_pretrained(network(), tmp_path / "a").widths == {
        "layer1.0.se": (1, 8), "layer2.0.se": (2, 8), "layer3.0.se": (4, 8)
    }  # fmt: skip


@pytest.mark.parametrize("squeeze", ["avg", "max", "none"])
def test_a_variant_stays_one(squeeze, tmp_path):
    """The file has shapes; what is done with them is the network's."""
    options = {"squeeze": squeeze, "gate": "hard_sigmoid", "slope": 0.2}
    source, model = network(seed=1, reduction=4, **options), network(seed=2, **options)
    savez(tmp_path / "a", timm_names(source.state_dict()))
    load_pretrained(model, tmp_path / "a")
    np.testing.assert_array_equal(logits(model), logits(source))
    assert model.params["layer1.0.se.fc.0.weight"].shape == (4, 16, *([1, 1] if squeeze == "none" else []))


def test_fixed_gates_are_loaded_as_they_are(tmp_path):
    source, model = network(seed=1, fixed=True), network(seed=2, fixed=True)
    savez(tmp_path / "a", source.state_dict())
    assert not load_pretrained(model, tmp_path / "a").widths
    assert_same(model.state_dict(), source.state_dict())


def test_a_network_is_built_for_a_file(tmp_path):
    """With as many classes and channels as the file has; the options stay."""
    source = network(seed=1, num_classes=6, in_channels=1, reduction=4)
    savez(tmp_path / "a", {f"module.{name}": a for name, a in timm_names(source.state_dict()).items()})
    model, loaded = build_pretrained("se-resnet8", tmp_path / "a", dtype=np.float64)
    assert_same(model.state_dict(), {name: a.astype(np.float64) for name, a in source.state_dict().items()})
    assert not model.training and len(loaded.widths) == 3
    with pytest.raises(ValueError, match="no network 'se-resnet9'"):
        build_pretrained("se-resnet9", tmp_path / "a")
    with pytest.raises(CheckpointError, match=mentions("it holds SE-ResNet-8", "this is SE-ResNet-20")):
        build_pretrained("se-resnet20", tmp_path / "a")
    with pytest.raises(CheckpointError, match="6 classes"):
        build_pretrained("se-resnet8", tmp_path / "a", num_classes=5)
    savez(tmp_path / "b", {"x": np.ones(3)})
    with pytest.raises(CheckpointError, match=mentions("b.npz", "unexpected ['x']")):
        build_pretrained("se-resnet8", tmp_path / "b")


def test_on_the_device(stand_in, tmp_path):
    source, model = network(seed=1, reduction=4, bias=True), network(seed=2).to("cupy")
    savez(tmp_path / "a", timm_names(source.state_dict()))
    assert len(load_pretrained(model, tmp_path / "a").widths) == 3
    assert {type(a) for a in {**model.params, **model.buffers}.values()} == {stand_in.ndarray}
    assert_same(model.state_dict(), source.state_dict())


def without(state, *parts):
    return {name: a for name, a in state.items() if not any(part in name for part in parts)}


def folded(state):
    biases = {name.replace("bn", "conv").replace("weight", "bias"): a for name, a in state.items() if ".bn" in name}
    return {**without(state, "bn", "downsample.1"), **{name: a for name, a in biases.items() if name.endswith("bias")}}


STATE = network(seed=1).state_dict()
BAD_FILES = {
    "another depth": (
        network("se-resnet20").state_dict(),
        ["it holds SE-ResNet-20 with", "this is SE-ResNet-8", "build_model('se-resnet20', num_classes=10)"],
    ),
    "another number of classes": (
        network(num_classes=100).state_dict(), ["100 classes", "10 classes", "num_classes=100)"]
    ),
    "grey": (network(in_channels=1).state_dict(), ["1 input channels", "num_classes=10, in_channels=1)"]),
    "no SE blocks": (network("resnet8").state_dict(), ["holds ResNet-8", "this is SE-ResNet-8", "'resnet8'"]),
    "bottlenecks": (network("se-resnet50", num_classes=10).state_dict(), ["SE-ResNet-50", "'se-resnet50'"]),
    "groups": (network("se-resnext50").state_dict(), ["SE-ResNeXt-50 32x4d", "'se-resnext50', num_classes=1000)"]),
    "backbone only": (without(STATE, "fc.weight", "fc.bias"), ["missing ['fc.bias', 'fc.weight']"]),
    "all names with a word of their own": ({f"encoder.{n}": a for n, a in STATE.items()}, ["starts with 'encoder.'"]),
    "batch norm in the convolutions": (folded(STATE), ["batch norm seems folded into the convolutions"]),
    "a block is missing": (without(STATE, "layer2.0.se"), ["missing ['layer2.0.se.fc.0.weight'"]),
    "one bias of two": ({**STATE, "layer1.0.se.fc.0.bias": np.ones(1)}, ["unexpected ['layer1.0.se.fc.0.bias']"]),
    "other channels": (
        {**STATE, "layer1.0.se.fc.0.weight": np.ones((4, 8))}, ["layer1.0.se.fc.0.weight", (1, 16), (4, 8)]
    ),
    "no hidden units": (
        {**STATE, "layer1.0.se.fc.0.weight": np.ones((0, 16)), "layer1.0.se.fc.2.weight": np.ones((16, 0))}, [(0, 16)]
    ),
    "two widths in one block": ({**STATE, "layer1.0.se.fc.0.weight": np.ones((4, 16))}, ["fc.2.weight", (16, 4)]),
    "transposed": ({**STATE, "fc.weight": STATE["fc.weight"].T}, ["fc.weight", (10, 64), (64, 10)]),
    "NaN": ({**STATE, "fc.bias": np.full(10, np.nan)}, ["fc.bias", "NaN"]),
    "names of two projects": ({**STATE, "layer1.0.se.fc1.weight": np.ones((1, 16))}, ["names of several projects"]),
    "nothing": ({}, ["missing"]),
    "something else": ({"x_train": np.ones(3)}, ["unexpected ['x_train']"]),
}  # fmt: skip


def crc(model):
    """A checksum over all numbers, and which arrays hold them."""
    arrays = {**model.params, **model.buffers}
    return list(arrays), [(id(a), zlib.crc32(np.ascontiguousarray(a))) for a in arrays.values()]


@pytest.mark.parametrize("state, words", BAD_FILES.values(), ids=BAD_FILES)
def test_what_does_not_fit_is_said_and_the_network_stays_as_it_is(state, words, tmp_path):
    model = network(seed=2)
    arrays = {**model.params, **model.buffers}  # held, so that no id is given twice
    before = crc(model)
    savez(tmp_path / "a", state)
    with pytest.raises(CheckpointError, match=mentions("a.npz cannot be loaded, and nothing has changed", *words)):
        load_pretrained(model, tmp_path / "a")
    assert crc(model) == before and len(arrays) == len(before[0])


def test_files_that_are_no_weights(tmp_path):
    model = network()
    before, held = crc(model), {**model.params, **model.buffers}
    (tmp_path / "b.npz").write_bytes(b"no zip")
    for path, error, words in (
        (tmp_path, CheckpointError, "is a folder"),
        (tmp_path / "no.npz", FileNotFoundError, "no.npz"),
        (tmp_path / "no.safetensors", (FileNotFoundError, ValueError), "safetensors"),
        (tmp_path / "b.npz", CheckpointError, "b.npz is not an .npz file"),
    ):
        with pytest.raises(error, match=words):
            load_pretrained(model, path)
    assert crc(model) == before and held
    with pytest.raises(ValueError, match="model must be a layer"):
        load_pretrained("se-resnet8", tmp_path / "b.npz")


def test_our_own_files_also_know_the_stride(tmp_path):
    """What leaves no trace in the arrays stands in our manifest, and is compared as `load_weights` does."""
    path = save_weights(build_empty("se-resnet50", num_classes=2, stride_in_1x1=True), tmp_path / "a")
    model = build_empty("se-resnet50", num_classes=2)
    with pytest.raises(CheckpointError, match=mentions("layer2.0.conv1.stride", "nothing has changed")):
        load_pretrained(model, path)


def test_models_that_are_no_residual_networks(tmp_path):
    savez(tmp_path / "a", TinyCNN(num_classes=3).state_dict())
    with pytest.raises(CheckpointError) as error:
        load_pretrained(Sequential(fc=Linear(3, 2)), tmp_path / "a")
    assert "it holds" not in str(error.value)
    model = TinyCNN(num_classes=3)
    load_pretrained(model, tmp_path / "a")
    assert_same(model.state_dict(), dict(np.load(tmp_path / "a.npz")))
