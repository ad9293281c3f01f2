"""The ledger's numbers: on paper for small layers, for whole networks by an independent formula and known numbers."""

import numpy as np
import pytest

from senumpy import backend
from senumpy.layers import (
    BatchNorm2d,
    Conv2d,
    GlobalAvgPool,
    GlobalMaxPool,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    ResidualUnit,
    SEBlock,
    Sequential,
)
from senumpy.ledger import build_empty, count
from senumpy.ledger.costs import cost_of
from senumpy.ledger.empty import Zeros
from senumpy.models import MODELS, ResNet, TinyCNN
from senumpy.models.resnet import UNITS


@pytest.mark.parametrize(
    ("layer", "shape", "parameters", "statistics", "work"),
    [
        (Conv2d(3, 5, (3, 2), stride=(2, 1), padding=(1, 0)), (3, 6, 7), 95, 0, {"convolutions": 3 * 6 * 5 * 18}),
        (Conv2d(4, 6, 3, groups=2, bias=False), (4, 5, 5), 108, 0, {"convolutions": 9 * 6 * 2 * 9}),
        (Conv2d(4, 4, 5, padding=2, groups=4, bias=False), (4, 3, 9), 100, 0, {"convolutions": 27 * 4 * 25}),
        (Linear(7, 3), (7,), 24, 0, {"linear layers": 21}),
        (BatchNorm2d(6), (6, 2, 3), 12, 12, {}),
        (GlobalAvgPool(), (4, 3, 5), 0, 0, {"global pooling": 60}),
        (GlobalMaxPool(), (4, 3, 5), 0, 0, {"global pooling": 60}),
        (MaxPool2d(2), (4, 4, 4), 0, 0, {}),
        (
            SEBlock(8, 4), (8, 5, 3), 32, 0,
            {"SE: two layers": 32, "SE: squeeze": 120, "SE: scale": 120},
        ),
        (
            SEBlock(8, 4, squeeze="none"), (8, 5, 3), 32, 0,
            {"SE: two layers": 15 * 32, "SE: scale": 120},
        ),
        (SEBlock(8, 4, squeeze="max", gate="tanh"), (8, 2, 1), 32, 0,
            {"SE: two layers": 32, "SE: squeeze": 16, "SE: scale": 16},
        ),
        (SEBlock(8, fixed=True), (8, 5, 3), 8, 0, {"SE: scale": 120}),
        (SEBlock(8, 4, hidden=3, combine="sum"), (8, 5, 3), 48, 0,
            {"SE: two layers": 48, "SE: squeeze": 120, "SE: scale": 120},
        ),
        (
            SEBlock(8, 2, bias=True), (8, 1, 1), 64 + 12, 0,
            {"SE: two layers": 64, "SE: squeeze": 8, "SE: scale": 8},
        ),
    ],
)  # fmt: skip
def test_one_layer_on_paper(layer, shape, parameters, statistics, work):
    ledger = count(layer, shape)
    assert (ledger.parameters, ledger.statistics, ledger.work) == (parameters, statistics, work)
    assert ledger.multiply_adds == sum(work.values())


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(Conv2d(2, 3, 2), (2, 4, 5)), (Linear(4, 3), (4,)), (GlobalAvgPool(), (2, 3, 3)), (SEBlock(4, 2), (4, 2, 3)),
     (SEBlock(4, 2, squeeze="none"), (4, 2, 3))],
)  # fmt: skip
def test_two_images_cost_twice_as_much(layer, shape):
    one, two = (np.zeros((N, *shape), np.float32) for N in (1, 2))
    cost = cost_of(layer, one, layer.forward(one))
    assert cost_of(layer, two, layer.forward(two)) == {kind: 2 * number for kind, number in cost.items()}


