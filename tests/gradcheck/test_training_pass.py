"""Training calls backward_params, the check backward: a layer that gives other gradients there must not pass."""

import numpy as np
import pytest
from gradcheck.pairs import normal

from senumpy import layers
from senumpy.gradcheck import check, check_layer, check_model

X = np.random.default_rng(0).standard_normal((3, 2, 5, 6))
LABELS = np.array([0, 2, 1])


class SignTurned(layers.Conv2d):
    def backward_params(self, dout):
        super().backward_params(dout)
        self._grads["weight"] = -self._grads["weight"]


class SlightlyOff(layers.Conv2d):
    def backward_params(self, dout):
        super().backward_params(dout)
        self._grads["bias"] = self._grads["bias"] * (1 + 1e-8)


class Forgetful(layers.Conv2d):
    def backward_params(self, dout):
        pass


class Half(layers.Conv2d):
    def backward_params(self, dout):
        super().backward_params(dout)
        self._grads["bias"] = None


class Raising(layers.Conv2d):
    def backward_params(self, dout):
        raise IndexError("no such column")


class IdleSequential(layers.Sequential):
    def backward_params(self, dout):
        pass


class FirstOnly(layers.Sequential):
    def backward_params(self, dout):
        next(reversed(self.children.values())).backward_params(dout)


def network(first, row=layers.Sequential):
    draw = np.random.default_rng(1)
    conv = first(2, 4, 3, bias=True, rng=draw)
    return row(conv, layers.ReLU(), layers.GlobalAvgPool(), layers.Linear(4, 3, rng=draw))


MODELS = {
    **{kind.__name__: network(kind) for kind in (SignTurned, SlightlyOff, Forgetful, Half, Raising)},
    **{row.__name__: network(layers.Conv2d, row) for row in (IdleSequential, FirstOnly)},
}


@pytest.mark.parametrize("name", MODELS)
def test_other_gradients_in_training_fail(name):
    model = MODELS[name]
    for report in (check_layer(model, X, max_entries=4), check_model(model, X, LABELS, max_entries=4)):
        assert report.status == "FAIL", report
        assert "backward_params, which training calls," in report.failures[0]
        assert all(tensor.status == "PASS" for tensor in report.tensors.values()), "backward itself is right"


def test_the_sentence_names_the_parameters_and_no_other():
    assert check_layer(MODELS["Half"], X, max_entries=4).failures[0].endswith("than backward for 0.bias")
    assert "raises IndexError: no such column" in check_layer(MODELS["Raising"], X, max_entries=4).failures[0]


def test_another_order_of_adding_up_is_no_fault():
    class AddsUpItsOwnWay(layers.Linear):
        def backward_params(self, dout):
            x = self._inputs
            self._grads["weight"] = np.einsum("nm,nd->md", dout[::-1], x[::-1])
            self._grads["bias"] = np.array([sum(column) for column in dout.T])

        def forward(self, x):
            self._inputs = x
            return super().forward(x)

    draw = np.random.default_rng(0)
    layer = AddsUpItsOwnWay(5, 4, rng=draw)
    assert check_layer(layer, normal(7, 5)).status == "PASS"
    beside_a_zero = layers.Sequential(layer, layers.BatchNorm2d(4), layers.ReLU())
    assert check_layer(beside_a_zero, normal(7, 5)).status == "PASS"


class Module:
    """What PyTorch's modules look like from outside."""

    def parameters(self):
        return iter(())

    def state_dict(self):
        return {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (layers.ReLU, r"got the class ReLU itself: write ReLU\(...\), with brackets"),
        ([layers.ReLU()], "got a list: put layers in a row with senumpy.layers.Sequential"),
        (Module(), "got the PyTorch module Module"),
        (np.tanh, "got a function: pairs of functions are what senumpy.gradcheck.check takes"),
        (None, "got NoneType"),
    ],
)
def test_what_is_no_layer_gets_one_sentence(given, words):
    with pytest.raises(ValueError, match="layer must be a layer, " + words):
        check_layer(given, X)
    with pytest.raises(ValueError, match="model must be a layer, " + words):
        check_model(given, X, LABELS)


def test_a_layer_is_no_pair():
    with pytest.raises(ValueError, match="check_layer"):
        check(layers.ReLU(), layers.ReLU().backward, {"x": X})
