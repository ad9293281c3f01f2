"""Every layer against the same module of PyTorch in float64: names, shapes, values, gradients, running statistics."""

import numpy as np
import pytest
from comparing import assert_close
from device_cases import IMAGES, LAYERS

from senumpy import layers
from senumpy.gradcheck.against.torch_twin import build_twin

torch_modules = pytest.importorskip("torch_modules", reason="PyTorch is an optional test extra")

POOL = {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 0)}
OPTIONS = {
    "MaxPool2d, pairs": (lambda **_: layers.MaxPool2d(**POOL), IMAGES),
    "MaxPool2d, side by side": (lambda **_: layers.MaxPool2d(2), IMAGES),
    "AvgPool2d, padding counted": (lambda **_: layers.AvgPool2d(**POOL), IMAGES),
    "Conv2d, pairs": (lambda **kw: layers.Conv2d(4, 6, (2, 3), stride=(2, 1), padding=(0, 2), **kw), IMAGES),
    "BatchNorm2d, options": (lambda rng, **kw: layers.BatchNorm2d(4, eps=1e-2, momentum=0.3, **kw), IMAGES),
    "SEBlock, reduction 16": (lambda **kw: layers.SEBlock(35, **kw), (2, 35, 3, 2)),
    "a sequence in a sequence": (
        lambda **kw: layers.Sequential(
            layers.Sequential(layers.Conv2d(4, 6, 3, **kw), layers.ReLU(), layers.SEBlock(6, reduction=2, **kw)),
            layers.GlobalAvgPool(),
            layers.Linear(6, 5, **kw),
        ),
        IMAGES,
    ),
}
PAIRS = {
    name: (lambda make=make: make(rng=np.random.default_rng(0), dtype=np.float64), shape)
    for name, (make, shape) in {**LAYERS, **OPTIONS}.items()
}
each_pair = pytest.mark.parametrize("make, shape", PAIRS.values(), ids=PAIRS)
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
def test_names_and_shapes_are_those_of_pytorch(make, shape):
    layer = make()
    module = build_twin(torch_modules.torch, layer)
    theirs = {name: tuple(p.shape) for name, p in module.named_parameters()}
    their_buffers = without_counters({name: tuple(b.shape) for name, b in module.named_buffers()})
    assert {name: p.shape for name, p in layer.params.items()} == theirs
    assert {name: b.shape for name, b in layer.buffers.items()} == their_buffers
    assert layer.grads == dict.fromkeys(theirs)
    assert {name: a.shape for name, a in layer.state_dict().items()} == {**theirs, **their_buffers}


@each_pair
@training_or_not
def test_a_module_of_pytorch_continues_here(make, shape, training):
    rng = np.random.default_rng(1)
    layer, source = make(), make()
    module = build_twin(torch_modules.torch, layer)
    scramble(source, rng)
    torch_modules.load(module, source)
    layer.load_state_dict(torch_modules.state(module))
    layer.train() if training else layer.eval(gradients=True)
    module.train(training)
    assert_same_behaviour(layer, module, shape, rng)


@each_pair
def test_a_layer_continues_in_pytorch(make, shape):
    """Fresh weights, a training step, then the state moves: what PyTorch computes from it in evaluation is the same."""
    rng = np.random.default_rng(2)
    layer = make()
    layer.forward(rng.standard_normal(shape))
    module = torch_modules.load(build_twin(torch_modules.torch, layer), layer).eval()
    assert_same_behaviour(layer.eval(gradients=True), module, shape, rng, steps=1)