def test_a_row_of_layers_by_stage_and_kind():
    model = Sequential(
        Conv2d(1, 2, 3),
        BatchNorm2d(2),
        ReLU(),
        SEBlock(2, 1),
        Sequential(Conv2d(2, 3, 1)),
        GlobalAvgPool(),
        Linear(3, 4),
    )
    ledger = count(model, (1, 6, 5))
    assert list(ledger.stages) == ["0", "4", "6"]
    assert ledger.stages["0"].work == {
        "convolutions": 4 * 3 * 2 * 9, "SE: two layers": 8, "SE: squeeze": 24, "SE: scale": 24,
    }  # fmt: skip
    assert ledger.stages["4"].work == {"convolutions": 4 * 3 * 6}
    assert ledger.stages["6"].work == {"linear layers": 12, "global pooling": 36}  # what stands before it is its own
    assert ledger.held == {"convolutions": 20 + 9, "linear layers": 16, "batch norm": 4, "SE: two layers": 8}
    assert ledger.se.parameters == 8 and ledger.se.multiply_adds == 56
    assert ledger.matrix_products == 216 + 72 + 12 + 8
    assert ledger.not_counted == (
        "BatchNorm2d", "ReLU", "the additions of biases", "the ReLU and the gate function inside SE blocks",
    ) and ledger.unknown == ()  # fmt: skip
    assert ledger.table("held")["0"] == {"convolutions": 20, "batch norm": 4, "SE: two layers": 8}


class Thrice(Layer):
    """Calls its one convolution three times."""

    def __init__(self):
        super().__init__()
        self.add("conv", Conv2d(3, 3, 3, padding=1))
        self.add("pool", MaxPool2d(2))

    def forward(self, x):
        for _ in range(3):
            x = self.children["conv"](x)
        return self.children["pool"](self.children["pool"](x))


def test_a_layer_used_three_times_has_its_parameters_once_and_its_work_thrice():
    ledger = count(Thrice(), (3, 8, 8))
    (conv,) = [entry for entry in ledger.entries if entry.name == "conv"]
    assert (conv.parameters, conv.calls, conv.work) == (84, 3, {"convolutions": 15_552})
    assert (ledger.parameters, ledger.multiply_adds) == (84, 15_552)
    assert ledger.entries[-1].out == (3, 2, 2)  # what came out of the pool the last time
    assert "what Thrice does beside calling its layers" in ledger.not_counted


def test_two_names_for_one_array_are_counted_once():
    model = Sequential(Linear(4, 4, bias=False), ReLU(), Linear(4, 4))
    model.children["2"]._params["weight"] = model.children["0"]._params["weight"]
    ledger = count(model, (4,))
    assert (ledger.parameters, ledger.multiply_adds) == (20, 32)
    assert [entry.parameters for entry in ledger.entries] == [0, 16, 0, 4]


def test_one_layer_under_two_names_is_one_layer():
    model, shared = Sequential(Linear(4, 4)), Linear(4, 4)
    model.children.update(a=shared, b=shared)
    ledger = count(model, (4,))
    assert (ledger.parameters, ledger.multiply_adds) == (40, 48)
    assert [entry.calls for entry in ledger.entries] == [1, 1, 2]


class Swish(Layer):
    def forward(self, x):
        return x * (1 / (1 + np.exp(-x)))


class Scaled(Conv2d):
    """A convolution that does more than a convolution."""

    def forward(self, x):
        return 2 * super().forward(x)


class Renamed(Conv2d):
    """Another name, the same convolution."""


class Offset(Layer):
    def __init__(self):
        super().__init__()
        self._params["offset"] = np.zeros(5, np.float32)

    def forward(self, x):
        return x + self._params["offset"].sum()


def test_what_is_not_known_is_named_and_its_parameters_are_counted():
    model = Sequential(a=Renamed(2, 2, 1), b=Scaled(2, 2, 1), c=Swish(), d=Offset())
    ledger = count(model, (2, 3, 3))
    assert ledger.work == {"convolutions": 36} and ledger.parameters == 17
    assert ledger.held == {"convolutions": 12, "Offset": 5}
    assert ledger.not_counted == ("Swish", "the additions of biases")
    assert ledger.unknown == (
        "Scaled 'b' is not known here: its parameters are counted, its work is not",
        "Offset 'd' is not known here: its parameters are counted, its work is not",
    )


def test_a_block_of_ones_own_still_is_what_se_adds():
    class Other(SEBlock):
        def forward(self, x):
            return super().forward(x)

    ledger = count(Sequential(Conv2d(3, 8, 1), Other(8, 4)), (3, 2, 2))
    assert ledger.se.parameters == 32 and ledger.se.multiply_adds == 0
    assert ledger.unknown[0].startswith("Other '1' is not known here")


