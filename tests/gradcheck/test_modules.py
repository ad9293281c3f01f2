"""Whole layers and models: checked from inside and outside, and left as they were."""

import numpy as np
import pytest

from senumpy.gradcheck import check_layer, check_model
from senumpy.gradcheck.inside import _judge_maximum
from senumpy.gradcheck.promises import fingerprint
from senumpy.layers import (
    BatchNorm2d,
    Conv2d,
    GlobalAvgPool,
    HardSigmoid,
    HardSwish,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    SEBlock,
    Sequential,
)
from senumpy.models import TinyCNN


def rng():
    return np.random.default_rng(0)


def tiny():
    """With every kind of layer, and one stage: each tensor costs many passes, and there are two dozen in two stages."""
    return TinyCNN(2, 5, widths=(6,), reduction=2, rng=rng())


X = rng().standard_normal((3, 2, 6, 7)).astype(np.float32)
X4 = np.random.default_rng(7).standard_normal((3, 6, 4, 5))
LABELS = np.array([0, 4, 2])


def state(model):
    """Everything a model holds, down to the last bit, and which objects hold it."""
    return [
        (name, fingerprint(vars(layer)), {key: id(value) for key, value in vars(layer).items()},
         {key: id(a) for key, a in {**layer.params, **layer.buffers}.items()}, layer.training)
        for name, layer in model.named_layers()
    ]  # fmt: skip


@pytest.mark.parametrize("training", [True, False])
def test_the_model_is_left_bit_identical(training):
    model = tiny()
    if not training:
        model.eval(gradients=True)
    model.forward(X)
    model.backward(np.ones((3, 5), np.float32))
    before, gates, x = state(model), model.children["se1"].s, X.copy()
    if training:
        check_model(model, X, LABELS, max_entries=1)
    else:
        check_layer(model, X, max_entries=1)
    assert state(model) == before
    assert model.children["se1"].s is gates
    assert np.array_equal(X, x)


def test_model_names_and_entries():
    model = tiny()
    report = check_model(model, X, LABELS, max_entries=5)
    assert report.status == "PASS", report
    assert list(report.tensors) == ["x", *model.params]
    assert report.tensors["conv1.weight"].entries == 5
    assert max(tensor.error for tensor in report.tensors.values()) < 1e-12


def test_model_in_float32():
    assert check_model(tiny(), X, LABELS, max_entries=3, dtype="float32").status == "PASS"


def test_a_convolution_with_a_bias_before_batch_norm_passes():
    model = Sequential(Conv2d(2, 4, 3, rng=rng()), BatchNorm2d(4), ReLU(), GlobalAvgPool(), Linear(4, 3, rng=rng()))
    for options in ({}, {"method": "central"}, {"dtype": "float32"}):
        report = check_model(model, X, np.array([0, 1, 2]), max_entries=5, **options)
        assert report.status == "PASS", report
    assert any("0.bias is zero to rounding" in warning for warning in check_layer(model, X, max_entries=3).warnings)


class WrongReLU(ReLU):
    """Forgets the mask."""

    def backward(self, dout):
        return dout


class WrongSE(SEBlock):
    """Forgets the gate's path."""

    def backward(self, dout):
        super().backward(dout)
        return dout * self.s[:, :, None, None]


class ForgetfulLinear(Linear):
    """Never sets the gradient of its bias."""

    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["bias"] = None
        return dx


def test_wrong_layers_fail():
    assert check_layer(WrongReLU(), X).status == "FAIL"
    x = rng().standard_normal((3, 6, 4, 5))
    report = check_layer(WrongSE(6, 2, rng=rng()), x)
    assert [name for name, tensor in report.tensors.items() if tensor.status == "FAIL"] == ["x"]
    assert "gate's path" in report.hints[0]
    report = check_layer(ForgetfulLinear(4, 3, rng=rng()), x[0, 0, :, :4])
    assert report.tensors["bias"].problem == "backward returned None for bias, which needs a gradient"


def test_a_wrong_layer_inside_a_model_is_located():
    model = Sequential(
        first=Conv2d(2, 4, (3, 2), rng=rng()),
        second=Conv2d(4, 5, (2, 3), rng=rng()),
        relu=WrongReLU(),
        gap=GlobalAvgPool(),
        fc=Linear(5, 3, rng=rng()),
    )
    report = check_model(model, X, np.array([0, 1, 2]), max_entries=5)
    assert report.status == "FAIL"
    assert "back to dfc.weight all is right, from dsecond.bias back to dx all is wrong" in report.hints[0]


def test_relu_shares():
    assert check_layer(ReLU(), X).status == "PASS"
    for x, state_ in ((np.abs(X) + 0.1, "on"), (-np.abs(X) - 0.1, "off")):
        report = check_layer(ReLU(), x)
        assert report.status == "INCONCLUSIVE"
        assert f"all ReLUs are {state_} at this probe" in " ".join(report.blind_spots)


def test_shares_inside_the_se_block():
    block = SEBlock(6, 2, rng=rng())
    block.params["fc.0.weight"][...] = np.abs(block.params["fc.0.weight"])
    x = np.abs(rng().standard_normal((3, 6, 4, 5)))
    report = check_layer(block, x)
    assert report.status == "INCONCLUSIVE"
    assert "all hidden ReLUs of SE blocks are on" in report.blind_spots[0]


