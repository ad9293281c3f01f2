"""Every layer against the same module of PyTorch in float64: names, shapes, values, gradients, running statistics."""

import numpy as np
import pytest
from comparing import assert_close

from senumpy import layers

torch_modules = pytest.importorskip("torch_modules", reason="PyTorch is an optional test extra")
nn = torch_modules.nn

IMAGES = (3, 4, 6, 5)
F64 = {"dtype": np.float64}
POOL = {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)}
DEPTHWISE = {"padding": 1, "groups": 4, "bias": False}
CONV = {"stride": (2, 1), "padding": (0, 2)}


def tower(linear, conv, bn, se, relu, pool, gap, sequential):
    """A sequence inside a sequence: dots in the names two deep."""
    return sequential(sequential(conv, bn, relu, se), pool, gap, linear)


def our_tower():
    return tower(
        layers.Linear(6, 5, **F64), layers.Conv2d(4, 6, 3, **F64), layers.BatchNorm2d(6, **F64),
        layers.SEBlock(6, reduction=2, **F64), layers.ReLU(), layers.MaxPool2d(2), layers.GlobalAvgPool(),
        layers.Sequential,
    )  # fmt: skip


def their_tower():
    return tower(
        nn.Linear(6, 5), nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6), torch_modules.SELayer(6, 2), nn.ReLU(),
        nn.MaxPool2d(2), torch_modules.GlobalPool(nn.AdaptiveAvgPool2d), nn.Sequential,
    )  # fmt: skip


PAIRS = {
    "Linear": (lambda: layers.Linear(7, 5, **F64), lambda: nn.Linear(7, 5), (3, 7)),
    "Linear, no bias": (lambda: layers.Linear(7, 5, False, **F64), lambda: nn.Linear(7, 5, False), (3, 7)),
    "ReLU": (layers.ReLU, nn.ReLU, IMAGES),
    "Sigmoid": (layers.Sigmoid, nn.Sigmoid, IMAGES),
    "Tanh": (layers.Tanh, nn.Tanh, IMAGES),
    "HardSigmoid": (layers.HardSigmoid, torch_modules.HardSigmoid, IMAGES),
    "GlobalAvgPool": (layers.GlobalAvgPool, lambda: torch_modules.GlobalPool(nn.AdaptiveAvgPool2d), IMAGES),
    "GlobalMaxPool": (layers.GlobalMaxPool, lambda: torch_modules.GlobalPool(nn.AdaptiveMaxPool2d), IMAGES),
    "MaxPool2d": (lambda: layers.MaxPool2d(2), lambda: nn.MaxPool2d(2), IMAGES),
    "MaxPool2d, overlapping": (lambda: layers.MaxPool2d(3, 2, 1), lambda: nn.MaxPool2d(3, 2, 1), IMAGES),
    "MaxPool2d, pairs": (lambda: layers.MaxPool2d(**POOL), lambda: nn.MaxPool2d(**POOL), IMAGES),
    "AvgPool2d": (lambda: layers.AvgPool2d(2), lambda: nn.AvgPool2d(2), IMAGES),
    "AvgPool2d, overlapping": (lambda: layers.AvgPool2d(3, 2, 1), lambda: nn.AvgPool2d(3, 2, 1), IMAGES),
    "AvgPool2d, padding not counted": (
        lambda: layers.AvgPool2d(**POOL, count_include_pad=False),
        lambda: nn.AvgPool2d(**POOL, count_include_pad=False),
        IMAGES,
    ),
    "Conv2d": (lambda: layers.Conv2d(4, 6, 3, 1, 1, **F64), lambda: nn.Conv2d(4, 6, 3, 1, 1), IMAGES),
    "Conv2d, pairs": (
        lambda: layers.Conv2d(4, 6, (2, 3), **CONV, **F64), lambda: nn.Conv2d(4, 6, (2, 3), **CONV), IMAGES
    ),
    "Conv2d, depthwise": (
        lambda: layers.Conv2d(4, 8, 3, **DEPTHWISE, **F64), lambda: nn.Conv2d(4, 8, 3, **DEPTHWISE), IMAGES
    ),
    "BatchNorm2d": (lambda: layers.BatchNorm2d(4, **F64), lambda: nn.BatchNorm2d(4), IMAGES),
    "BatchNorm2d, options": (
        lambda: layers.BatchNorm2d(4, eps=1e-2, momentum=0.3, **F64), lambda: nn.BatchNorm2d(4, 1e-2, 0.3), IMAGES
    ),
    "SEBlock": (lambda: layers.SEBlock(4, 2, **F64), lambda: torch_modules.SELayer(4, 2), IMAGES),
    "SEBlock, bias": (lambda: layers.SEBlock(4, 2, True, **F64), lambda: torch_modules.SELayer(4, 2, True), IMAGES),
    "SEBlock, reduction 16": (
        lambda: layers.SEBlock(35, **F64), lambda: torch_modules.SELayer(35, 16), (2, 35, 3, 2)
    ),
    "Sequential": (our_tower, their_tower, IMAGES),
}  # fmt: skip
each_pair = pytest.mark.parametrize("make, make_module, shape", PAIRS.values(), ids=PAIRS)
training_or_not = pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])


