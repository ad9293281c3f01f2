"""What all layers share: parameters by name, a cache between forward and backward, two modes, moving house."""

import copy

import numpy as np
import pytest
from comparing import mentions
from device_cases import LAYERS, draw

from senumpy import backend
from senumpy.layers import (
    BatchNorm2d,
    Conv2d,
    GlobalAvgPool,
    Layer,
    Linear,
    ReLU,
    SEBlock,
    Sequential,
    evaluation_mode,
)
from senumpy.models import TinyCNN

IMAGES = (3, 4, 6, 5)
each_layer = pytest.mark.parametrize("make, shape", LAYERS.values(), ids=LAYERS)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])


def new_net(seed=0, **options):
    rng = np.random.default_rng(seed)
    return Sequential(
        stem=Sequential(Conv2d(4, 6, 3, rng=rng, **options), BatchNorm2d(6, **options), ReLU()),
        se=SEBlock(6, reduction=2, rng=rng, **options),
        gap=GlobalAvgPool(),
        fc=Linear(6, 5, rng=rng, **options),
    )


@each_layer
def test_backward_before_forward_is_an_error(make, shape):
    layer = make(rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=mentions(type(layer).__name__, "forward")):
        layer.backward(draw(1, shape))


def test_a_sequence_says_which_part_has_not_run():
    with pytest.raises(ValueError, match=mentions("Linear", "forward")):
        new_net().backward(draw(0, (3, 5)))


@each_layer
def test_a_forward_pass_that_fails_leaves_nothing_for_backward(make, shape):
    """Else the gradient of an older batch would pass for that of this one."""
    layer = make(rng=np.random.default_rng(0))
    out = layer.forward(draw(1, shape))
    with pytest.raises(ValueError, match="int64"):
        layer.forward(np.ones(shape, np.int64))
    with pytest.raises(ValueError, match="forward"):
        layer.backward(out)


@each_layer
@both_dtypes
def test_a_dtype_stays_what_it_is(make, shape, dtype):
    layer = make(rng=np.random.default_rng(0), dtype=dtype)
    out = layer.forward(draw(1, shape, dtype))
    arrays = {"out": out, "dx": layer.backward(draw(2, out.shape, dtype)), **layer.state_dict()}
    arrays.update({f"gradient of {name}": gradient for name, gradient in layer.grads.items()})
    assert {name: array.dtype for name, array in arrays.items()} == dict.fromkeys(arrays, np.dtype(dtype))


@each_layer
def test_backward_overwrites_gradients_and_can_be_repeated(make, shape):
    layer = make(rng=np.random.default_rng(0))
    assert all(gradient is None for gradient in layer.grads.values())
    assert layer.grads.keys() == layer.params.keys()
    out = layer(draw(1, shape))
    dout = draw(2, out.shape)
    first = {"dx": layer.backward(dout), **layer.grads}
    again = {"dx": layer.backward(dout), **layer.grads}
    for name, gradient in first.items():
        np.testing.assert_array_equal(again[name], gradient, err_msg=name)


@each_layer
def test_gradients_of_the_parameters_alone_are_the_same(make, shape):
    layer = make(rng=np.random.default_rng(0))
    out = layer.forward(draw(1, shape))
    layer.backward(draw(2, out.shape))
    whole = dict(layer.grads)
    layer.backward(draw(3, out.shape))
    layer.backward_params(draw(2, out.shape))
    for name, gradient in whole.items():
        np.testing.assert_array_equal(layer.grads[name], gradient, err_msg=name)


def test_a_sequence_spares_the_gradient_of_its_input(monkeypatch):
    net, sequence = new_net(), Sequential(Sequential(Conv2d(4, 4, 3)), GlobalAvgPool())
    for model in (net, sequence):
        out = model.forward(draw(1, IMAGES))
        model.backward(draw(2, out.shape))
        whole = dict(model.grads)
        conv = next(layer for _, layer in model.named_layers() if isinstance(layer, Conv2d))
        monkeypatch.setattr(conv, "backward", None)
        model.backward_params(draw(2, out.shape))
        for name, gradient in whole.items():
            assert model.grads[name] is not gradient
            np.testing.assert_array_equal(model.grads[name], gradient, err_msg=name)


