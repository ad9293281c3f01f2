"""Residual networks: those of PyTorch by name and number, with the block in every place, and the same start without."""

import numpy as np
import pytest
from comparing import assert_close
from gradients import along_one_direction

from senumpy.ledger import build_empty
from senumpy.models import MODELS, ResNet, SmallResNet, build_model
from senumpy.models.residual_units import POSITIONS

SMALL = {"depth": 8, "num_classes": 5, "widths": (4, 6, 8), "reduction": 2}
each_position = pytest.mark.parametrize("position", POSITIONS)
SETTINGS = {
    **{f"small, {position}": (SmallResNet, {**SMALL, "position": position}) for position in POSITIONS},
    "small, padded": (SmallResNet, {**SMALL, "shortcut": "pad"}),
    "small, padded, identity": (SmallResNet, {**SMALL, "shortcut": "pad", "position": "identity"}),
    "small, plain": (SmallResNet, {**SMALL, "se": False}),
    "small, biases, one stage": (SmallResNet, {**SMALL, "bias": True, "stages": (2,)}),
    "small, 20": (SmallResNet, {**SMALL, "depth": 20}),
    "18": (ResNet, {"depth": 18, "num_classes": 3, "in_channels": 1}),
    "50": (ResNet, {"depth": 50, "num_classes": 3, "bias": True}),
    "50, inside": (ResNet, {"depth": 50, "num_classes": 3, "position": "inside", "stages": (1, 4)}),
    "50, pre, stride in the 1 x 1": (ResNet, {"num_classes": 3, "position": "pre", "stride_in_1x1": True}),
    "ResNeXt": (ResNet, {"num_classes": 3, "groups": 32, "width_per_group": 4, "stages": (3,)}),
}


def new_model(kind, settings, dtype=np.float64, seed=0):
    """A network with random parameters and statistics: as they start, too much is 0 or 1."""
    rng = np.random.default_rng(seed)
    model = kind(**settings, rng=rng, dtype=dtype)
    for array in {**model.params, **model.buffers}.values():
        if array.ndim == 1:
            array[...] = rng.uniform(0.5, 1.5, array.shape)
    return model


def cases():
    for setting in SETTINGS:
        for training in (True, False):
            slow = setting.startswith(("50", "ResNeXt")) or (setting == "18" and not training)  # seconds each
            name = f"{setting}, {'training' if training else 'evaluation'}"
            yield pytest.param(setting, training, id=name, marks=[pytest.mark.slow] if slow else [])


@pytest.mark.parametrize("setting, training", list(cases()))
def test_it_is_the_network_of_pytorch(setting, training):
    """The state loads by name, strictly; then logits, every gradient and the running statistics agree."""
    torch_resnet = pytest.importorskip("torch_resnet", reason="PyTorch is an optional test extra")
    import torch_modules

    kind, settings = SETTINGS[setting]
    model = new_model(kind, settings)
    twin = torch_modules.load(torch_resnet.ResNet(small=kind is SmallResNet, **settings), model).train(training)
    model.train() if training else model.eval(gradients=True)

    rng = np.random.default_rng(1)
    size = (11, 14) if kind is SmallResNet else (33, 40)
    x = rng.standard_normal((4, settings.get("in_channels", 3), *size))  # batch norm sees 16 values a channel, or more
    logits = model.forward(x)
    dlogits = rng.standard_normal(logits.shape)
    dx = model.backward(dlogits)
    twin_logits, twin_dx, twin_grads = torch_modules.run(twin, x, dlogits)
    assert_close(logits, twin_logits, 1e-10, what="logits")
    assert_close(dx, twin_dx, 1e-9, what="dx")
    assert set(model.grads) == set(twin_grads)
    for name, gradient in model.grads.items():
        assert_close(gradient, twin_grads[name], 1e-9, what=name)
    twin_buffers = torch_modules.state(twin)
    for name, array in model.buffers.items():
        assert_close(array, twin_buffers[name], 1e-10, what=name)


@each_position
def test_its_gradients_are_the_numerical_ones(position):
    rng = np.random.default_rng(3)
    model = new_model(SmallResNet, {**SMALL, "position": position, "bias": True})
    x, dout = rng.standard_normal((3, 3, 7, 6)), rng.standard_normal((3, 5))
    for name, slope, backward, largest in along_one_direction(model, x, dout, rng):
        assert abs(slope - backward) < 1e-11 * largest, name


# Trained parameters, of the networks of He et al. with 10 classes and of torchvision's with 1000.
SIZES = {
    **{f"resnet{d}": n for d, n in {8: 78042, 20: 272474, 32: 466906, 56: 855770, 110: 1730714}.items()},
    **{f"resnet{d}": n for d, n in {18: 11689512, 34: 21797672, 50: 25557032, 101: 44549160}.items()},
    "resnext50": 25028904,
    "se-resnet50": 25557032 + 2514944,  # SENet, equation 5
}