def test_a_layer_that_forward_never_calls_is_named():
    class Forgetful(Sequential):
        def forward(self, x):
            return self.children["0"](x)

    ledger = count(Forgetful(Linear(2, 2), Linear(2, 2)), (2,))
    assert ledger.parameters == 12 and ledger.multiply_adds == 4
    assert ledger.unknown == ("Linear '1' has parameters, and forward never calls it",)


def test_biases_are_named_where_a_layer_that_is_counted_has_them():
    for bias in (False, True):
        ledger = count(Sequential(Conv2d(2, 2, 1, bias=bias), BatchNorm2d(2)), (2, 3, 3))
        assert ("the additions of biases" in ledger.not_counted) == bias


def test_shortcuts_are_named():
    """With their number, which is the one that some counters add: here 3 x 2 x 5 values, twice."""
    model = Sequential(*(ResidualUnit({"conv": Conv2d(3, 3, 1)}) for _ in range(2)))
    assert "the 60 additions of shortcuts" in count(model, (3, 2, 5)).not_counted


def test_the_model_is_left_as_it_was():
    model = TinyCNN(rng=np.random.default_rng(0))
    before, kept = model.state_dict(), {name: set(vars(layer)) - {"cache", "s"} for name, layer in model.named_layers()}
    for _ in range(2):
        count(model, (3, 32, 32))
    with pytest.raises(ValueError, match="does not take"):
        count(model, (4, 32, 32))
    assert model.training
    assert all(np.array_equal(before[name], array) for name, array in model.state_dict().items())
    assert {name: set(vars(layer)) - {"cache", "s"} for name, layer in model.named_layers()} == kept
    assert all(block.s is None for _, block in model.named_layers() if isinstance(block, SEBlock))


def test_it_counts_where_the_model_is(stand_in):
    here = count(TinyCNN(), (3, 16, 16))
    with backend.use("cupy"):
        there = count(build_empty("se-tiny-cnn"), (3, 16, 16))
    assert here.entries == there.entries


def test_without_an_image_only_what_it_holds_is_counted():
    ledger = count(TinyCNN(se=False))
    assert (ledger.parameters, ledger.statistics, ledger.multiply_adds) == (14_746, 160, 0)
    assert ledger.not_counted == ledger.unknown == ()


def test_numbers_that_are_not_finite_change_no_count():
    model = TinyCNN()
    model.params["conv1.weight"][...] = np.inf
    assert count(model, (3, 16, 16)).multiply_adds == count(TinyCNN(), (3, 16, 16)).multiply_adds


@pytest.mark.parametrize(
    ("model", "shape", "message"),
    [
        (TinyCNN, (3, 32, 32), "the class TinyCNN itself"),
        (TinyCNN(), 32, r"such as \(3, 224, 224\), got 32"),
        (TinyCNN(), (), "must be that of one image"),
        (TinyCNN(), (3, 0, 32), "must be an integer of at least 1, got 0"),
        (TinyCNN(), (3, 32.0, 32), "must be an integer"),
        (TinyCNN(), (1, 32, 32), "does not take an image of 1 x 32 x 32"),
        (TinyCNN(), (3, 4, 4), "does not take an image of 3 x 4 x 4"),
        (TinyCNN(), (3, 32), "does not take an image of 3 x 32"),
    ],
)
def test_what_cannot_be_walked_is_refused(model, shape, message):
    with pytest.raises(ValueError, match=message):
        count(model, shape)


def out(n, kernel, stride=1, padding=0):
    return (n + 2 * padding - kernel) // stride + 1