def scramble(layer, rng):
    """Random numbers everywhere, variances positive: fresh zeros and ones would hide a mistake."""
    for name, array in {**layer.params, **layer.buffers}.items():
        array[...] = rng.uniform(0.5, 2, array.shape) if name.endswith("var") else rng.standard_normal(array.shape)


def without_counters(state):
    return {name: array for name, array in state.items() if not name.endswith("num_batches_tracked")}


def assert_same_behaviour(layer, module, shape, rng, steps=2):
    """Forward, backward and running statistics agree, at every step."""
    for _ in range(steps):
        x = rng.standard_normal(shape)
        out = layer.forward(x)
        dout = rng.standard_normal(out.shape)
        dx = layer.backward(dout)
        torch_out, torch_dx, torch_grads = torch_modules.run(module, x, dout)
        assert_close(out, torch_out, what="out")
        assert_close(dx, torch_dx, what="dx")
        assert list(layer.grads) == list(torch_grads)
        for name, gradient in layer.grads.items():
            assert_close(gradient, torch_grads[name], what=f"the gradient of {name}")
        state = torch_modules.state(module)
        for name, array in layer.buffers.items():
            assert_close(array, state[name], what=name)


@each_pair
def test_names_and_shapes_are_those_of_pytorch(make, make_module, shape):
    layer, module = make(), make_module()
    theirs = {name: tuple(p.shape) for name, p in module.named_parameters()}
    their_buffers = without_counters({name: tuple(b.shape) for name, b in module.named_buffers()})
    assert {name: p.shape for name, p in layer.params.items()} == theirs
    assert {name: b.shape for name, b in layer.buffers.items()} == their_buffers
    assert layer.grads == dict.fromkeys(theirs)
    assert {name: a.shape for name, a in layer.state_dict().items()} == {**theirs, **their_buffers}


@each_pair
@training_or_not
def test_a_module_of_pytorch_continues_here(make, make_module, shape, training):
    rng = np.random.default_rng(1)
    layer, source, module = make(), make(), make_module()
    scramble(source, rng)
    torch_modules.load(module, source)
    layer.load_state_dict(torch_modules.state(module))
    layer.train() if training else layer.eval(gradients=True)
    module.train(training)
    assert_same_behaviour(layer, module, shape, rng)


@each_pair
def test_a_layer_continues_in_pytorch(make, make_module, shape):
    """Fresh weights, a training step, then the state moves: what PyTorch computes from it in evaluation is the same."""
    rng = np.random.default_rng(2)
    layer = make()
    layer.forward(rng.standard_normal(shape))
    module = torch_modules.load(make_module(), layer).eval()
    assert_same_behaviour(layer.eval(gradients=True), module, shape, rng, steps=1)
