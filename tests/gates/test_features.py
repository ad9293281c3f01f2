"""Inside a block: maps before and after the gate, and the two gradient paths, against independent arithmetic."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from gates.planted import NotCalled, TinyForTests, random_images

from senumpy.gates import constant_gates, feature_maps, gate_values, gradient_paths, override_gates
from senumpy.pictures.feature_maps import open_and_closed


def in_float64(model):
    """Return the model with float64 weights."""
    for _, layer in model.named_layers():
        for arrays in (layer._params, layer._buffers):
            for name, array in arrays.items():
                arrays[name] = array.astype(np.float64)
    return model


def test_before_after_and_gate_belong_together():
    model, image = TinyForTests(), random_images(1)[0]
    before, after, s = feature_maps(model, image, "se1")
    assert before.shape == after.shape == (8, 8, 8)
    np.testing.assert_array_equal(s, gate_values(model, image[None])["se1"][0])
    np.testing.assert_array_equal(after, before * s[:, None, None])
    model.eval()
    children = model.children
    expected = children["relu1"].forward(children["bn1"].forward(children["conv1"].forward(image[None])))[0]
    np.testing.assert_array_equal(before, expected)


def test_overridden_gates_are_what_is_shown():
    model = TinyForTests()
    with override_gates(model, constant_gates(0.5)):
        before, after, s = feature_maps(model, random_images(1)[0])
    np.testing.assert_array_equal(after, 0.5 * before)
    assert (s == 0.5).all()


def test_the_two_paths_are_those_of_the_numerical_derivative():
    model, image = in_float64(TinyForTests()), random_images(1)[0].astype(np.float64)
    direct, through_gate = gradient_paths(model, image, 1, "se2")
    children = model.eval().children
    x = image[None]
    for name in ("conv1", "bn1", "relu1", "se1", "pool1", "conv2", "bn2", "relu2"):
        x = children[name].forward(x)
    s = children["se2"].forward(x) / np.where(x == 0, 1, x)
    fixed = gate_values(model, image[None])["se2"]

    def loss(x, gates=None):
        out = children["se2"].forward(x) if gates is None else gates[:, :, None, None] * x
        for name in ("pool2", "gap", "fc"):
            out = children[name].forward(out)
        return np.log(np.exp(out - out[0, 1]).sum())

    c, i, j = np.unravel_index(np.argmax(x * (s > 0)), x.shape[1:])  # a place away from the kink of the pooling
    step = np.zeros_like(x)
    step[0, c, i, j] = 1e-6
    whole = (loss(x + step) - loss(x - step)) / 2e-6
    only_direct = (loss(x + step, fixed) - loss(x - step, fixed)) / 2e-6
    assert direct[c, i, j] == pytest.approx(only_direct, rel=1e-5)
    assert through_gate[c, i, j] == pytest.approx(whole - only_direct, rel=1e-4, abs=1e-9)
    assert abs(through_gate).max() > 1e-6


def test_the_gate_gives_every_pixel_of_a_channel_the_same():
    _, through_gate = gradient_paths(in_float64(TinyForTests()), random_images(1)[0].astype(np.float64), 0)
    np.testing.assert_allclose(through_gate, np.broadcast_to(through_gate[:, :1, :1], through_gate.shape), atol=1e-14)


def test_listening_leaves_no_trace():
    model = TinyForTests()
    gradient_paths(model, random_images(1)[0], 0)
    assert "backward" not in vars(model.children["se2"]) and model.training
    assert all(g is None for g in model.grads.values())


def test_silent_channels_are_not_chosen_for_show():
    maps = np.ones((10, 2, 2))
    maps[0] = 0  # the widest gate, but nothing to see
    s = np.linspace(1, 0.1, 10)
    assert open_and_closed(s, maps, count=2) == [1, 2, 8, 9]


def test_looks_that_overlap_see_and_leave_the_same_as_one_alone():
    """One look begins inside another's backward pass, as with two threads or a generator."""
    model, image = TinyForTests(), random_images(1)[0]
    alone = [gradient_paths(model, image, label, "se1") for label in (0, 1)]
    block = model.children["se1"]
    seen = []

    class LooksMeanwhile(type(block)):
        def backward(self, dout):
            if not seen:
                seen.append(None)
                seen.append(gradient_paths(model, image, 1, "se1"))
                seen.append(feature_maps(model, image, "se1"))
            return super().backward(dout)

    block.__class__ = LooksMeanwhile
    for found, expected in zip((gradient_paths(model, image, 0, "se1"), seen[1]), alone, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert "backward" not in vars(block) and block.cache is None and model.training
    assert all(g is None for g in model.grads.values())


def test_threads_that_look_at_one_model_see_what_each_sees_alone():
    model, images = TinyForTests(), random_images(24)
    alone = [gradient_paths(model, image, 0, "se1") for image in images]
    maps = [feature_maps(model, image, "se1") for image in images]
    with ThreadPoolExecutor(4) as pool:
        for found, expected in zip(pool.map(lambda i: gradient_paths(model, i, 0, "se1"), images), alone, strict=True):
            np.testing.assert_array_equal(found, expected)
        for found, expected in zip(pool.map(lambda i: feature_maps(model, i, "se1"), images), maps, strict=True):
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other)


def test_a_look_between_forward_and_backward_does_not_disturb_training():
    model, image = TinyForTests(), random_images(1)[0]
    gradients = []
    for look in (False, True):
        model.forward(random_images(4, seed=1))
        if look:
            feature_maps(model, image)
            gradient_paths(model, image, 2)
        model.backward(np.ones((4, 3), np.float32))
        gradients.append({name: g.copy() for name, g in model.grads.items()})
    for name, g in gradients[0].items():
        np.testing.assert_array_equal(gradients[1][name], g)


def test_a_block_that_is_not_called_shows_nothing_of_an_earlier_picture():
    model = NotCalled(num_classes=3, widths=(8, 8), reduction=2)
    model.children["se2"].forward(random_images(1).repeat(8, axis=1)[:, :8])
    image = random_images(1)[0]
    for look in (lambda: feature_maps(model, image, "se2"), lambda: gradient_paths(model, image, 0)):
        with pytest.raises(ValueError, match="never calls"):
            look()