@pytest.mark.parametrize("gate, bias, state_", [("relu", -50, "off"), ("relu", 50, "on"), ("hard_sigmoid", 0, "on")])
@pytest.mark.parametrize("squeeze", ["avg", "none"])
def test_gates_with_kinks_all_on_one_side(gate, bias, state_, squeeze):
    block = SEBlock(6, 2, bias=True, gate=gate, squeeze=squeeze, rng=rng())
    block.params["fc.2.weight"] *= 0.1
    block.params["fc.2.bias"][...] = bias
    report = check_layer(block, X4, max_entries=20)
    assert f"all bent gates of SE blocks are {state_} at this probe" in " ".join(report.blind_spots)
    block.params["fc.2.bias"][...] = [-4, -2, -1, 1, 2, 4]
    assert check_layer(block, X4, max_entries=20).status == "PASS"


def test_ties_in_a_squeeze_by_the_maximum():
    block, tied = SEBlock(6, 2, squeeze="max", rng=rng()), X4.copy()
    assert not check_layer(block, tied).warnings
    tied[1, 2, 0, :2] = 9
    assert "hold a tie" in " ".join(check_layer(block, tied).warnings)


def test_one_uniform_mask_among_others_is_a_lesser_warning():
    model = Sequential(Linear(4, 3, rng=rng()), ReLU(), Linear(3, 4, rng=rng()), ReLU(), Linear(4, 3, rng=rng()))
    model.children["0"].params["bias"][...] = 10
    report = check_layer(model, rng().standard_normal((5, 4)))
    assert report.status == "PASS"
    assert "all ReLUs (1) are on at this probe" in report.warnings


def test_at_zero_a_relu_is_off():
    assert not check_layer(ReLU(), np.array([[0.0, 1.0], [2.0, 3.0]])).blind_spots
    assert "all ReLUs are on" in check_layer(ReLU(), np.array([[0.5, 1.0], [2.0, 3.0]])).blind_spots[0]


def test_hard_sigmoid_without_clipping():
    assert "all HardSigmoids are on" in check_layer(HardSigmoid(), X / 4).blind_spots[0]


@pytest.mark.parametrize("at, state_", [(3.5, "off"), (2.5, "on")])
def test_hard_swish_on_one_side_of_its_kinks(at, state_):
    """It bends between -3 and 3, and is straight beyond."""
    x = at + 0.2 * np.random.default_rng(0).random((2, 3))
    assert f"all HardSwishes are {state_} at this probe" in " ".join(check_layer(HardSwish(), x).blind_spots)


def test_ties_and_near_ties_in_max_pools():
    x = rng().permutation(3 * 2 * 6 * 7).reshape(3, 2, 6, 7).astype(float)
    assert not check_layer(MaxPool2d((2, 3)), x).warnings
    close = x.copy()
    close[0, 0, 0, :2] = 1000, 1000 - 1e-6
    assert any("closest runner-up" in warning for warning in check_layer(MaxPool2d((2, 3)), close).warnings)
    close[0, 0, 0, :2] = 1000
    warnings = check_layer(MaxPool2d((2, 3)), close).warnings
    assert any("1 of 36 windows of the max pool hold a tie" in warning for warning in warnings)


@pytest.mark.parametrize("seed", range(4))
def test_the_runner_up_is_found_wherever_it_stands(seed):
    window = np.append(np.arange(1000.0), 999 + 1e-9)  # NumPy sorts smaller ones whole, wherever it is told to part
    found = _judge_maximum("", np.random.default_rng(seed).permutation(window)[None], has_relu=False)
    assert "the closest runner-up of a maximum is 1e-09 away" in found[0]


def test_a_square_weight_and_one_sample():
    assert "square" in check_layer(Linear(4, 4, rng=rng()), rng().standard_normal((3, 4))).blind_spots[0]
    report = check_layer(Linear(4, 3, rng=rng()), rng().standard_normal((1, 4)))
    assert report.status == "INCONCLUSIVE" and "N = 1" in report.blind_spots[0]


class Scaled(Layer):
    """A composite with a parameter of its own, whose gradient can be made wrong."""

    def __init__(self, factor):
        super().__init__()
        rng = np.random.default_rng(0)
        self.factor, self.linear = factor, self.add("linear", Linear(4, 3, rng=rng))
        self._params["g"], self._grads["g"] = 1 + rng.random(3), None

    def forward(self, x):
        self.cache = self.linear.forward(x)
        return self.cache * self._params["g"]

    def backward(self, dout):
        self._grads["g"] = self.factor * (dout * self.cache).sum(axis=0)
        return self.linear.backward(dout * self._params["g"])


@pytest.mark.parametrize(("factor", "status"), [(1, "PASS"), (7, "FAIL")])
def test_the_own_parameters_of_a_composite_are_checked(factor, status):
    report = check_layer(Scaled(factor), np.random.default_rng(1).standard_normal((5, 4)))
    assert set(report.tensors) == {"x", "g", "linear.weight", "linear.bias"}
    assert report.status == report.tensors["g"].status == status