def formula(depth, height, width, groups=1, width_per_group=64, stride_in_1x1=False):
    """Multiply-adds of a ResNet of bottlenecks without a single array: sizes by one rule, layer after layer."""
    H, W = out(height, 7, 2, 3), out(width, 7, 2, 3)
    total, C = H * W * 64 * 3 * 49, 64
    H, W = out(H, 3, 2, 1), out(W, 3, 2, 1)
    for stage, units in enumerate(UNITS[depth]):
        inner, F = 64 * 2**stage * width_per_group // 64 * groups, 256 * 2**stage
        for unit in range(units):
            stride = 2 if stage and not unit else 1
            smaller = out(H, 1, stride), out(W, 1, stride)
            middle = smaller if stride_in_1x1 else (H, W)
            second = 1 if stride_in_1x1 else stride
            H, W = out(middle[0], 3, second, 1), out(middle[1], 3, second, 1)
            total += middle[0] * middle[1] * inner * C + H * W * (inner * inner // groups * 9 + F * inner)
            total += smaller[0] * smaller[1] * F * C if C != F else 0
            C = F
    return total + C * 1000


def test_the_formula_itself_gives_the_numbers_that_are_known():
    assert formula(50, 224, 224) == 4_089_184_256 and formula(50, 225, 225) == 4_626_713_792
    assert formula(50, 224, 224, stride_in_1x1=True) == 3_857_973_248
    assert formula(50, 224, 224, groups=32, width_per_group=4) == 4_230_479_872


@pytest.mark.parametrize(
    ("name", "options", "sizes"),
    [
        ("resnet50", {}, [(32, 32), (33, 33), (65, 65), (224, 224), (225, 225), (48, 192)]),
        ("resnet50", {"stride_in_1x1": True}, [(33, 33), (48, 192)]),
        ("resnext50", {}, [(65, 33)]),
    ],
)
def test_bottlenecks_by_a_formula(name, options, sizes):
    model = build_empty(name, **options)
    groups = {"groups": 32, "width_per_group": 4} if name == "resnext50" else {}
    for size in sizes:
        assert count(model, (3, *size)).matrix_products == formula(50, *size, **groups, **options), size


def test_sizes_of_odd_images():
    model = build_empty("resnet50")
    for size, sizes in {
        225: [113, 57, 57, 29, 15, 8], 193: [97, 49, 49, 25, 13, 7], 65: [33, 17, 17, 9, 5, 3], 33: [17, 9, 9, 5, 3, 2],
    }.items():  # fmt: skip
        ledger = count(model, (3, size, 32))
        heights = {entry.name: entry.out[1] for entry in ledger.entries if len(entry.out) == 3}
        assert [heights[name] for name in ("conv1", "maxpool", "layer1", "layer2", "layer3", "layer4")] == sizes


@pytest.mark.parametrize(
    ("name", "options", "parameters"),
    [
        ("resnet50", {}, 25_557_032),
        ("se-resnet50", {}, 25_557_032 + 2_514_944),
        ("resnext50", {}, 25_028_904),
        ("se-resnext50", {"bias": True}, 27_559_896),
        *(
            (f"resnet{depth}", {"shortcut": shortcut}, numbers)
            for depth, both in {
                8: (75_290, 78_042), 20: (269_722, 272_474), 32: (464_154, 466_906), 56: (853_018, 855_770),
                110: (1_727_962, 1_730_714),
            }.items()
            for shortcut, numbers in zip(("pad", "projection"), both, strict=True)
        ),
        ("se-resnet20", {"shortcut": "pad"}, 271_738),
    ],
)  # fmt: skip
def test_known_parameters(name, options, parameters):
    ledger = count(build_empty(name, **options))
    assert ledger.parameters == parameters
    assert ledger.parameters == build_empty(name, **options).count_parameters()


@pytest.mark.parametrize("name", [name for name in MODELS if not name.endswith(("101", "110", "152"))])
def test_every_network_that_has_a_name_is_known_to_the_last_layer(name):
    model = build_empty(name)
    ledger = count(model, (3, 64, 64))
    assert ledger.unknown == () and not any("beside calling" in words for words in ledger.not_counted)
    assert ledger.parameters == model.count_parameters()
    assert all(entry.calls == 1 for entry in ledger.entries)


def test_batch_norms_statistics_stand_by_themselves():
    assert count(build_empty("resnet50")).statistics == 53_120


def test_networks_of_zeros_are_the_same_networks():
    drawn, empty = ResNet(18, rng=np.random.default_rng(0)), build_empty("se-resnet18")
    assert {name: (a.shape, a.dtype) for name, a in drawn.params.items()} == {
        name: (a.shape, a.dtype) for name, a in empty.params.items()
    }
    assert not any(a.any() for name, a in empty.params.items() if a.ndim > 1)
    (child,) = Zeros().spawn(1)
    assert not child.standard_normal((2, 3)).any()