def test_named_layers_come_in_order_with_dotted_names():
    net = new_net()
    names = ["", "stem", "stem.0", "stem.1", "stem.2", "se", "gap", "fc"]
    found = dict(net.named_layers())
    assert list(found) == names
    assert found[""] is net and found["stem.1"] is net.children["stem"].children["1"]
    assert list(net.params) == [
        "stem.0.weight", "stem.0.bias", "stem.1.weight", "stem.1.bias", "se.fc.0.weight", "se.fc.2.weight",
        "fc.weight", "fc.bias",
    ]  # fmt: skip
    assert net.params["stem.1.weight"] is found["stem.1"].params["weight"], "the arrays themselves, not copies"


def test_the_mode_reaches_every_descendant():
    net = new_net()
    assert all(layer.training for _, layer in net.named_layers())
    assert net.eval() is net
    assert not any(layer.training for _, layer in net.named_layers())
    x, before = draw(1, IMAGES), net.state_dict()
    quiet = net.forward(x)
    np.testing.assert_array_equal(net.buffers["stem.1.running_mean"], before["stem.1.running_mean"])
    assert net.train() is net
    assert all(layer.training for _, layer in net.named_layers())
    assert not np.array_equal(net.forward(x), quiet)
    assert not np.array_equal(net.buffers["stem.1.running_mean"], before["stem.1.running_mean"])


def test_moving_to_numpy_keeps_values_and_drops_what_belongs_to_the_last_batch():
    net = new_net()
    out = net.forward(draw(1, IMAGES))
    net.backward(out)
    before = net.state_dict()
    assert net.to("numpy") is net
    for name, array in net.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    assert net.grads == dict.fromkeys(net.params)
    with pytest.raises(ValueError, match="forward"):
        net.backward(out)
    with pytest.raises(ValueError, match=mentions("numpy", "cupy", "torch")):
        net.to("torch")


def test_there_and_back_again_is_the_same_network(stand_in):
    net, stayed = (TinyCNN(4, 5, (4, 6), rng=np.random.default_rng(1)) for _ in range(2))
    net.to("cupy").to("numpy")
    assert all(type(array) is np.ndarray for array in {**net.params, **net.buffers}.values())
    assert backend.current() is np
    np.testing.assert_array_equal(net.forward(draw(2, IMAGES)), stayed.forward(draw(2, IMAGES)))


def test_the_bare_base_class_explains_itself():
    with pytest.raises(TypeError, match="Layer defines no forward"):
        Layer()(draw(0, 3))
    for backward in (Layer().backward, Layer().backward_params):
        with pytest.raises(TypeError, match="Layer defines no backward"):
            backward(draw(0, 3))


def test_a_layer_in_two_places_of_nested_containers_is_refused():
    relu = ReLU()
    first, second = Sequential(Linear(4, 4), relu), Sequential(Linear(4, 4), relu)
    with pytest.raises(ValueError, match=r"the ReLU called '1\.1' is in the model already"):
        Sequential(first, second)


def test_a_child_can_be_replaced_also_by_one_that_wraps_it():
    model = TinyCNN(widths=(4,))
    block = model.children["se1"]
    order = list(model.children)
    model.add("se1", Sequential(block))
    assert list(model.children) == order and "se1.0.fc.0.weight" in model.params
    model.add("se1", block)
    assert model.children["se1"] is block


@each_layer
def test_evaluation_keeps_nothing_for_backward_unless_somebody_asks(make, shape):
    layer, x = make(rng=np.random.default_rng(0)).eval(), draw(1, shape)
    out = layer.forward(x)
    assert all(part.cache is None for _, part in layer.named_layers())
    with pytest.raises(ValueError, match=mentions("forward", "eval(gradients=True)")):
        layer.backward(out)
    with evaluation_mode(layer, gradients=True):
        layer.backward(np.ones_like(layer.forward(x)))
    layer.forward(x)
    assert layer.cache is None
    layer.eval(gradients=True).backward(np.ones_like(layer.forward(x)))


def test_a_convolution_keeps_the_channels_of_a_tap_side_by_side_in_memory():
    layer = Conv2d(3, 4, (2, 5), rng=np.random.default_rng(0))
    other = Conv2d(3, 4, (2, 5), rng=np.random.default_rng(1))
    other.load_state_dict(layer.state_dict())
    other.params["weight"] = np.ones((4, 3, 2, 5), np.float32)
    for one in (layer, other, copy.deepcopy(layer)):
        assert one.params["weight"].shape == (4, 3, 2, 5)
        assert one.params["weight"].transpose(0, 2, 3, 1).flags.c_contiguous