@pytest.mark.parametrize("name", SIZES)
def test_the_numbers_of_parameters_that_are_known(name):
    assert build_empty(name).count_parameters() == SIZES[name]


@pytest.mark.parametrize("depth, size", {8: 75290, 20: 269722, 32: 464154, 56: 853018}.items())
def test_the_numbers_of_parameters_with_padded_shortcuts(depth, size):
    assert build_empty(f"resnet{depth}", shortcut="pad").count_parameters() == size


def test_the_hidden_width_of_timm():
    wide = build_empty("se-resnet18", hidden_multiple_of=8).params
    assert wide["layer1.0.se.fc.0.weight"].shape == (8, 64)
    assert wide["layer2.0.se.fc.0.weight"].shape == (8, 128)
    assert wide["layer4.0.se.fc.0.weight"].shape == (32, 512)
    assert build_empty("se-resnet18").params["layer1.0.se.fc.0.weight"].shape == (4, 64)
    assert SmallResNet(8, reduction=3, hidden_multiple_of=8).params["layer3.0.se.fc.0.weight"].shape == (24, 64)


@pytest.mark.parametrize("name, sides", {225: (113, 57, 57, 29, 15, 8), 33: (17, 9, 9, 5, 3, 2)}.items())
def test_odd_sizes_are_rounded_up_at_every_stride(name, sides):
    x, seen = np.zeros((1, 3, name, name), np.float32), []
    for child in build_empty("resnet18").eval().children.values():
        x = child.forward(x)
        seen.append(x.shape[-1])
    assert (seen[0], *seen[3:8]) == sides


@each_position
def test_with_and_without_se_start_from_the_same_weights(position):
    gated, plain = (
        SmallResNet(**{**SMALL, "se": se}, position=position, rng=np.random.default_rng(3)).state_dict()
        for se in (True, False)
    )
    assert {name for name in gated if ".se." not in name} == set(plain)
    for name, array in plain.items():
        assert array.tobytes() == gated[name].tobytes(), name


@pytest.mark.parametrize("name", MODELS)
def test_every_name_is_a_network_and_se_is_in_it_as_the_name_says(name):
    model = build_empty(name)
    has_se = any(part.startswith("se") for key in model.params for part in key.split("."))
    assert has_se == (name.startswith("se-") or name == "text-direction")


WRONG = {
    "depth": (ResNet, {"depth": 51}, "18, 34, 50, 101, 152, got 51"),
    "depth, a list": (ResNet, {"depth": [50]}, "got .50"),
    "a small depth": (SmallResNet, {"depth": 21}, "6 n . 2.*got 21"),
    "no depth at all": (SmallResNet, {"depth": 2}, "6 n"),
    "a stage that is not there": (ResNet, {"depth": 18, "stages": (2, 5)}, "1 to 4.*got .2, 5."),
    "a small stage": (SmallResNet, {"depth": 8, "reduction": 4, "stages": (4,)}, "1 to 3"),
    "no stage": (ResNet, {"depth": 18, "stages": ()}, "1 to 4"),
    "a stage as a word": (ResNet, {"depth": 18, "stages": "all"}, "got 'all'"),
    "a position": (ResNet, {"depth": 18, "position": "before"}, "standard, pre.*'before'"),
    "a shortcut": (SmallResNet, {"shortcut": "A"}, "projection, pad, got 'A'"),
    "widths": (SmallResNet, {"widths": (16, 32)}, "three stages"),
    "a switch": (ResNet, {"se": "False"}, "se must be True or False"),
    "groups": (ResNet, {"depth": 18, "groups": 32}, "ResNet-18 has none"),
    "the ratio": (SmallResNet, {"reduction": 32}, "reduction.*32.*16 channels"),
    "an option without a block": (ResNet, {"depth": 18, "se": False, "gate": "tanh"}, "no block.*gate"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_exist_is_named(wrong):
    kind, options, words = WRONG[wrong]
    with pytest.raises(ValueError, match=words):
        kind(**options)


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(ValueError, match="no network 'resnet51'.*se-resnet50"):
        build_model("resnet51")


def test_weights_of_another_depth_are_refused_as_a_whole():
    model = SmallResNet(**SMALL)
    before = model.state_dict()
    with pytest.raises(ValueError, match="unexpected.*layer1.1"):
        model.load_state_dict(SmallResNet(**{**SMALL, "depth": 14}).state_dict())
    assert all(np.array_equal(a, model.state_dict()[name]) for name, a in before.items())
